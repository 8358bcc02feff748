import type { Columns } from './choose-columns.ts';

const half = /^\s*([ap])\.?\s?m?\.?\s*$/i;
/** A time that can take AM or PM: from 1 to 12. */
const twelveHours = /^(.*(?:^|[\sT,]))?(0?[1-9]|1[0-2])((?::\d{2}){0,2})$/;

/** How AM and PM in columns of their own are put after the times. */
export interface HalfDays {
  readonly said: string;
  readonly change: (cells: string[]) => void;
}

/** Undefined unless each column of times has one column beside it that holds AM and PM, and nothing else. */
export function findHalfDays(
  header: readonly string[],
  { start, time, end, endTime }: Columns,
  sample: readonly (readonly string[])[],
): HalfDays | undefined {
  const holdsHalves = (column: number): boolean => {
    const cells = sample.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '');
    return cells.length > 0 && cells.every((cell) => half.test(cell));
  };
  const times = [time ?? start, endTime ?? end].filter((column) => column !== undefined);
  const halves = [...header.keys()].filter((column) => holdsHalves(column));
  if (halves.length === 0 || halves.length !== times.length) return undefined;
  // In the order in which they stand: that of the start comes before that of the end, as its time does.
  const pairs = times.toSorted((a, b) => a - b).map((column, at) => [column, halves[at] ?? column] as const);
  const change = (cells: string[]): void => {
    for (const [column, beside] of pairs) {
      const letter = half.exec(cells[beside] ?? '')?.[1];
      const cell = (cells[column] ?? '').trim();
      if (letter === undefined || !twelveHours.test(cell)) continue;
      const found = twelveHours.exec(cell);
      const clock = (found?.[3] ?? '') === '' ? `${cell}:00` : cell;
      cells[column] = `${clock} ${letter.toUpperCase()}M`;
    }
  };
  const names = halves.map((column) => {
    const name = (header[column] ?? '').trim();
    return name === '' ? `column ${String(column + 1)}` : `"${name}"`;
  });
  return { said: `AM and PM from ${names.join(' and ')}`, change };
}
