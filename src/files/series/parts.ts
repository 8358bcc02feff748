import { monthOf } from '../../domain/canonical.ts';
import type { CanonicalForm, Part } from '../../domain/meter-data.ts';
import type { Zone } from '../../domain/zone.ts';
import { CanonicalRows } from './canonical-rows.ts';
import { blockLength } from './packed-numbers.ts';
import type { OrderedReadings } from './readings.ts';

/** A part, with its bytes where they were asked for. */
export interface WrittenPart {
  readonly part: Part;
  readonly bytes: Uint8Array | undefined;
}

/** Which parts' bytes are kept: from the one so named on (from the first without a name), until they are too many. */
export interface KeptParts {
  readonly from?: string | undefined;
  readonly mostBytes: number;
}

/** The first instant of the UTC month after this one's. */
function monthAfter(instant: number): number {
  const date = new Date(instant);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/**
 * Writes readings, given in order of time, as canonical CSV: intervals by UTC month, bills in one part. Bills have their
 * end exclusive: the day after the last one billed, which is where the next begins. At least one part is kept where
 * `kept.mostBytes` is above 0, however long it is.
 */
export function writeParts(
  readings: OrderedReadings,
  form: CanonicalForm,
  zone: Zone | undefined,
  kept: KeptParts = { mostBytes: Number.POSITIVE_INFINITY },
): readonly WrittenPart[] {
  const { kind, length, uniformMs } = readings;
  const rows = new CanonicalRows();
  const parts: WrittenPart[] = [];
  const bills = kind === 'bills';
  const instant = (moment: number): number => (bills ? (zone?.startOfDay(moment) ?? moment) : moment);
  let [bytesKept, reached] = [0, kept.from === undefined];
  const starts = new Float64Array(blockLength);
  const energies = new Float64Array(blockLength);
  for (let at = 0; at < length;) {
    const first = readings.start(at);
    const name = bills ? 'bills' : monthOf(first);
    const until = bills ? Number.POSITIVE_INFINITY : monthAfter(first);
    reached ||= name === kept.from;
    rows.begin(bills ? form.bills : form.intervals, reached && bytesKept < kept.mostBytes);
    const begun = at;
    let last = Number.NEGATIVE_INFINITY;
    while (at < length) {
      const within = at % blockLength;
      if (within === 0 || at === begun) {
        readings.readStarts(at - within, starts);
        readings.readEnergies(at - within, energies);
      }
      const filled = Math.min(blockLength, length - at + within);
      let end = filled;
      if ((starts[filled - 1] ?? 0) >= until) {
        end = within;
        while ((starts[end] ?? until) < until) end += 1;
      }
      if (bills) {
        for (let row = within; row < end; row += 1)
          rows.bill(starts[row] ?? 0, readings.end(at - within + row), energies[row] ?? 0);
      } else rows.intervals(starts, energies, within, end);
      if (uniformMs === undefined) {
        for (let row = at; row < at - within + end; row += 1) last = Math.max(last, readings.end(row));
      }
      at += end - within;
      if (end < filled) break;
    }
    if (uniformMs !== undefined) last = readings.end(at - 1);
    const { sha256, byteLength, bytes } = rows.end();
    bytesKept += bytes?.length ?? 0;
    const span = { start: instant(first), end: instant(last) };
    parts.push({ part: { name, sha256, rows: at - begun, byteLength, span }, bytes });
  }
  return parts;
}

/** The canonical bytes of all readings under one header, a block of rows at a time: none are kept. */
export function* canonicalBlocks(readings: OrderedReadings, form: CanonicalForm): Generator<Uint8Array, void, void> {
  const { kind, length } = readings;
  const rows = new CanonicalRows();
  const bills = kind === 'bills';
  rows.begin(bills ? form.bills : form.intervals, true);
  const starts = new Float64Array(blockLength);
  const energies = new Float64Array(blockLength);
  for (let from = 0; from < length; from += blockLength) {
    const count = readings.readStarts(from, starts);
    readings.readEnergies(from, energies);
    if (!bills) rows.intervals(starts, energies, 0, count);
    else
      for (let row = 0; row < count; row += 1)
        rows.bill(starts[row] ?? 0, readings.end(from + row), energies[row] ?? 0);
    yield rows.take();
  }
  if (length === 0) yield rows.take();
}
