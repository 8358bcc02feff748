import type { Json } from '../../domain/json.ts';
import type { Answer } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { SandboxStateStore, StoredObject } from '../state.ts';
import { type Resource, readIdText, showId } from './ids.ts';
import { refuse, refuseBody } from './refusals.ts';
import type { RequestSchemas } from './schemas.ts';
import type { WattCarbonSettings } from './switches.ts';

/** What every operation works with. */
export interface Backend {
  readonly state: SandboxStateStore;
  readonly settings: WattCarbonSettings;
  readonly schemas: RequestSchemas;
}

/** The account a request is for: in the path, or in the query. */
export function accountOf({ parameters, query }: Pick<Call, 'parameters' | 'query'>): string {
  return parameters['account_id'] ?? query.get('account_id') ?? '';
}

/** An object as answers show it. */
export function showObject(
  backend: Backend,
  resource: Resource,
  { id, fields }: Pick<StoredObject, 'id' | 'fields'>,
): Json {
  return { id: showId(backend.settings.ids, resource, id), ...fields };
}

/** The meter in the path, or the refusal. */
export function findMeter(backend: Backend, call: Call): StoredObject | { readonly refusal: Answer } {
  return find(backend, call, 'meter', (account, id) => backend.state.meter(account, id));
}

/** The asset in the path, or the refusal. */
export function findAsset(backend: Backend, call: Call): StoredObject | { readonly refusal: Answer } {
  return find(backend, call, 'asset', (account, id) => backend.state.asset(account, id));
}

function find(
  { settings }: Backend,
  call: Call,
  resource: 'meter' | 'asset',
  read: (account: string, id: number) => StoredObject | undefined,
): StoredObject | { readonly refusal: Answer } {
  const parameter = `${resource}_id`;
  const text = call.parameters[parameter] ?? '';
  const id = readIdText(settings.ids, resource, text);
  if (id === undefined) {
    const [kind, type] = settings.ids === 'uuid' ? ['UUID', 'uuid_parsing'] : ['integer', 'int_parsing'];
    const msg = `Input should be a valid ${kind}, unable to parse string as an ${kind}`;
    return { refusal: refuseBody([{ loc: ['path', parameter], msg, type }]) };
  }
  const name = resource === 'meter' ? 'Meter' : 'Asset';
  return read(accountOf(call), id) ?? { refusal: refuse(404, `${name} ${text} not found`) };
}
