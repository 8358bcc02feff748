import { ApiError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Prepared, PreparedRequest, RemoteId, WriteOperation } from '../domain/remote.ts';
import type { ApiClient, Call } from './api-client.ts';
import { readBody, readRemoteId } from './remote-answers.ts';
import { textOf } from './request-layout.ts';
import { sendWithToken, type TokenKeeper } from './token.ts';
import type { WireHooks } from './wire.ts';

/** Each write in words, what its answer's id is the id of, and whether there must be one. */
const writes = {
  create_meter: { doing: 'creating a meter', resource: 'meter', hasId: true },
  create_asset: { doing: 'creating an asset', resource: 'asset', hasId: true },
  update_asset: { doing: 'changing an asset', resource: 'asset', hasId: false },
  upload_asset_document: { doing: 'attaching a document to an asset', resource: 'document', hasId: false },
  upload_meter_intervals: { doing: "uploading a meter's intervals", resource: 'upload', hasId: false },
  upload_meter_bills: { doing: "uploading a meter's bills", resource: 'upload', hasId: false },
} as const;

/** What an operation makes: `meter`, `asset`, `document`, `upload`. */
export function resourceOf(operation: WriteOperation): string {
  return writes[operation].resource;
}

/**
 * Sends a prepared write. An `ApiError` whose `outcomeUnknown` is true comes only from a request that was really sent:
 * a login that failed before it is told as `unsent`.
 */
export async function sendWrite(
  client: ApiClient,
  keeper: TokenKeeper,
  prepared: Prepared,
  hooks: WireHooks,
): Promise<{ readonly id?: RemoteId; readonly answer: Json }> {
  const { operation, method, url, request } = prepared;
  const { doing, resource, hasId } = writes[operation];
  const call: Call = { doing, method, path: url, writes: true, ...bodyOf(request) };
  let underWay = false;
  const watched: WireHooks = {
    beforeSend: async () => {
      await hooks.beforeSend();
      underWay = true;
    },
  };
  try {
    const answer = await sendWithToken(client, keeper, { ...call, hooks: watched }, () => {
      underWay = false;
    });
    const body = readBody(answer.text);
    const id = readRemoteId(body, resource);
    if (id === undefined && hasId) throw client.unreadable('it has no id', call, answer);
    return id === undefined ? { answer: body } : { id, answer: body };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.outcomeUnknown && !underWay) {
      throw new ApiError({ ...error.details, kind: 'unsent' }, `${doing}: nothing was sent, since ${error.message}`, {
        cause: error,
      });
    }
    if (saysAlreadyThere(error, resource))
      throw new ApiError({ ...error.details, kind: 'conflict' }, error.message, { cause: error.cause });
    throw error;
  }
}

/**
 * "Already there" comes as 409, or as 400 or 422 in words (wattcarbon contract, "Asset"). A complaint about the form of
 * a customId is none, and neither is one about a row of an upload: of that nothing was taken.
 */
function saysAlreadyThere({ details: { status, said = '' } }: ApiError, resource: string): boolean {
  if (status !== 400 && status !== 422) return false;
  if (resource === 'upload')
    return /\balready\b/i.test(said) && !/\b(?:rows?|lines?|records?|columns?|timestamps?|duplicates?)\b/i.test(said);
  if (/\balready\b|duplicate|not unique|must be unique/i.test(said)) return true;
  return (
    /custom_?id/i.test(said) &&
    !/required|missing|valid|permitted|should|pattern|length|characters|empty|type/i.test(said)
  );
}

/** The body and content type of a request. */
function bodyOf({ media, fields, file, filePart }: PreparedRequest): Pick<Call, 'body' | 'headers'> {
  const entries = Object.entries(fields).filter(([, value]) => value !== null);
  switch (media) {
    case 'json':
      return { body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } };
    case 'form':
      return { body: new URLSearchParams(entries.map(([name, value]): [string, string] => [name, textOf(value)])) };
    case 'csv':
      return { body: file?.bytes ?? '', headers: { 'content-type': file?.contentType ?? 'text/csv' } };
    case 'multipart': {
      const form = new FormData();
      for (const [name, value] of entries) form.append(name, textOf(value));
      if (file) form.append(filePart ?? 'file', new Blob([file.bytes], { type: file.contentType }), file.name);
      return { body: form };
    }
  }
}
