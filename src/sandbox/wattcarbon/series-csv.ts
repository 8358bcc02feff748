import { readDay, readTime } from '../instant.ts';
import { type CsvRefusal, readLines } from './csv-lines.ts';

/** Which of the two upload operations a file came by. */
export type SeriesKind = 'intervals' | 'bills';

/** One row: UTC milliseconds of its start, and of its end where it is a bill. */
export interface SeriesRow {
  readonly start: number;
  readonly end: number | undefined;
  readonly kwh: number;
}

/** How a series is written: its header, exactly, and the reading above which nothing is believed. */
export interface SeriesForm {
  readonly header: readonly string[];
  readonly maxKwh: number;
}

/**
 * Reads an uploaded series. Intervals need an instant with its offset; bills a date each, or such an instant, the end exclusive.
 * Rows ascend, none twice, bills do not overlap.
 */
export function readSeries(
  kind: SeriesKind,
  bytes: Uint8Array,
  { header, maxKwh }: SeriesForm,
): { readonly rows: readonly SeriesRow[] } | { readonly refusal: CsvRefusal } {
  const file = readLines(bytes, header);
  if ('refusal' in file) {
    return file;
  }
  const rows: SeriesRow[] = [];
  let previous: SeriesRow | undefined;
  for (const cells of file.rows) {
    const row = readRow(kind, cells);
    const message =
      typeof row === 'string' ? row : (refuseOrder(row, previous) ?? (row.kwh > maxKwh ? refuseMuch(row) : undefined));
    if (message !== undefined || typeof row === 'string') {
      return { refusal: { line: rows.length + 2, message: message ?? 'the row cannot be read' } };
    }
    rows.push(row);
    previous = row;
  }
  return { rows };
}

function readRow(kind: SeriesKind, cells: readonly string[]): SeriesRow | string {
  const [startText = '', second = '', third = ''] = cells;
  const start = kind === 'intervals' ? readInstant(startText) : readBillTime(startText);
  if (typeof start === 'string') {
    return start;
  }
  const kwh = readNumber(kind === 'intervals' ? second : third);
  if (typeof kwh === 'string') {
    return kwh;
  }
  if (kind === 'intervals') {
    return { start, end: undefined, kwh };
  }
  const end = readBillTime(second);
  if (typeof end === 'string') {
    return end;
  }
  return end > start ? { start, end, kwh } : `end_date ${JSON.stringify(second)} is not after start_date`;
}

function readInstant(text: string): number | string {
  const written = readTime(text);
  switch (written.kind) {
    case 'instant':
      return written.time;
    case 'naive':
      return `${JSON.stringify(text)} has no time zone: an offset or Z is required`;
    case 'none':
      return `${JSON.stringify(text)} is not a date and time`;
  }
}

function readBillTime(text: string): number | string {
  return readDay(text) ?? readInstant(text);
}

function readNumber(text: string): number | string {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : `energy_kwh ${JSON.stringify(text)} is not a number`;
}

function refuseMuch({ kwh }: SeriesRow): string {
  return `${String(kwh)} is more than a meter can read`;
}

function refuseOrder(row: SeriesRow, previous: SeriesRow | undefined): string | undefined {
  if (previous === undefined || row.start > previous.start) {
    return previous?.end !== undefined && row.start < previous.end ? 'the row overlaps the one before it' : undefined;
  }
  return row.start === previous.start
    ? 'the row has the same start as the one before it'
    : 'the rows are not in ascending order';
}
