import { type Answer, answerHtml, answerJson } from '../serve/answer.ts';

const docs = 'https://docs.watttime.org/';

/** The form errors of data and of the front door have (watttime contract, "Errors"). */
export function refuse(status: number, error: string, message: string, text: 'message' | 'msg' = 'message'): Answer {
  return answerJson(status, { error, [text]: message, docs });
}

/** 401: a token that is missing, unknown or too old. */
export function refuseToken(): Answer {
  return refuse(401, 'Unauthorized', 'The access token is missing, invalid or expired. Obtain a new one from /login.');
}

/** 403: bad credentials are answered by the front proxy with a page. */
export function refuseLogin(): Answer {
  return answerHtml(403, '403 Forbidden');
}

/** 400 of the account endpoints. */
export function refuseAccount(error: string): Answer {
  return answerJson(400, { error });
}

/** One wrong parameter, in the form of the authentication, region and map endpoints. */
export interface ParameterProblem {
  readonly in: 'query' | 'body';
  readonly parameter: string;
  readonly message: string;
  readonly type: string;
}

export function refuseParameters(problems: readonly ParameterProblem[]): Answer {
  return answerJson(422, {
    detail: problems.map(({ in: place, parameter, message, type }) => ({
      loc: [place, parameter],
      msg: message,
      type,
    })),
  });
}

/** A parameter that is not there. */
export function missing(place: 'query' | 'body', parameter: string): ParameterProblem {
  return { in: place, parameter, message: 'Field required', type: 'missing' };
}
