import { formatDate, formatEnergy, formatInstant, monthOf } from '../domain/canonical.ts';
import { sha256 } from '../domain/json.ts';
import type { CanonicalForm, Part } from '../domain/meter-data.ts';
import type { Zone } from '../domain/zone.ts';
import type { OrderedReadings } from './readings.ts';

/** A part with its bytes. */
export interface WrittenPart {
  readonly part: Part;
  readonly bytes: Uint8Array;
}

function writePart(
  name: string,
  header: readonly string[],
  lines: readonly string[],
  start: number,
  end: number,
): WrittenPart {
  const bytes = new TextEncoder().encode(`${[header.join(','), ...lines].join('\n')}\n`);
  const part = { name, sha256: sha256(bytes), rows: lines.length, byteLength: bytes.length, span: { start, end } };
  return { part, bytes };
}

/**
 * Writes readings, given in order of time, as canonical CSV: intervals by UTC month, bills in one part. Bills have their
 * end exclusive: the day after the last one billed, which is where the next begins.
 */
export function writeParts(
  readings: OrderedReadings,
  form: CanonicalForm,
  zone: Zone | undefined,
): readonly WrittenPart[] {
  const rows = Array.from({ length: readings.length }, (_, at) => at);
  if (readings.kind === 'bills') {
    if (rows.length === 0) return [];
    const instant = (wall: number): number => zone?.startOfDay(wall) ?? wall;
    const lines = rows.map(
      (row) =>
        `${formatDate(readings.start(row))},${formatDate(readings.end(row))},${formatEnergy(readings.energy(row))}`,
    );
    const last = rows.reduce((latest, row) => Math.max(latest, readings.end(row)), 0);
    return [writePart('bills', form.bills, lines, instant(readings.start(0)), instant(last))];
  }
  const months = new Map<string, number[]>();
  for (const row of rows) {
    const month = monthOf(readings.start(row));
    const inMonth = months.get(month);
    if (inMonth === undefined) months.set(month, [row]);
    else inMonth.push(row);
  }
  return [...months].map(([month, inMonth]) => {
    const lines = inMonth.map((row) => `${formatInstant(readings.start(row))},${formatEnergy(readings.energy(row))}`);
    const end = inMonth.reduce((latest, row) => Math.max(latest, readings.end(row)), 0);
    return writePart(month, form.intervals, lines, readings.start(inMonth[0] ?? 0), end);
  });
}
