import type { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { CsvRefusal } from './csv-lines.ts';
import type { WattCarbonSettings } from './switches.ts';

/** `{"detail": "text"}`, as FastAPI words an HTTP error (wattcarbon contract, "Order, errors, limits"). */
export function refuse(status: number, detail: string, headers: Answer['headers'] = {}): Answer {
  return answerJson(status, { detail }, headers);
}

/** 401 without a valid token. */
export function refuseToken(authorization: string | undefined): Answer {
  const detail = authorization === undefined ? 'Not authenticated' : 'Could not validate credentials';
  return refuse(401, detail, { 'www-authenticate': 'Bearer' });
}

/** One entry of FastAPI's validation error. */
export interface Detail {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** 422 with a list of what is wrong. */
export function refuseBody(details: readonly Detail[]): Answer {
  return answerJson(422, { detail: details });
}

/** 422 for a JSON body that its schema refuses. */
export function refuseIssues(issues: readonly z.core.$ZodIssue[], body: Json): Answer {
  return refuseBody(issues.flatMap((issue) => describe(issue, body)));
}

/** 422 for a CSV file: with its physical line, with the row's index from 0 (the header is none), or in words. */
export function refuseCsv({ line, message }: CsvRefusal, form: WattCarbonSettings['rowErrors']): Answer {
  switch (form) {
    case 'line':
      return refuseBody([
        { loc: ['body', 'file', line], msg: `line ${String(line)}: ${message}`, type: 'value_error' },
      ]);
    case 'index': {
      const place = line === 1 ? ['header'] : ['rows', line - 2];
      return refuseBody([{ loc: ['body', 'file', ...place], msg: message, type: 'value_error' }]);
    }
    case 'text':
      return refuse(422, line === 1 ? `Header: ${message}` : `Row ${String(line - 1)}: ${message}`);
  }
}

function describe(issue: z.core.$ZodIssue, body: Json): Detail[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const loc = ['body', ...path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      loc: [...loc, key],
      msg: 'Extra inputs are not permitted',
      type: 'extra_forbidden',
    }));
  }
  if (valueAt(body, path) === undefined) {
    return [{ loc, msg: 'Field required', type: 'missing' }];
  }
  return [{ loc, msg: issue.message, type: issue.code === 'custom' ? 'value_error' : issue.code }];
}

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    body,
  );
}
