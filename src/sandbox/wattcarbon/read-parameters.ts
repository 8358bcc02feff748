import type { Answer } from '../serve/answer.ts';
import type { FormFile } from '../serve/body.ts';
import type { Call } from '../serve/router.ts';
import { refuse, refuseBody } from './refusals.ts';
import type { WattCarbonSettings } from './switches.ts';

const csvTypes = /^(text\/csv|application\/csv|application\/octet-stream)\b/i;

/** The file of an upload: the form's part, or the bare body, which has no name; or the refusal. */
export function readFile(
  call: Call,
  body: WattCarbonSettings['uploadBody'],
  partName: string,
): FormFile | { readonly refusal: Answer } {
  const isCsv = csvTypes.test(call.headers['content-type'] ?? '');
  if (isCsv && body !== 'multipart') {
    return { name: '', bytes: call.body };
  }
  if (body === 'csv') {
    return { refusal: refuse(415, 'Unsupported Media Type: the body must be text/csv') };
  }
  const part = call.form?.get(partName);
  if (part === undefined) {
    return { refusal: refuseBody([{ loc: ['body', partName], msg: 'Field required', type: 'missing' }]) };
  }
  return typeof part === 'string'
    ? {
        refusal: refuseBody([
          { loc: ['body', partName], msg: 'Expected UploadFile, received: text', type: 'value_error' },
        ]),
      }
    : part;
}

/** A field beside the file: in the form, or in the query where the body is the file itself. */
export function readField(
  { form, query }: Call,
  name: string,
): { readonly value: string; readonly place: 'body' | 'query' } | undefined {
  const inForm = form?.get(name);
  if (typeof inForm === 'string') {
    return { value: inForm, place: 'body' };
  }
  const inQuery = form === undefined ? query.get(name) : null;
  return inQuery === null ? undefined : { value: inQuery, place: 'query' };
}
