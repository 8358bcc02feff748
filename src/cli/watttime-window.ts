import { WattliftError } from '../domain/errors.ts';
import { alignSpan, type Span } from '../domain/span.ts';
import { momentAt, parseMoment } from '../manifest/moments.ts';
import { showInstant } from './watttime-output.ts';

export interface WindowFlags {
  readonly from: string;
  readonly to: string;
}

/** The finest period there is (watttime contract, `/v3/historical`). */
export const finestPeriodMs = 300_000;

/**
 * The window of `--from` and `--to`, half open, on the 5-minute grid, up to now. Throws `WattliftError` (`watttime.window`)
 * for what is no time and for a window without a point.
 */
export function readWindow(flags: WindowFlags, nowMs: number): Span {
  const start = readMoment('--from', flags.from, nowMs);
  const end = readMoment('--to', flags.to, nowMs);
  const span = alignSpan({ start, end: Math.min(end, nowMs) }, finestPeriodMs);
  if (span.start < span.end) return span;
  const held = `from ${showInstant(start)} to ${showInstant(end)}`;
  const why =
    start >= nowMs ? 'it begins in the future' : end <= start ? 'it ends before it begins' : 'it is too short';
  throw new WattliftError('watttime.window', `no point lies in the window ${held}: ${why}; change --from or --to`);
}

function readMoment(option: string, text: string, nowMs: number): number {
  const parsed = parseMoment(text.trim());
  if ('value' in parsed) return momentAt(parsed.value, nowMs);
  throw new WattliftError('watttime.window', `${option}: ${parsed.fault}`);
}
