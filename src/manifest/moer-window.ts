import type { Problem } from '../domain/problem.ts';
import type { Span } from '../domain/span.ts';
import type { MoerSettings } from './manifest.ts';
import { type Moment, momentAt } from './moments.ts';

/** What is wrong with a window when it is `nowMs`, as a sentence; undefined when it holds time. */
function windowFault({ from, to }: Pick<MoerSettings, 'from' | 'to'>, nowMs: number): string | undefined {
  const [start, end] = [momentAt(from, nowMs), momentAt(to, nowMs)];
  if (start < end) return undefined;
  const show = (moment: Moment, ms: number) => (moment.kind === 'now' ? 'now' : `at ${new Date(ms).toISOString()}`);
  return `the window is empty: it starts ${show(from, start)} and ends ${show(to, end)}; "from" must be earlier than "to"`;
}

/**
 * What is wrong with a window, as a sentence, as far as that can be known: without `nowMs` only two fixed ends can be
 * compared.
 */
export function earlyWindowFault(
  moer: Pick<MoerSettings, 'from' | 'to'>,
  nowMs: number | undefined,
): string | undefined {
  const fixed = moer.from.kind === 'instant' && moer.to.kind === 'instant';
  return fixed || nowMs !== undefined ? windowFault(moer, nowMs ?? 0) : undefined;
}

/**
 * The manifest's MOER window when it is `nowMs`: half open, UTC. Call it once, at the start of a run, so that `now` is
 * one instant for all. The problem `manifest.moer-window` when nothing lies between the ends.
 */
export function resolveWindow(moer: MoerSettings, nowMs: number): Span | Problem {
  const message = windowFault(moer, nowMs);
  return message === undefined
    ? { start: momentAt(moer.from, nowMs), end: momentAt(moer.to, nowMs) }
    : { severity: 'error', code: 'manifest.moer-window', message, ...moer.at };
}
