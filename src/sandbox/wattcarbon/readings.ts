import type { UploadContent } from '../state.ts';
import { type SeriesKind, type SeriesRow, readSeries } from './series-csv.ts';

/** The data a meter holds after all its uploads, intervals and bills together. */
export interface Readings {
  readonly rows: number;
  readonly sumKwh: number;
  /** Rows whose start another row of their kind has too. */
  readonly duplicates: number;
}

/** The rows a meter holds, by the time of their start; rows of one start in the order they came. */
export type HeldRows = { readonly [kind in SeriesKind]: readonly SeriesRow[] };

/** What uploads leave, in the order they came: a span of a kind replaces what was there, or comes beside it. */
export function holdRows(contents: readonly UploadContent[]): HeldRows {
  const held: { [kind in SeriesKind]: readonly SeriesRow[] } = { intervals: [], bills: [] };
  for (const { kind, bytes, effect } of contents) {
    const rows = rowsOf(kind, bytes);
    const first = rows[0]?.start ?? 0;
    const last = rows.at(-1)?.start ?? -1;
    const kept = effect === 'append' ? held[kind] : held[kind].filter(({ start }) => start < first || start > last);
    held[kind] = [...kept, ...rows].toSorted((a, b) => a.start - b.start);
  }
  return held;
}

/** The same in numbers. */
export function countReadings(contents: readonly UploadContent[]): Readings {
  const { intervals, bills } = holdRows(contents);
  const kinds = [intervals, bills];
  return {
    rows: kinds.reduce((count, rows) => count + rows.length, 0),
    sumKwh: kinds.flat().reduce((sum, { kwh }) => sum + kwh, 0),
    duplicates: kinds.reduce((count, rows) => count + rows.length - new Set(rows.map(({ start }) => start)).size, 0),
  };
}

/** What a meter holds as canonical CSV without a header, a row each line; empty where it holds nothing of a kind. */
export type MeterSeries = { readonly [kind in SeriesKind]: string };

/** The same in canonical bytes: what every upload of them, in whatever parts and order, must come to. */
export function writeSeries(contents: readonly UploadContent[]): MeterSeries {
  const held = holdRows(contents);
  const write = (rows: readonly SeriesRow[]): string => rows.map((row) => `${cellsOf(row).join(',')}\n`).join('');
  return { intervals: write(held.intervals), bills: write(held.bills) };
}

/** The cells of a row as they are read back: UTC instants, dates where a bill was dated, the number as JavaScript writes it. */
export function cellsOf(row: SeriesRow): readonly string[] {
  const times = row.end === undefined ? [writeTime(row.start)] : [writeDay(row.start), writeDay(row.end)];
  return [...times, String(row.kwh)];
}

/** An accepted file under whatever header it came: it was checked then. */
function rowsOf(kind: SeriesKind, bytes: Uint8Array): readonly SeriesRow[] {
  const end = bytes.findIndex((byte) => byte === 10 || byte === 13);
  const header = Buffer.from(bytes.subarray(0, end === -1 ? undefined : end))
    .toString('utf8')
    .split(',');
  const series = readSeries(kind, bytes, { header, maxKwh: Number.POSITIVE_INFINITY });
  return 'rows' in series ? series.rows : [];
}

function writeTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

function writeDay(time: number): string {
  const written = writeTime(time);
  return written.endsWith('T00:00:00Z') ? written.slice(0, 10) : written;
}
