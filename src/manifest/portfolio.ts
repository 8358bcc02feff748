import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Position, Problem } from '../domain/problem.ts';
import { type CsvRow, locateCell, openCsv } from './csv-rows.ts';
import type { PathKey } from './document.ts';
import { isAddress } from './find-files.ts';
import type { Manifest } from './manifest.ts';
import { compileMapping, type Mapping } from './mapping.ts';
import { fileFault } from './read-fault.ts';
import { assembleSite, type PlacedValue, placeValues } from './row-value.ts';
import type { Shape } from './schema-path.ts';
import type { SiteSource } from './site-source.ts';
import { shownPath } from './shown-path.ts';

interface RowContext {
  readonly manifest: Manifest;
  readonly file: string;
  readonly delimiter: string;
}

/** Which target a path of a site comes from: its own, one inside it, or one of the nearest parent. */
function targetOf(values: readonly PlacedValue[], path: readonly PathKey[]): PlacedValue | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const start = path.slice(0, length).join('.');
    const inside = values.filter((value) => {
      const dotted = value.path.join('.');
      return dotted === start || dotted.startsWith(`${start}.`);
    });
    const found = inside.find((value) => value.target.from.kind === 'column') ?? inside[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

function cellPosition(row: CsvRow, column: number, context: RowContext): Position {
  const { linesDown, column: at } = locateCell(row.raw, column, context.delimiter);
  return { file: context.file, line: row.line + linesDown, column: at };
}

function rowSource(row: CsvRow, mapping: Mapping, context: RowContext): SiteSource {
  const values = placeValues(mapping.targets, row.cells);
  return {
    raw: assembleSite(values),
    record: row.record,
    rewritten: [],
    where(path) {
      const { document } = context.manifest;
      const target = targetOf(values, path)?.target;
      switch (target?.from.kind) {
        case undefined:
          return { file: context.file, line: row.line, column: 1 };
        case 'constant':
          return document.where(['portfolio', 'set', target.path.join('.')]);
        case 'column':
          return cellPosition(row, target.from.column, context);
        case 'template':
          return cellPosition(row, target.from.first, context);
      }
    },
  };
}

/** A site of the portfolio before its checks, or what is wrong with the file or the row. */
export type PortfolioRow = { readonly source: SiteSource } | { readonly problem: Problem };

function checkRow(row: CsvRow, width: number, context: RowContext): Problem | undefined {
  const at = (column: number) =>
    ({ severity: 'error', record: row.record, ...cellPosition(row, column, context) }) as const;
  const spoilt = row.cells.findIndex((cell) => cell.includes('\uFFFD') || cell.includes('\0'));
  if (spoilt >= 0) {
    const message = 'this cell is not UTF-8 text; save the file as "CSV UTF-8" and check again';
    return { ...at(spoilt), code: 'portfolio.encoding', message };
  }
  // Spreadsheets pad rows with empty cells: only what holds something is too much.
  const extra = row.cells.findIndex((cell, index) => index >= width && cell !== '');
  if (extra < 0 && row.cells.length >= width) return undefined;
  const message = `the row has ${String(row.cells.length)} cells where the header has ${String(width)}; a delimiter is missing or too many`;
  return { ...at(extra < 0 ? 0 : extra), code: 'portfolio.row-ragged', message };
}

/** What tells one state of a file from another, without reading it. */
async function versionOf(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs].join(' ');
}

/** Streams the portfolio's rows as sites to be checked. Problems of the file itself come in between, in its order. */
export async function* readPortfolio(manifest: Manifest, shape: Shape): AsyncGenerator<PortfolioRow> {
  const { portfolio, document } = manifest;
  if (portfolio === undefined) return;
  const file = shownPath(manifest, portfolio.file);
  if (isAddress(portfolio.file)) {
    const message = '"file" takes the path of a file, not an address; download the portfolio and give its path';
    yield { problem: { severity: 'error', code: 'portfolio.file', message, ...document.where(['portfolio', 'file']) } };
    return;
  }
  try {
    const path = resolve(manifest.folder, portfolio.file);
    const before = await versionOf(path);
    const { delimiter, rows } = await openCsv(path);
    const context: RowContext = { manifest, file, delimiter };
    let mapping: Mapping | undefined;
    let width = 0;
    let sites = 0;
    for await (const row of rows) {
      if ('stop' in row) {
        const message = `${row.stop}; what follows was not read`;
        yield { problem: { severity: 'error', code: 'portfolio.quote', message, file, line: row.line, column: 1 } };
        return;
      }
      if (row.cells.every((cell) => cell === '')) continue;
      if (mapping === undefined) {
        const fault = checkRow(row, row.cells.length, context);
        if (fault !== undefined) {
          yield { problem: fault };
          return;
        }
        width = row.cells.findLastIndex((cell) => cell !== '') + 1;
        const headerAt = (column: number) => cellPosition(row, column, context);
        mapping = compileMapping(portfolio, row.cells, headerAt, document, shape);
        for (const problem of mapping.problems) yield { problem };
        // Rows read by a wrong mapping would only repeat its problems.
        if (mapping.problems.some(({ severity }) => severity === 'error')) return;
        continue;
      }
      sites += 1;
      const problem = checkRow(row, width, context);
      yield problem === undefined ? { source: rowSource(row, mapping, context) } : { problem };
      // Every row of such a file would say the same.
      if (problem?.code === 'portfolio.encoding') return;
    }
    if ((await versionOf(path)) !== before) {
      const message = 'the portfolio was changed while it was read; run again when it is whole';
      yield { problem: { severity: 'error', code: 'portfolio.changed', message, file } };
      return;
    }
    if (sites > 0) return;
    const message =
      mapping === undefined
        ? 'the portfolio is empty; it needs a header and a row for each site'
        : 'the portfolio has a header and no sites below it';
    yield { problem: { severity: 'error', code: 'portfolio.empty', message, file, line: 1, column: 1 } };
  } catch (error) {
    const fault = fileFault(error);
    if (fault === undefined) throw error;
    const message = `the portfolio "${file}" cannot be read: ${fault}`;
    yield { problem: { severity: 'error', code: 'portfolio.file', message, ...document.where(['portfolio', 'file']) } };
  }
}
