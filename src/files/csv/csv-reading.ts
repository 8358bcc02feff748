import { ContinuedBlocks } from './continued-blocks.ts';
import type { ControlTotal } from './control-total.ts';
import type { CsvRecord } from './csv-records.ts';
import type { CsvPlan } from './csv-plan.ts';
import { planAt } from './csv-plan.ts';
import { isUndated, judgeFooter } from './footer.ts';
import { isBlank } from './csv-header.ts';
import { Rows } from './meter-rows.ts';
import { offsetMinutesNamed } from './named-offset.ts';
import { placeNumbered } from './place-numbered.ts';
import type { MeterTable, TableBuilder, TableFacts } from '../series/meter-table.ts';
import type { OpenText } from '../open-text.ts';
import { settleZones } from '../time/named-zones.ts';
import { headingOf, isDirection, Sections } from './sections.ts';
import type { Source } from './source.ts';
import { Stacked } from './stacked.ts';
import { WideRows } from './wide-rows.ts';

/** No footer is longer; more undated rows than this are bad rows. */
const longestFooter = 50;

const delimiterNames: ReadonlyMap<string, string> = new Map([
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
]);

/** Reads the records of one file once its plan is known: sections, readings, footers. */
export class CsvReading {
  readonly #plan: CsvPlan;
  readonly #source: Source;
  readonly #sections: Sections;
  readonly #rows: Rows | WideRows;
  readonly #stacked: Stacked;
  /** Undated rows after the last reading of a section: a footer, unless a reading follows. */
  #held: CsvRecord[] = [];
  readonly #footers: CsvRecord[] = [];
  /** By row of the table: the number of its interval, where there are numbers. */
  readonly #numbers: string[] = [];
  #taking: boolean;
  #heading: string | undefined;
  /** Rows of the section at hand that were no heading. */
  #seen = 0;
  #begunByHeading = false;
  /** The names in the header of the section that is read, where they are others than the first's. */
  #names: readonly string[] = [];
  readonly #blocks: ContinuedBlocks;

