import type { Fault, FaultHook } from '../../src/sandbox/serve/fault.ts';

/** Has this fault at the `nth` request of an operation, and good days otherwise. */
export function once(operation: string, fault: Fault, nth = 1): FaultHook {
  let seen = 0;
  return (request) => (request.operation === operation && ++seen === nth ? fault : undefined);
}

/** Has these faults one after another at an operation's requests; undefined is a good day, and so is all that follows. */
export function inTurn(operation: string, ...faults: readonly (Fault | undefined)[]): FaultHook {
  let seen = 0;
  return (request) => (request.operation === operation ? faults[seen++] : undefined);
}

const writes = ['create_meter', 'upload_meter_intervals', 'create_asset', 'upload_asset_document'] as const;

/** The first request of each write meets the fault. */
export function onceEach(fault: Fault): FaultHook {
  const left = new Set<string>(writes);
  return ({ operation }) => (left.delete(operation) ? fault : undefined);
}
