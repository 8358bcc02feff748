import { sha256, type Json } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { StoredDocument } from '../state.ts';
import { type Backend, findAsset } from './backend.ts';
import { readEvents } from './events-csv.ts';
import { showId } from './ids.ts';
import { answerList } from './lists.ts';
import { readField, readFile } from './read-parameters.ts';
import { refuse, refuseBody, refuseCsv } from './refusals.ts';

/** What a document may be. */
export const documentTypes = ['demand_response_events'];

/** Attaches a file with its type to an asset; `document-again` says what a second of the same type and name does. */
export function uploadDocument(backend: Backend, call: Call): Answer {
  const { state, settings } = backend;
  const asset = findAsset(backend, call);
  if ('refusal' in asset) {
    return asset.refusal;
  }
  const type = readField(call, 'type');
  if (type === undefined || !documentTypes.includes(type.value)) {
    const known = documentTypes.map((name) => `'${name}'`).join(' or ');
    return refuseBody([
      type === undefined
        ? { loc: ['body', 'type'], msg: 'Field required', type: 'missing' }
        : { loc: [type.place, 'type'], msg: `Input should be ${known}`, type: 'enum' },
    ]);
  }
  const file = readFile(call, settings.documentBody, settings.filePart[0] ?? '');
  if ('refusal' in file) {
    return file.refusal;
  }
  const content = readEvents(file.bytes);
  if ('refusal' in content) {
    return refuseCsv(content.refusal, settings.rowErrors);
  }
  const document = {
    asset: asset.id,
    type: type.value,
    name: file.name,
    sha256: sha256(file.bytes),
    events: content.events,
    at: call.now,
  };
  const same = state.documents(asset.id).find((one) => one.type === document.type && one.name === document.name);
  if (same !== undefined && settings.documentAgain === 'refuse') {
    return refuse(409, `The asset already has a document ${JSON.stringify(file.name)} of this type`);
  }
  if (same !== undefined && settings.documentAgain === 'replace') {
    state.removeDocument(same.id);
  }
  return answerJson(201, describe(backend, { id: state.addDocument(document, file.bytes), ...document }));
}

/** The asset's documents, oldest first. */
export function listDocuments(backend: Backend, call: Call): Answer {
  const asset = findAsset(backend, call);
  return 'refusal' in asset
    ? asset.refusal
    : answerList(backend, call, 'documents', backend.state.documents(asset.id), (one) => describe(backend, one));
}

/** A document that came without a form has no name. */
function describe({ settings }: Backend, { id, asset, type, name, at }: StoredDocument): Json {
  return {
    id: showId(settings.ids, 'document', id),
    assetId: showId(settings.ids, 'asset', asset),
    type,
    name: name === '' ? null : name,
    uploadedAt: new Date(at).toISOString(),
  };
}
