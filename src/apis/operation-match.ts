import { WattliftError } from '../domain/errors.ts';
import type { DescribedOperation } from './openapi.ts';
import { operationTable, type OperationName } from './operation-table.ts';

/** An operationId that ends like one of ours, but is of another kind. */
const otherKind = /(?:^|[_-])(?:bulk|batch|many|multiple)(?:[_-]|$)/;

/**
 * Finds one of our operations in a document: by its operationId, else by the part after the tag, so that a renamed tag or
 * version (`v2_Meters-create_meter`, `meters_create_meter`, `createMeter`, FastAPI's `create_meter_accounts__..._post`)
 * still resolves. Throws `wattcarbon.operation-ambiguous` when several fit equally well.
 */
export function matchOperation(
  name: OperationName,
  operations: readonly DescribedOperation[],
): DescribedOperation | undefined {
  const { operationId, tag } = operationTable[name];
  const writing = operations.filter(({ method }) => method !== 'GET');
  const ranks: readonly ((operation: DescribedOperation) => boolean)[] = [
    (operation) => operation.operationId === operationId,
    (operation) => afterTag(operation.operationId) === name,
    (operation) => afterTag(withoutRoute(operation)) === name,
    (operation) =>
      [operation.operationId, withoutRoute(operation)].some(
        (id) => afterTag(id).endsWith(`_${name}`) && !otherKind.test(afterTag(id)),
      ),
  ];
  for (const fits of ranks) {
    const [only, ...others] = narrow(writing.filter(fits), tag);
    if (only !== undefined && others.length > 0) throw ambiguous(name, [only, ...others]);
    if (only !== undefined) return only;
  }
  return undefined;
}

/** Finds a list by its name (`list_meters`), where it is not at the path of what it lists; undefined when several fit. */
export function matchReader(name: string, readers: readonly DescribedOperation[]): DescribedOperation | undefined {
  const fitting = readers.filter((operation) =>
    [operation.operationId, withoutRoute(operation)].some((id) => afterTag(id) === name || id.endsWith(`_${name}`)),
  );
  const current = fitting.filter(({ deprecated }) => !deprecated);
  return current.length === 1 ? current[0] : fitting.length === 1 ? fitting[0] : undefined;
}

/** Prefers what is not on its way out, then what stands under the tag we know. */
function narrow(fitting: readonly DescribedOperation[], tag: string): readonly DescribedOperation[] {
  const preferences: readonly ((operation: DescribedOperation) => boolean)[] = [
    ({ deprecated }) => !deprecated,
    ({ tags, operationId }) => [...tags, operationId].some((text) => text.toLowerCase().includes(tag.toLowerCase())),
  ];
  return preferences.reduce((left, prefers) => {
    const preferred = left.length > 1 ? left.filter(prefers) : left;
    return preferred.length > 0 ? preferred : left;
  }, fitting);
}

/** The part of an operationId after the tag, in our spelling: `v2_Meters-createMeter` gives `create_meter`. */
export function afterTag(operationId: string): string {
  const last = operationId.split(/[-./:]/).at(-1) ?? '';
  return last.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}

/** FastAPI's own ids end in the path and the method; without them the function's name is left. */
function withoutRoute({ operationId, path, method }: DescribedOperation): string {
  const route = `${path.replaceAll(/\W/g, '_')}_${method.toLowerCase()}`;
  return operationId.endsWith(route) ? operationId.slice(0, -route.length) : operationId;
}

function ambiguous(name: OperationName, candidates: readonly DescribedOperation[]): WattliftError {
  const list = candidates.map(({ operationId, method, path }) => `${operationId} (${method} ${path})`).join(', ');
  return new WattliftError(
    'wattcarbon.operation-ambiguous',
    `finding the operation ${name} in WattCarbon's description: several fit, ${list}; name the right one's method and path in wattcarbon.endpoints.${name}`,
  );
}
