import { type Answer, answerHtml, answerJson } from '../serve/answer.ts';

const docs = 'https://docs.watttime.org/';

/** The form errors of history and of the front door have (watttime contract, "Errors"). */
export function refuse(status: number, error: string, message: string): Answer {
  return answerJson(status, { error, message, docs });
}

/** 401: a token that is missing, unknown or older than 30 minutes. */
export function refuseToken(): Answer {
  return refuse(401, 'Unauthorized', 'The access token is missing, invalid or expired. Obtain a new one from /login.');
}

/** 403: bad credentials are answered by the front proxy with a page. */
export function refuseLogin(): Answer {
  return answerHtml(403, '403 Forbidden');
}

/** One wrong query parameter, in the form of the authentication, region and map endpoints. */
export interface ParameterProblem {
  readonly parameter: string;
  readonly message: string;
  readonly type: string;
}

export function refuseParameters(problems: readonly ParameterProblem[]): Answer {
  return answerJson(422, {
    detail: problems.map(({ parameter, message, type }) => ({ loc: ['query', parameter], msg: message, type })),
  });
}
