import { type CsvRecord, readRecords } from '../csv/csv-records.ts';
import { detectDelimiter } from '../csv/dialect.ts';
import type { Position } from '../../domain/problem.ts';
import type { EventColumns } from './event-header.ts';
import { eventColumns } from './event-header.ts';
import type { EventMoment } from './event-time.ts';
import { readEventField } from './event-time.ts';
import { type OpenText, openText } from '../open-text.ts';
import type { ProblemList } from '../problem-list.ts';

/** An event as it was written, and where. Both moments have a time; the start has a date, whose year may be 0. */
export interface WrittenEvent {
  readonly text: string;
  readonly start: EventMoment;
  readonly end: EventMoment;
  /** True when days and times were written apart: several days then mean the same window on each of them. */
  readonly daily: boolean;
  readonly at: Position;
}

/** Event texts, and the years that anything in the file speaks of. */
export interface WrittenEvents {
  readonly events: readonly WrittenEvent[];
  readonly years: ReadonlySet<number>;
}

/** Records searched for a header before giving up. */
const searchedRecords = 50;

const nothing: EventMoment = { date: undefined, timeMs: undefined, offsetMinutes: undefined, zulu: false };

/** One moment of what two say: the date of one, the time of the other; undefined when both say the same thing twice. */
function join(a: EventMoment, b: EventMoment): EventMoment | undefined {
  if (a.date !== undefined && b.date !== undefined) return undefined;
  if (a.timeMs !== undefined && b.timeMs !== undefined) return undefined;
  const timed = a.timeMs === undefined ? b : a;
  return { ...timed, date: a.date ?? b.date };
}

/**
 * Puts an event together from its cells: starts, ends, dates and windows, each a list. Undefined when they do not say when
 * it starts and ends.
 */
export function readWrittenEvent(
  cells: { readonly [part in 'starts' | 'ends' | 'dates' | 'windows']: readonly string[] },
  at: Position,
): WrittenEvent | undefined {
  let [start, end] = [nothing, nothing] as [EventMoment | undefined, EventMoment | undefined];
  let apart = false;
  const add = (text: string, from: 'starts' | 'ends' | 'dates' | 'windows'): boolean => {
    const field = readEventField(text, from === 'windows');
    if (field === undefined) return false;
    const [first, last] = field.form === 'span' ? [field.start, field.end] : [field.moment, field.moment];
    if (from !== 'ends') apart ||= first.timeMs === undefined;
    if (field.form === 'span') apart ||= field.daily;
    if (from !== 'ends') start = start === undefined ? undefined : join(start, first);
    // A date alone is that of the start; the end has it too, unless it brings its own.
    if (from === 'ends' || field.form === 'span') end = end === undefined ? undefined : join(end, last);
    return start !== undefined && end !== undefined;
  };
  for (const part of ['dates', 'starts', 'windows', 'ends'] as const) {
    for (const cell of cells[part]) if (cell.trim() !== '' && !add(cell, part)) return undefined;
  }
  if (start?.date === undefined || start.timeMs === undefined || end?.timeMs === undefined) return undefined;
  const text = [...cells.dates, ...cells.starts, ...cells.windows, ...cells.ends].join(' ').trim();
  return { text, start, end, daily: apart, at };
}

const withYear = (moment: EventMoment, year: number): EventMoment =>
  moment.date === undefined || moment.date.year !== 0 ? moment : { ...moment, date: { ...moment.date, year } };

function pick(row: readonly string[], columns: EventColumns) {
  const of = (numbers: readonly number[]): readonly string[] => numbers.map((at) => row[at] ?? '');
  return { starts: of(columns.starts), ends: of(columns.ends), dates: of(columns.dates), windows: of(columns.windows) };
}

/** Line and column of a position, as a problem takes them. */
export const placeOf = ({ line, column }: Position): { readonly line?: number; readonly column?: number } => ({
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column }),
});

/** Records that a text is no event. */
export function refuseText(text: string, at: Position, problems: ProblemList): void {
  problems.error(
    'events.time',
    `"${text.slice(0, 120)}" does not say when an event starts and ends; write both as 2025-07-01 17:00:00-05:00`,
    placeOf(at),
  );
}

/** Reads an event CSV's rows; throws `ProblemError` when it has no header that names a start and an end, or a window. */
export async function readEventRows(path: string, display: string, problems: ProblemList): Promise<WrittenEvents> {
  const text = await openText(path, display);
  try {
    return await readRows(text, display, problems);
  } finally {
    await text.close();
  }
}

async function readRows(text: OpenText, display: string, problems: ProblemList): Promise<WrittenEvents> {
  const delimiter = [',', ';', '\t'].find((candidate) =>
    text.head.split(/\r\n|\n|\r/, searchedRecords).some((line) => eventColumns(line.split(candidate)) !== undefined),
  );
  const lineEnd = text.head.includes('\r') && !text.head.includes('\n') ? 'cr' : 'lf';
  const events: WrittenEvent[] = [];
  const years = new Set<number>();
  let columns: EventColumns | undefined;
  let width = 0;
  function take({ cells: parted, line, record }: CsvRecord): 'read on' | 'no header' {
    problems.records.note(line, record);
    // `August 17, 2024` below a header of one name is one cell.
    const cells = width === 1 ? [parted.join(delimiter ?? ',')] : parted;
    if (cells.every((cell) => cell.trim() === '')) return 'read on';
    for (const cell of cells) for (const found of cell.matchAll(/\b20\d{2}\b/g)) years.add(Number(found[0]));
    if (columns === undefined) {
      columns = eventColumns(cells);
      width = columns === undefined ? 0 : cells.length;
      return columns === undefined && record >= searchedRecords ? 'no header' : 'read on';
    }
    const at = { file: display, line };
    const picked = pick(cells, columns);
    // Beside a full start and end, a column called Event or Period is only a name.
    const whole = columns.starts.length > 0 && columns.ends.length > 0;
    const event =
      (whole ? readWrittenEvent({ ...picked, windows: [] }, at) : undefined) ?? readWrittenEvent(picked, at);
    if (event === undefined) refuseText(Object.values(picked).flat().join(' ').trim(), at, problems);
    const year = Number(/^\s*(20\d{2})\s*$/.exec(cells[columns.year ?? -1] ?? '')?.[1] ?? 0);
    if (event !== undefined)
      events.push({ ...event, start: withYear(event.start, year), end: withYear(event.end, year) });
    return 'read on';
  }
  for await (const rows of readRecords(text.chunks(), delimiter ?? detectDelimiter(text.head, {}), lineEnd, display)) {
    if (rows.some((row) => take(row) === 'no header')) break;
  }
  if (columns === undefined) {
    problems.stop(
      'events.header-not-found',
      'no row names a start and an end column, or a column of windows; the header should be Event Start Time,Event End Time',
      { line: 1 },
    );
  }
  return { events, years };
}
