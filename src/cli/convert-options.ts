import { type Command, InvalidArgumentError, Option } from 'commander';

/** What the command line of `convert` gives: text as it was typed, checked by the manifest's schema afterwards. */
export interface ConvertOptions {
  readonly out?: string;
  readonly json?: true;
  readonly type: string;
  readonly gasUnit: 'kwh' | 'therm';
  readonly layout?: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly decimal?: string;
  readonly header?: string;
  readonly column?: Readonly<Record<string, string | readonly string[]>>;
  readonly dateOrder?: string;
  readonly timezone?: string;
  readonly stamp?: string;
  readonly values?: string;
  readonly unit?: string;
  readonly heatContent?: string;
  readonly interval?: string;
  readonly sign?: string;
  readonly onBadRow?: string;
  readonly select?: Readonly<Record<string, string>>;
}

/** Adds an option for every key of the manifest that says how a meter's files are read. */
export function addConvertOptions(command: Command): Command {
  return command
    .option('--out <file>', 'write to this file instead of stdout')
    .option('--json', 'with --out: print what was done as one JSON document on stdout')
    .option('--type <type>', 'electricity or gas', 'electricity')
    .addOption(new Option('--gas-unit <unit>', 'unit of gas in the result').choices(['kwh', 'therm']).default('kwh'))
    .option('--timezone <zone>', 'IANA time zone of times without an offset')
    .option('--unit <unit>', 'unit of the values: kWh, Wh, kW, therm ...')
    .option('--heat-content <kwh>', 'kWh in one unit of a gas volume, as the file writes it')
    .option('--values <kind>', 'what a value is: interval, register or power')
    .option('--stamp <end>', 'a time that stands alone is the start or the end of its interval')
    .option('--interval <duration>', 'length of an interval: PT15M, PT1H, P1D')
    .option('--date-order <order>', 'dmy, mdy or ymd')
    .option('--decimal <mark>', 'the decimal mark: . or ,')
    .option('--sign <sign>', 'asis or invert')
    .option('--on-bad-row <what>', 'fail, or quarantine: leave the row out and tell it on stderr')
    .option('--layout <layout>', 'the shape of the file, where it cannot be told from it')
    .option('--encoding <encoding>', 'character encoding: utf-8, utf-16le, windows-1252 ...')
    .option('--delimiter <character>', 'the character between cells; \\t is a tab')
    .option('--header <line>', '1-based line of the header, or none', toHeader)
    .option(
      '--column <role=column>',
      `${roles}; by its name or 1-based number; may be repeated, value for columns to add`,
      toColumns,
    )
    .option('--select <column=value>', 'only rows with this value in this column; may be repeated', toPairs);
}

const roles = 'which column is the start, end, date, time, value, unit, quality or meter';

function toPair(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('write it as name=value');
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

function toPairs(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [name, value] = toPair(text);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`"${name}" is given twice`);
  return { ...before, [name]: value };
}

function toHeader(text: string): string {
  if (text !== 'none' && !/^\d+$/.test(text)) throw new InvalidArgumentError('write the line of the header, or none');
  return text;
}

type Columns = NonNullable<ConvertOptions['column']>;

/** As `toPairs`, but columns of values add up: given several times, `value` is the list of them. */
function toColumns(text: string, before: Columns = {}): Columns {
  const [role, column] = toPair(text);
  const known = Object.hasOwn(before, role) ? before[role] : undefined;
  if (known === undefined) return { ...before, [role]: column };
  if (role !== 'value') throw new InvalidArgumentError(`"${role}" is given twice`);
  return { ...before, value: [known, column].flat() };
}

/** The options as a meter of a manifest would have them, still unchecked. */
export function toWrittenReading(options: ConvertOptions): Readonly<Record<string, unknown>> {
  const { out: _out, json: _json, gasUnit: _gasUnit, header, column, delimiter, heatContent, ...same } = options;
  return {
    ...same,
    ...(delimiter !== undefined && { delimiter: delimiter === String.raw`\t` ? '\t' : delimiter }),
    ...(heatContent !== undefined && { heatContent: Number(heatContent) }),
    ...(header !== undefined && { header: header === 'none' ? false : toNumber(header) }),
    ...(column && { columns: Object.fromEntries(Object.entries(column).map(([role, to]) => [role, toNumbers(to)])) }),
  };
}

/** The option that a key of the manifest is given by: `dateOrder` is `--date-order`. */
export function optionNamed(path: readonly (string | number)[]): string {
  const [key = ''] = path;
  if (key === 'columns') return '--column';
  return `--${String(key).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const toNumber = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);
const toNumbers = (texts: string | readonly string[]): string | number | readonly (string | number)[] =>
  typeof texts === 'string' ? toNumber(texts) : texts.map(toNumber);
