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
