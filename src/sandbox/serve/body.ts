import type { IncomingMessage } from 'node:http';

/** A part of a form that is a file. */
export interface FormFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A form, urlencoded or multipart: the last value of each field. */
export type Form = ReadonlyMap<string, string | FormFile>;

/** The body's bytes, or undefined when it is longer than `maxBytes`; the rest is then read and thrown away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) {
      continue;
    }
    length += chunk.byteLength;
    if (length <= maxBytes) {
      chunks.push(chunk);
    }
  }
  return length <= maxBytes ? Buffer.concat(chunks) : undefined;
}

/** The form a body holds, or undefined when its media type is no form or it cannot be read as one. */
export async function readForm(contentType: string | undefined, body: Uint8Array): Promise<Form | undefined> {
  if (contentType === undefined || !/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(contentType)) {
    return undefined;
  }
  const form = new Map<string, string | FormFile>();
  try {
    const parsed = await new Response(Buffer.from(body), { headers: { 'content-type': contentType } }).formData();
    for (const [name, value] of parsed) {
      form.set(
        name,
        typeof value === 'string' ? value : { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) },
      );
    }
  } catch {
    // A malformed form is told like a missing one: each field is then reported as required.
    return undefined;
  }
  return form;
}
