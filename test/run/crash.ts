import type { WriteOperation } from '../../src/domain/remote.ts';
import type { RunHow } from './open-run.ts';

/** What a killed process throws, as far as a process can kill itself and live. */
export class Crash extends Error {
  override readonly name = 'Crash';

  /** As it stands it is taken for an abort, which nobody tries again. */
  constructor(
    message: string,
    options: ErrorOptions = { cause: new DOMException('the process is gone', 'AbortError') },
  ) {
    super(message, options);
  }
}

/**
 * A run that dies, and whether it has. From then on every watched call throws before it does anything: of a dead process
 * nothing more comes.
 */
export interface Dying {
  readonly dead: boolean;
  readonly how: Required<Pick<RunHow, 'watch'>>;
}

/**
 * Dies at the `n`-th moment, counted from 1: moments lie before and after each call that is watched. `onDeath` is called in
 * that very moment.
 */
export function dieAt(n: number, onDeath: () => void = () => undefined): Dying {
  let moments = 0;
  return die(() => ++moments === n, onDeath);
}

/** Dies right after the `nth` time that an operation was carried out, before anybody hears of it. */
export function dieAfter(operation: WriteOperation, nth = 1, onDeath: () => void = () => undefined): Dying {
  let seen = 0;
  return die(
    (call) => call.name === 'send' && call.when === 'after' && call.operation === operation && ++seen === nth,
    onDeath,
  );
}

interface Moment {
  readonly when: 'before' | 'after';
  /** The method that is called. */
  readonly name: string;
  readonly operation: string | undefined;
}

function die(isLast: (moment: Moment) => boolean, onDeath: () => void): Dying {
  let dead = false;
  const pass = (moment: Moment): void => {
    if (!dead && isLast(moment)) {
      dead = true;
      onDeath();
    }
    if (dead) throw new Crash(`died ${moment.when} ${moment.name}`);
  };
  return {
    get dead() {
      return dead;
    },
    how: {
      watch: (target) =>
        new Proxy(target, {
          get: (object, property) => {
            const member: unknown = Reflect.get(object, property);
            // What a process leaves open the system closes.
            if (typeof member !== 'function' || property === 'close') return member;
            return async (...given: readonly unknown[]): Promise<unknown> => {
              const call = { name: String(property), operation: operationOf(given[0]) };
              pass({ when: 'before', ...call });
              const answer: unknown = await Reflect.apply(member, object, given);
              pass({ when: 'after', ...call });
              return answer;
            };
          },
        }),
    },
  };
}

function operationOf(argument: unknown): string | undefined {
  return typeof argument === 'object' && argument !== null && 'operation' in argument
    ? String(argument.operation)
    : undefined;
}
