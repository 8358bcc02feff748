import { sha256 } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { SandboxStateStore, StoredDocument } from '../state.ts';
import { readEvents } from './events-csv.ts';
import { readFile, readId } from './read-parameters.ts';
import { refuse, refuseBody, refuseCsv } from './refusals.ts';

/** What a document may be. */
export const documentTypes = ['demand_response_events'];

/** POST .../assets/{asset_id}/documents: a file with its type. The same file twice makes two documents. */
export function uploadDocument(state: SandboxStateStore, call: Call): Answer {
  const asset = findAsset(state, call);
  if ('refusal' in asset) {
    return asset.refusal;
  }
  const type = call.form?.get('type');
  if (typeof type !== 'string' || !documentTypes.includes(type)) {
    const known = documentTypes.map((name) => `'${name}'`).join(' or ');
    return refuseBody([
      type === undefined
        ? { loc: ['body', 'type'], msg: 'Field required', type: 'missing' }
        : { loc: ['body', 'type'], msg: `Input should be ${known}`, type: 'enum' },
    ]);
  }
  const file = readFile(call);
  if ('refusal' in file) {
    return file.refusal;
  }
  const content = readEvents(file.bytes);
  if ('refusal' in content) {
    return refuseCsv(content.refusal);
  }
  const document = {
    asset: asset.id,
    type,
    name: file.name,
    sha256: sha256(file.bytes),
    events: content.events,
    at: call.now,
  };
  return answerJson(201, describe({ id: state.addDocument(document, file.bytes), ...document }));
}

/** GET .../assets/{asset_id}/documents: all of them, oldest first. */
export function listDocuments(state: SandboxStateStore, call: Call): Answer {
  const asset = findAsset(state, call);
  return 'refusal' in asset ? asset.refusal : answerJson(200, state.documents(asset.id).map(describe));
}

function findAsset(state: SandboxStateStore, call: Call): { readonly id: number } | { readonly refusal: Answer } {
  const asset = readId(call, 'asset_id');
  return 'refusal' in asset || state.hasAsset(call.parameters['account_id'] ?? '', asset.id)
    ? asset
    : { refusal: refuse(404, `Asset ${String(asset.id)} not found`) };
}

function describe({ id, asset, type, name, at }: StoredDocument): { readonly [field: string]: string | number } {
  return { id, assetId: asset, type, name, uploadedAt: new Date(at).toISOString() };
}
