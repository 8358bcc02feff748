import { readRecords } from './csv-records.ts';
import { detectDelimiter } from './dialect.ts';
import type { Position } from '../domain/problem.ts';
import { recogniseColumn } from './header-names.ts';
import { openText } from './open-text.ts';
import type { ProblemList } from './problem-list.ts';

/** An event as it was written, and where. */
export interface WrittenEvent {
  readonly start: string;
  readonly end: string;
  readonly at: Position;
}

/** Records searched for a header before giving up. */
const searchedRecords = 50;

/** The two columns of an event list: any header that names a start and an end, the documented one included. */
function eventColumns(cells: readonly string[]): { readonly start: number; readonly end: number } | undefined {
  const roles = cells.map((cell) => recogniseColumn(cell).role);
  const [start, end] = [roles.indexOf('start'), roles.indexOf('end')];
  const single = start !== -1 && end !== -1 && roles.lastIndexOf('start') === start && roles.lastIndexOf('end') === end;
  return single ? { start, end } : undefined;
}

/** Reads an event CSV's rows as text; throws `ProblemError` when it has no header with one start and one end. */
export async function readEventRows(
  path: string,
  display: string,
  problems: ProblemList,
): Promise<readonly WrittenEvent[]> {
  const text = await openText(path, display);
  const delimiter = [',', ';', '\t'].find((candidate) =>
    text.head.split(/\r\n|\n|\r/, searchedRecords).some((line) => eventColumns(line.split(candidate)) !== undefined),
  );
  const lineEnd = text.head.includes('\r') && !text.head.includes('\n') ? 'cr' : 'lf';
  const events: WrittenEvent[] = [];
  let columns: ReturnType<typeof eventColumns>;
  for await (const { cells, line, record } of readRecords(
    text.chunks(),
    delimiter ?? detectDelimiter(text.head, {}),
    lineEnd,
    display,
  )) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (columns === undefined) {
      columns = eventColumns(cells);
      if (columns === undefined && record >= searchedRecords) break;
      continue;
    }
    const [start, end] = [(cells[columns.start] ?? '').trim(), (cells[columns.end] ?? '').trim()];
    events.push({ start, end, at: { file: display, line } });
  }
  if (columns === undefined) {
    problems.stop(
      'events.header-not-found',
      'no row names one start and one end column; the header should be Event Start Time,Event End Time',
    );
  }
  return events;
}
