import type { UploadContent } from '../state.ts';
import { type SeriesRow, readSeries } from './series-csv.ts';

/** The data a meter holds after all its uploads, intervals and bills together. */
export interface Readings {
  readonly rows: number;
  readonly sumKwh: number;
  /** Rows whose start another row of their kind has too. */
  readonly duplicates: number;
}

/** What uploads leave, in the order they came: a span of a kind sent again replaces what was there. */
export function countReadings(contents: readonly UploadContent[]): Readings {
  const held: { intervals: SeriesRow[]; bills: SeriesRow[] } = { intervals: [], bills: [] };
  for (const { kind, bytes } of contents) {
    const series = readSeries(kind, bytes);
    const rows = 'rows' in series ? series.rows : [];
    const first = rows[0]?.start ?? 0;
    const last = rows.at(-1)?.start ?? -1;
    held[kind] = [...held[kind].filter(({ start }) => start < first || start > last), ...rows];
  }
  const kinds = [held.intervals, held.bills];
  return {
    rows: kinds.reduce((count, rows) => count + rows.length, 0),
    sumKwh: kinds.flat().reduce((sum, { kwh }) => sum + kwh, 0),
    duplicates: kinds.reduce((count, rows) => count + rows.length - new Set(rows.map(({ start }) => start)).size, 0),
  };
}
