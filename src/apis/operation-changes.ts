import type { Operations, ResolvedOperation } from './operations.ts';
import { operationNames, operationTable, type OperationName } from './operation-table.ts';

/** WattCarbon's description of itself, as `plan` and `doctor` speak of it. */
export interface DescriptionSummary {
  /** Its address, or the file's path. */
  readonly from: string;
  /** When it was fetched, UTC milliseconds; absent for a file. */
  readonly at?: number;
  readonly sha256: string;
  /** When the one of the time before was fetched, where that was another. */
  readonly since?: number;
  /** What has moved since then, a sentence an operation; none where only what is not used here has changed. */
  readonly changes: readonly string[];
}

/** What is known of the document behind the operations; undefined where there is none. */
export function summarizeDescription(now: Operations): DescriptionSummary | undefined {
  const { description, before } = now;
  if (description === undefined) return undefined;
  const { from, at, sha256 } = description;
  const since = description.before?.at;
  return {
    from,
    sha256,
    changes: before === undefined ? [] : operationNames.flatMap((name) => describeChange(name, before, now)),
    ...(at !== undefined && { at }),
    ...(since !== undefined && { since }),
  };
}

function describeChange(name: OperationName, before: Operations, after: Operations): readonly string[] {
  const old = resolvedOrNot(name, before);
  const now = resolvedOrNot(name, after);
  if (old === undefined || now === undefined) return [];
  const differences = [
    moved(routeOf(old), routeOf(now), ''),
    moved(old.media, now.media, 'its body '),
    moved(partOf(old), partOf(now), 'the part with the file '),
    listed('it demands', less(now.form?.required, old.form?.required)),
    listed('it demands no more', less(old.form?.required, now.form?.required)),
    listed('it takes', less(now.form?.fields.keys(), old.form?.fields.keys(), now.form?.required)),
    listed('it takes no more', less(old.form?.fields.keys(), now.form?.fields.keys(), old.form?.required)),
  ].filter((one) => one !== undefined);
  return differences.length > 0 ? [`${operationTable[name].operationId}: ${differences.join('; ')}`] : [];
}

/** Where two fit, whoever needs the operation is told. */
function resolvedOrNot(name: OperationName, operations: Operations): ResolvedOperation | undefined {
  try {
    return operations.resolve(name);
  } catch {
    return undefined;
  }
}

function routeOf({ method, url, verified }: ResolvedOperation): string {
  const path = URL.canParse(url) ? url.slice(new URL(url).origin.length) : url;
  return verified ? `${method} ${path}` : 'not described';
}

function partOf({ media, filePart }: ResolvedOperation): string {
  return media === 'multipart' ? `"${filePart}"` : '';
}

function moved(from: string, to: string, what: string): string | undefined {
  return from === to || from === '' || to === '' ? undefined : `${what}was ${from}, is ${to} now`;
}

function listed(what: string, names: readonly string[]): string | undefined {
  return names.length > 0 ? `${what} ${names.map((name) => `"${name}"`).join(', ')}` : undefined;
}

/** Of `names` those that `others` lack, without what is told apart. */
function less(
  names: Iterable<string> | undefined,
  others: Iterable<string> | undefined,
  told: ReadonlySet<string> = new Set(),
): readonly string[] {
  const known = new Set(others);
  return [...(names ?? [])].filter((name) => !known.has(name) && !told.has(name));
}
