import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import type { Answer } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { refuseBody, refuseIssues } from './refusals.ts';

/** The JSON object of a request as it came, once its schema has let it pass; or the refusal. */
export function readJson(
  call: Call,
  schema: z.ZodType,
): { readonly sent: { readonly [field: string]: Json } } | { readonly refusal: Answer } {
  const body = parse(call);
  if (body === undefined) {
    return { refusal: refuseBody([{ loc: ['body'], msg: 'The body must be JSON', type: 'json_invalid' }]) };
  }
  const object = z.record(z.string(), z.json()).safeParse(body);
  const checked = schema.safeParse(body);
  if (!checked.success) {
    return { refusal: refuseIssues(checked.error.issues, body) };
  }
  return object.success ? { sent: object.data } : { refusal: refuseIssues(object.error.issues, body) };
}

function parse({ headers, body }: Call): Json | undefined {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '')) {
    return undefined;
  }
  try {
    return z.json().parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    return undefined;
  }
}
