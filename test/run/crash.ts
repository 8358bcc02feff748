import type { WriteOperation } from '../../src/domain/remote.ts';
import type { RunHow } from './open-run.ts';

/** What a killed process throws, as far as a process can kill itself and live. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A run that dies, and whether it has. From then on every watched call throws: a dead process does nothing more. */
export interface Dying {
  readonly dead: boolean;
  readonly how: Required<Pick<RunHow, 'wrapLedger' | 'wrapWattCarbon'>>;
}

/** Dies at the `n`-th moment, counted from 1: moments lie before and after each call to the ledger and to WattCarbon. */
export function dieAt(n: number): Dying {
  let moments = 0;
  return die(() => ++moments === n);
}

/** Dies right after the `nth` time that an operation was carried out, before anybody hears of it. */
export function dieAfter(operation: WriteOperation, nth = 1): Dying {
  let seen = 0;
  return die((call) => call.name === 'send' && call.when === 'after' && call.operation === operation && ++seen === nth);
}

interface Moment {
  readonly when: 'before' | 'after';
  /** The method of the ledger or of WattCarbon. */
  readonly name: string;
  readonly operation: string | undefined;
}

function die(isLast: (moment: Moment) => boolean): Dying {
  let dead = false;
  const pass = (moment: Moment): void => {
    dead ||= isLast(moment);
    if (dead) throw new Crash(`died ${moment.when} ${moment.name}`);
  };
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, property) => {
        const member: unknown = Reflect.get(object, property);
        if (typeof member !== 'function') return member;
        return async (...given: readonly unknown[]): Promise<unknown> => {
          const call = { name: String(property), operation: operationOf(given[0]) };
          pass({ when: 'before', ...call });
          const answer: unknown = await Reflect.apply(member, object, given);
          pass({ when: 'after', ...call });
          return answer;
        };
      },
    });
  return {
    get dead() {
      return dead;
    },
    how: { wrapLedger: watch, wrapWattCarbon: watch },
  };
}

function operationOf(argument: unknown): string | undefined {
  return typeof argument === 'object' && argument !== null && 'operation' in argument
    ? String(argument.operation)
    : undefined;
}
