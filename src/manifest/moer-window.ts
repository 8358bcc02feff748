import type { Problem } from '../domain/problem.ts';
import type { Span } from '../domain/span.ts';
import type { MoerSettings } from './manifest.ts';
import { momentAt } from './moments.ts';

/** What is wrong with a window's ends (UTC milliseconds), as a sentence; undefined when it holds time. */
export function windowFault(from: number, to: number): string | undefined {
  if (from < to) return undefined;
  const [start, end] = [from, to].map((ms) => new Date(ms).toISOString());
  return `the window is empty: it starts at ${start ?? ''} and ends at ${end ?? ''}; "from" must be earlier than "to"`;
}

/**
 * The manifest's MOER window when it is `nowMs`: half open, UTC. Call it once, at the start of a run, so that `now` is
 * one instant for all. The problem `manifest.moer-window` when nothing lies between the ends.
 */
export function resolveWindow(moer: MoerSettings, nowMs: number): Span | Problem {
  const start = momentAt(moer.from, nowMs);
  const end = momentAt(moer.to, nowMs);
  const message = windowFault(start, end);
  return message === undefined
    ? { start, end }
    : { severity: 'error', code: 'manifest.moer-window', message, ...moer.at };
}
