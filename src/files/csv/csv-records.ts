import { finished } from 'node:stream/promises';
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
 * Tells csv-parse how long the next records are likely to be. It makes an error with a stack of each record that is not as
 * long as the first, also where `relax_column_count` has it thrown away: below a preamble that is every row, at thirty times
 * its cost. The length is a member of its state; where another version has none, all is as slow as without.
 */
function expectLength(parser: Parser, length: number): void {
  const state: unknown = Reflect.get(parser, 'state');
  if (typeof state !== 'object' || state === null || !('expectedRecordLength' in state)) return;
  state.expectedRecordLength = length;
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
 * The records of a CSV text, blank lines left out, with the physical line each begins on; those of a piece of the text at
 * once: to wait for each by itself costs several times its parsing. Quotes inside an unquoted field stay as they are;
 * records may differ in length. Throws `ProblemError`: `csv.quote-unclosed`, `csv.record-too-long`, `csv.malformed`.
 */
export async function* readRecords(
  text: AsyncIterable<string>,
  delimiter: string,
  lineEnd: 'lf' | 'cr',
  display: string,
): AsyncGenerator<readonly CsvRecord[], void, void> {
  const parser = parse({
    delimiter,
    record_delimiter: lineEnd === 'cr' ? ['\r'] : ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: longestRecordBytes,
  });
  // What it has to say is looked at once the records before it are read.
  parser.on('error', () => undefined);
  // Lines are counted here: csv-parse gives them only with `info`, which costs four times the parsing itself.
  let line = 1;
  let record = 0;
  function parsed(): readonly CsvRecord[] {
    const records: CsvRecord[] = [];
    for (;;) {
      const cells: readonly string[] | null = parser.read();
      if (cells === null) break;
      const begins = line;
      line += 1 + linesWithin(cells);
      if (cells.length === 1 && cells[0] === '') continue;
      record += 1;
      records.push({ cells, line: begins, record });
    }
    const last = records.at(-1);
    if (last !== undefined) expectLength(parser, last.cells.length);
    return records;
  }
  function throwError(): void {
    const { errored } = parser;
    if (errored === null) return;
    if (!(errored instanceof CsvError)) throw errored;
    throw new ProblemError([{ severity: 'error', file: display, line, record: record + 1, ...describe(errored) }]);
  }
  try {
    for await (const piece of withinLimit(text, lineEnd, display)) {
      // It parses a piece while it takes it, as long as nothing that it has parsed is left unread.
      parser.write(piece);
      yield parsed();
      throwError();
    }
    await finished(parser.end(), { readable: false }).catch(() => undefined);
    yield parsed();
    throwError();
  } finally {
    parser.destroy();
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
