import { pipeline, Readable } from 'node:stream';
import { CsvError, parse, type Parser } from 'csv-parse';
import { ProblemError } from '../../domain/errors.ts';

/** A record longer than this is an unclosed quote or not CSV; no more than this is ever held. */
const longestRecordBytes = 262_144;

export interface CsvRecord {
  readonly cells: readonly string[];
  /** 1-based physical line on which the record begins. */
  readonly line: number;
  /** 1-based number of the record, blank lines not counted. */
  readonly record: number;
}

/**
 * Lets records differ in length for nothing. csv-parse makes an error with a stack of each record that is not as long as the
 * first, also where `relax_column_count` has it thrown away: below a preamble that is every row, at thirty times its cost. It
 * compares with this member of its state; where another version has none, all is as slow as before.
 */
function expectAnyLength(parser: Parser): void {
  const state: unknown = Reflect.get(parser, 'state');
  if (typeof state !== 'object' || state === null || !('record' in state)) return;
  Object.defineProperty(state, 'expectedRecordLength', {
    get: () => (Array.isArray(state.record) ? state.record.length : undefined),
    set: () => {
      // The first record's length is what is not to count.
    },
  });
}

function linesWithin(cells: readonly string[]): number {
  let lines = 0;
  for (const cell of cells) {
    if (cell.includes('\n')) lines += cell.split('\n').length - 1;
  }
  return lines;
}

const tooLong = `this record is longer than ${String(longestRecordBytes)} bytes; look for a quote that is not closed, or for line ends that were lost`;

/** The text, as long as no line of it is longer than a record may be: csv-parse does not count the delimiters of empty cells. */
async function* withinLimit(
  text: AsyncIterable<string>,
  lineEnd: 'lf' | 'cr',
  display: string,
): AsyncGenerator<string, void, void> {
  const end = lineEnd === 'cr' ? '\r' : '\n';
  let [line, length] = [1, 0];
  for await (const piece of text) {
    for (let from = 0; from <= piece.length;) {
      const at = piece.indexOf(end, from);
      length += (at === -1 ? piece.length : at) - from;
      if (length > longestRecordBytes) {
        throw new ProblemError([
          { severity: 'error', code: 'csv.record-too-long', message: tooLong, file: display, line },
        ]);
      }
      if (at === -1) break;
      [line, length, from] = [line + 1, 0, at + 1];
    }
    yield piece;
  }
}

/**
 * The records of a CSV text, blank lines left out, with the physical line each begins on. Quotes inside an unquoted
 * field stay as they are; records may differ in length. Throws `ProblemError`: `csv.quote-unclosed`, `csv.record-too-long`,
 * `csv.malformed`.
 */
export async function* readRecords(
  text: AsyncIterable<string>,
  delimiter: string,
  lineEnd: 'lf' | 'cr',
  display: string,
): AsyncGenerator<CsvRecord, void, void> {
  const parser = parse({
    delimiter,
    record_delimiter: lineEnd === 'cr' ? ['\r'] : ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: longestRecordBytes,
  });
  expectAnyLength(parser);
  // The error of the text itself reaches the loop below through the parser, which the pipeline destroys with it.
  pipeline(Readable.from(withinLimit(text, lineEnd, display)), parser, () => undefined);
  // Lines are counted here: csv-parse gives them only with `info`, which costs four times the parsing itself.
  let line = 1;
  let record = 0;
  try {
    for await (const cells of parser as AsyncIterable<readonly string[]>) {
      const begins = line;
      line += 1 + linesWithin(cells);
      if (cells.length === 1 && cells[0] === '') continue;
      record += 1;
      yield { cells, line: begins, record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ProblemError([{ severity: 'error', file: display, line, record: record + 1, ...describe(error) }]);
  }
}

function describe(error: CsvError): { readonly code: string; readonly message: string } {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return { code: 'csv.quote-unclosed', message: 'a quote opened in this record is never closed; close or remove it' };
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return { code: 'csv.record-too-long', message: tooLong };
  }
  return { code: 'csv.malformed', message: `this record cannot be read as CSV (${error.code}); correct it` };
}
