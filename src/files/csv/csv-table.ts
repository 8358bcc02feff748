import type { Zone } from '../../domain/zone.ts';
import type { ControlTotal } from './control-total.ts';
import { totalInPreamble } from './control-total.ts';
import type { CsvRecord } from './csv-records.ts';
import { readRecords } from './csv-records.ts';
import { CsvReading } from './csv-reading.ts';
import type { CsvPlan } from './csv-plan.ts';
import { planCsv } from './csv-plan.ts';
import { detectDelimiter } from './dialect.ts';
import type { MeterTable, TableBuilder } from '../series/meter-table.ts';
import type { OpenText } from '../open-text.ts';
import { readPlainRows } from './plain-lane.ts';
import type { ProblemList } from '../problem-list.ts';
import { headingOf } from './sections.ts';
import type { Source } from './source.ts';
import type { TableOptions } from './stacked.ts';

/** Records looked at before the layout is decided: more than any preamble seen, with enough data after it. */
const sampledRecords = 200;

/** Characters given to csv-parse at once while the sample is read. */
const sampledSlice = 2048;

/**
 * Reads the rows of an opened delimited file: one row an interval, a bill or a day. Bad rows are added to `problems`; throws
 * `ProblemError` where reading on makes no sense. `lanes` leaves the fast one out.
 */
export async function readCsvTable(
  text: OpenText,
  display: string,
  options: TableOptions,
  zone: Zone | undefined,
  problems: ProblemList,
  lanes: 'both' | 'csv-parse',
): Promise<MeterTable> {
  const delimiter = detectDelimiter(text.head, options);
  const lineEnd = text.head.includes('\r') && !text.head.includes('\n') ? 'cr' : 'lf';
  let quotes = false;
  async function* watched(): AsyncGenerator<string> {
    let first = true;
    for await (const piece of text.chunks()) {
      quotes ||= piece.includes('"');
      // The sample is parsed alone, as far as may be: what the fast lane reads need not be parsed here as well.
      const slice = first ? sampledSlice : piece.length;
      for (let from = 0; from < piece.length; from += slice) yield piece.slice(from, from + slice);
      first = false;
    }
  }
  const sample: CsvRecord[] = [];
  /** Decides by the sample; with the whole table where the fast lane can read it. */
  async function decide(): Promise<{ readonly begun: Begun; readonly plain: MeterTable | undefined }> {
    const decided = begin(sample, { options, zone, problems, plain: () => !quotes });
    const { plan, reading, total } = decided;
    const mayBePlain = lanes === 'both' && !reading.isStacked;
    const rows = mayBePlain ? await plainRowsOf(plan, sample, delimiter, text, options, zone) : undefined;
    if (rows !== undefined) {
      const plain = reading.finishPlain(rows, text, delimiter, total);
      // Every record from the first of the rows on is one of them.
      problems.records.noteAll(plain.lines, sample[plan.from]?.record ?? 1);
      return { begun: decided, plain };
    }
    for (const seen of sample.slice(plan.from)) reading.take(seen);
    return { begun: decided, plain: undefined };
  }
  let begun: Begun | undefined;
  for await (const rows of readRecords(watched(), delimiter, lineEnd, display)) {
    for (const row of rows) {
      problems.records.note(row.line, row.record);
      if (begun !== undefined) begun.reading.take(row);
      else if (sample.push(row) === sampledRecords) {
        const decided = await decide();
        if (decided.plain !== undefined) return decided.plain;
        begun = decided.begun;
      }
    }
  }
  if (begun === undefined) {
    const decided = await decide();
    if (decided.plain !== undefined) return decided.plain;
    begun = decided.begun;
  }
  return begun.reading.finish(text, delimiter, begun.total);
}

interface Begun {
  readonly plan: CsvPlan;
  readonly reading: CsvReading;
  readonly total: ControlTotal | undefined;
}

/** Decides how the rows are read, and looks for a total above them. */
function begin(sample: readonly CsvRecord[], source: Source): Begun {
  const plan = planCsv(sample, source.options, source.zone, source.problems);
  const preamble = sample.filter((row) => row.line < (plan.header.line ?? 0));
  const totals = preamble.map((row) => totalInPreamble(row.cells, row.line));
  const above = preamble.at(-1);
  const reading = new CsvReading(plan, source, above === undefined ? undefined : headingOf(above), preamble);
  return { plan, reading, total: totals.find((total) => total !== undefined) };
}

/** All rows by the fast lane, where the layout is one it knows. */
async function plainRowsOf(
  plan: CsvPlan,
  sample: readonly CsvRecord[],
  delimiter: string,
  text: OpenText,
  options: TableOptions,
  zone: Zone | undefined,
): Promise<TableBuilder | undefined> {
  if (plan.wide !== undefined || plan.numbered !== undefined || plan.adapt !== undefined) return undefined;
  const line = plan.header.line ?? sample[plan.from]?.line;
  if (line === undefined) return undefined;
  return await readPlainRows(text, { header: plan.header, line, delimiter }, options, zone);
}