  constructor(plan: CsvPlan, source: Source, heading: string | undefined, preamble: readonly CsvRecord[]) {
    this.#blocks = new ContinuedBlocks(preamble);
    this.#plan = plan;
    this.#sections = new Sections(plan.header.cells, source.options.select);
    const { section: _section, ...select } = source.options.select ?? {};
    const options = this.#sections.wanted === undefined ? source.options : { ...source.options, select };
    this.#source = { ...source, options };
    this.#stacked = new Stacked(plan.header, options);
    this.#rows =
      plan.wide === undefined
        ? new Rows(plan.header, this.#source)
        : new WideRows(plan.header, plan.wide, this.#source);
    this.#taking = this.#sections.open(heading, plan.header.line ?? 1, valuesNamed(plan));
  }

  take(row: CsvRecord): void {
    if (this.#repeatsHeader(row)) {
      if (this.#taking && this.#sections.wanted === undefined && this.#blocks.mayContinue(this.#held)) {
        this.#blocks.open(row.line);
        this.#sections.goOn(this.#heading, row.line, valuesNamed(this.#plan));
        this.#held = [];
        this.#heading = undefined;
        return;
      }
      // Below a heading that has begun a section by itself, its header is no other one.
      if (!this.#begunByHeading || this.#seen > 0) this.#openSection(this.#heading, row);
      return;
    }
    if (!this.#taking) {
      const heading = headingOf(row);
      if (heading !== undefined) this.#undated(row, heading);
      else if (isUndated(row.cells, this.#plan.header.columns.start) && this.#openOther(row)) return;
      else if (!isBlank(row.cells)) {
        this.#heading = undefined;
        this.#seen += 1;
      }
      return;
    }
    if (this.#stacked.watches && !this.#stacked.note(row)) return;
    const outcome = this.#rows.add(this.#plan.adapt === undefined ? row : this.#plan.adapt(row));
    if (this.#numbers.length < this.#rows.table.length)
      this.#numbers.push(row.cells[this.#plan.numbered?.column ?? -1] ?? '');
    if (outcome === 'skipped') return;
    if (outcome === 'undated') return this.#undated(row, headingOf(row));
    this.#seen += 1;
    this.#heading = undefined;
    if (this.#held.length > 0) this.#release();
  }

  #repeatsHeader(row: CsvRecord): boolean {
    const { written } = this.#plan;
    if (written === undefined || row.cells[0] !== written[0] || row.cells.length !== written.length) return false;
    return row.cells.every((cell, at) => cell === written[at]);
  }

  #undated(row: CsvRecord, heading: string | undefined): void {
    if (heading !== undefined) {
      this.#heading = heading;
      if (isDirection(heading)) {
        if (this.#seen > 0 || !this.#taking) return this.#openSection(heading, row);
        this.#taking = this.#sections.rename(heading);
        this.#heading = undefined;
        return;
      }
    }
    if (!this.#taking) return;
    if (heading === undefined && this.#openOther(row)) return;
    this.#held.push(row);
    if (this.#held.length > longestFooter) this.#release();
  }

  #planOf(row: CsvRecord): CsvPlan | undefined {
    const { header, columns, ...options } = this.#source.options;
    if (header !== undefined || columns !== undefined) return undefined;
    return planAt([row], 0, options, this.#source.zone, this.#source.problems);
  }

  /**
   * Begins another section with a row that is a header with other names; false for a row that is none. Stops where the section
   * is the one wanted and has its columns in other places: it cannot be read by those of the first.
   */
  #openOther(row: CsvRecord): boolean {
    const other = this.#planOf(row);
    if (other === undefined) return false;
    this.#openSection(this.#heading, row, valuesNamed(other));
    if (!this.#taking) return true;
    const own = this.#planOf({ ...row, cells: this.#plan.written ?? [] });
    if (JSON.stringify(own?.header.columns) === JSON.stringify(other.header.columns)) {
      this.#names = row.cells;
      return true;
    }
    const message = `the section that begins on this line has other columns than the first; set header: ${String(row.line)}, and leave select.section out`;
    return this.#source.problems.stop('meter.several-sections', message, { line: row.line, record: row.record });
  }

  #openSection(heading: string | undefined, row: CsvRecord, values = valuesNamed(this.#plan)): void {
    if (this.#taking) this.#footers.push(...this.#held.filter((held) => headingOf(held) !== heading));
    this.#held = [];
    this.#heading = undefined;
    this.#begunByHeading = !this.#repeatsHeader(row);
    this.#taking = this.#sections.open(heading, row.line, values);
    this.#seen = 0;
  }

  /** A reading followed: what was held is no footer. */
  #release(): void {
    for (const row of this.#held) this.#rows.add(row, true);
    this.#held = [];
  }

  /** True where rows have to be looked at one by one. */
  get isStacked(): boolean {
    return this.#stacked.watches;
  }

  /** The table of a file that the fast lane has read: every row was a reading. */
  finishPlain(plain: TableBuilder, text: OpenText, delimiter: string, total: ControlTotal | undefined): MeterTable {
    const section = this.#sections.settle(this.#source.problems);
    return { ...plain.finish(factsOf(this.#plan, this.#names, text, delimiter, section)), controlTotal: total };
  }

  finish(text: OpenText, delimiter: string, total: ControlTotal | undefined): MeterTable {
    const { problems } = this.#source;
    const section = this.#sections.settle(problems);
    if (this.#rows instanceof WideRows) this.#rows.settle();
    const facts = factsOf(this.#plan, this.#names, text, delimiter, section);
    const table = this.#settleTimes(this.#rows.table.finish(facts));
    const overlapping = this.#blocks.overlapping(table);
    if (overlapping !== undefined) this.#sections.refuse(overlapping, problems);
    const left = this.#stacked.settle(table, this.#source.zone, problems);
    const { columns } = this.#plan.header;
    const footer = judgeFooter([...this.#footers, ...this.#held], columns.value, table);
    for (const row of footer.broken) this.#rows.add(row, true);
    return { ...table, controlTotal: footer.total ?? total, inferred: [...table.inferred, ...left, ...footer.said] };
  }

  /** Places numbered intervals in time, and holds the zones that the file names against the given one. */
  #settleTimes(table: MeterTable): MeterTable {
    const { zone, problems, options } = this.#source;
    const { zones, numbered, wide, header } = this.#plan;
    const offset = [header.columns.start, numbered?.column ?? -1]
      .map((column) => offsetMinutesNamed(header.cells[column] ?? ''))
      .find((minutes) => minutes !== undefined);
    const placed =
      numbered === undefined ? table : placeNumbered(table, this.#numbers, numbered, options, zone, offset, problems);
    if (zones === undefined || zone === undefined) return placed;
    const forTheseFiles = options.timezone !== undefined || options.zoneIsOfFiles === true;
    const given = { zone, forTheseFiles };
    return settleZones(placed, zones, given, numbered !== undefined || wide !== undefined, problems);
  }
}

/** What a header calls its values. */
function valuesNamed({ header }: CsvPlan): string {
  return (header.cells[header.columns.value] ?? '').trim();
}

/** `names` are those of the section that is read, where its header is another than the plan's. */
function factsOf(
  plan: CsvPlan,
  names: readonly string[],
  text: OpenText,
  delimiter: string,
  section: readonly string[],
): TableFacts {
  const { line, columns } = plan.header;
  const cells = [...names, ...plan.header.cells.slice(names.length)];
  const name = (column: number): string => {
    const written = (cells[column] ?? '').trim();
    return written === '' ? `column ${String(column + 1)}` : `"${written}"`;
  };
  const stamps = [columns.start, columns.time, columns.end, columns.endTime].filter((column) => column !== undefined);
  const values = [columns.value, ...columns.added].map((column) => name(column)).join(' + ');
  return {
    layout: plan.wide === undefined ? 'long' : 'wide',
    encoding: text.encoding,
    delimiter,
    headerLine: line,
    startName: (cells[columns.start] ?? '').trim(),
    valueName: values,
    stampSays: plan.wide === undefined ? columns.stampSays : 'start',
    endsAreTimes: plan.wide === undefined && columns.end === undefined,
    endsExclusive: plan.endsExclusive,
    unitInName: columns.unitInName,
    refusedUnit: columns.refusedUnit,
    register: columns.register,
    inferred: [
      delimiterNames.get(delimiter) ?? `"${delimiter}"`,
      line === undefined ? 'no header' : `header on line ${String(line)}`,
      `${plan.wide === undefined ? 'time' : 'date'} in ${stamps.map((column) => name(column)).join(' and ')}`,
      ...(plan.wide === undefined ? [`values in ${values}`] : []),
      ...plan.said,
      ...section,
    ],
  };
}
