import { standingOfField } from '../domain/asset-kinds.ts';
import { WattliftError } from '../domain/errors.ts';
import type { Creation, PayloadFault, Prepared } from '../domain/remote.ts';
import { FieldError } from './form-fill.ts';
import type { ResolvedOperation } from './operations.ts';
import type { BodyFault, PayloadJudge } from './payload-judge.ts';
import { layOutRequest, type Addressee } from './request-layout.ts';

/** What bodies are checked with. */
export interface PayloadDesk {
  readonly judge: PayloadJudge;
  /** Told of a schema that cannot be used. */
  readonly warn: (message: string) => void;
}

/**
 * What is wrong with a creation's body by the operation's schema; without one, what the guide does not show of its kind, as
 * warnings. Sends nothing, and needs no account. A schema that cannot be used is a warning, and the body passes.
 */
export function inspectCreation(
  creation: Creation,
  operation: ResolvedOperation,
  to: Addressee,
  desk: PayloadDesk,
): readonly PayloadFault[] {
  try {
    const prepared = layOutRequest(creation, operation, { ...to, account: to.account ?? 'account' });
    if (operation.schema === undefined) return creation.operation === 'create_asset' ? tableFaults(creation) : [];
    return judgeRequest(prepared, operation, desk).map(({ path, message }) => ({
      severity: 'error',
      code: 'wattcarbon.payload-invalid',
      path,
      message: sentence({ path, message }, operation),
    }));
  } catch (error) {
    if (!(error instanceof WattliftError)) throw error;
    const path = error instanceof FieldError ? [error.field] : [];
    return [{ severity: 'error', code: error.code, path, message: error.message }];
  }
}

/** Throws `wattcarbon.payload-invalid` for a request that the operation's schema does not allow: nothing was sent. */
export function demandValid(prepared: Prepared, operation: ResolvedOperation, desk: PayloadDesk): void {
  const faults = judgeRequest(prepared, operation, desk);
  if (faults.length === 0) return;
  throw new WattliftError(
    'wattcarbon.payload-invalid',
    `${faults.map((fault) => sentence(fault, operation)).join('; ')}. Nothing was sent`,
  );
}

function judgeRequest(
  { request: { media, fields, filePart } }: Prepared,
  operation: ResolvedOperation,
  { judge, warn }: PayloadDesk,
): readonly BodyFault[] {
  if (operation.schema === undefined || media === 'csv') return [];
  const asText = media !== 'json';
  // A form leaves out what is null, and has its file, which is not looked at here.
  const sent = asText ? Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) : fields;
  const body = filePart === undefined ? sent : { ...sent, [filePart]: '' };
  const judged = judge.judge(operation.schema, body, { asText });
  // What the manifest says in wattcarbon.endpoints wins over the description.
  if ('faults' in judged) return judged.faults.filter(({ path: [field] }) => !(String(field) in operation.fields));
  warn(
    `the schema of ${operation.name} in WattCarbon's description cannot be used, and its bodies are sent unchecked: ${judged.unusable}`,
  );
  return [];
}

function sentence({ path, message }: BodyFault, { name, method, url, source }: ResolvedOperation): string {
  const field = path.length > 0 ? `"${path.join('.')}" ` : '';
  return `${field}${message}, says ${source} of ${name} (${method} ${url})`;
}

/** Fields of an asset that the guide does not show for its kind. */
function tableFaults({ fields }: Creation): readonly PayloadFault[] {
  const { kind } = fields;
  if (typeof kind !== 'string') return [];
  return Object.keys(fields)
    .filter((field) => standingOfField(kind, field) === 'unknown')
    .map((field) => ({
      severity: 'warning',
      code: 'asset.field-unknown',
      path: [field],
      message: `"${field}" is not a field that WattCarbon's guide shows for "${kind}", and no description of the API says more; it is sent as it is`,
    }));
}
