import type { Answer } from '../serve/answer.ts';
import type { FormFile } from '../serve/body.ts';
import type { Call } from '../serve/router.ts';
import { refuseBody } from './refusals.ts';

/** The id in the path: ids are whole numbers here. */
export function readId(call: Call, parameter: string): { readonly id: number } | { readonly refusal: Answer } {
  const text = call.parameters[parameter] ?? '';
  if (/^\d{1,15}$/.test(text)) {
    return { id: Number(text) };
  }
  const msg = 'Input should be a valid integer, unable to parse string as an integer';
  return { refusal: refuseBody([{ loc: ['path', parameter], msg, type: 'int_parsing' }]) };
}

/** The multipart part `file`. */
export function readFile(call: Call): FormFile | { readonly refusal: Answer } {
  const part = call.form?.get('file');
  if (part === undefined) {
    return { refusal: refuseBody([{ loc: ['body', 'file'], msg: 'Field required', type: 'missing' }]) };
  }
  return typeof part === 'string'
    ? {
        refusal: refuseBody([
          { loc: ['body', 'file'], msg: 'Expected UploadFile, received: text', type: 'value_error' },
        ]),
      }
    : part;
}
