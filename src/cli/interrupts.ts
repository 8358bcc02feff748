import { InterruptedError } from '../domain/errors.ts';
import { exitCode, exitCodeOfSignal } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** The wish to stop, as it comes from a person or a scheduler. */
export interface Interrupts {
  /** Aborts at the first signal, with an `InterruptedError`: what is in flight is finished and recorded. */
  readonly stopping: AbortSignal;
  /** The first signal that came. */
  readonly signal: 'SIGINT' | 'SIGTERM' | undefined;
  readonly stopListening: () => void;
}

/** Listens for SIGINT and SIGTERM. The second one ends the process at once. */
export function listenForInterrupts(terminal: Terminal, onFirst: (message: string) => void): Interrupts {
  const stop = new AbortController();
  let first: Interrupts['signal'];
  const on = (name: 'SIGINT' | 'SIGTERM') => (): void => {
    if (first) terminal.abort(name === 'SIGINT' ? exitCode.interrupted : exitCode.terminated);
    first = name;
    onFirst('stopping: what is in flight is finished and recorded; a second signal ends at once');
    stop.abort(new InterruptedError());
  };
  const unlisten = [terminal.onSignal('SIGINT', on('SIGINT')), terminal.onSignal('SIGTERM', on('SIGTERM'))];
  return {
    stopping: stop.signal,
    get signal() {
      return first;
    },
    stopListening: () => {
      for (const off of unlisten) off();
    },
  };
}

/** Does work that a signal may stop: then its code is the signal's. `onFirst` is told what a first signal does. */
export async function interruptible(
  terminal: Terminal,
  onFirst: (message: string) => void,
  work: (stopping: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupts = listenForInterrupts(terminal, onFirst);
  try {
    return await work(interrupts.stopping);
  } catch (error) {
    if (error instanceof InterruptedError && interrupts.signal) return exitCodeOfSignal(interrupts.signal);
    throw error;
  } finally {
    interrupts.stopListening();
  }
}
