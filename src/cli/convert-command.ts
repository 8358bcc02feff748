import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { ProblemError } from '../domain/errors.ts';
import type { CanonicalForm } from '../domain/meter-data.ts';
import { formatProblem, type Problem } from '../domain/problem.ts';
import type { BadRow } from '../files/problem-list.ts';
import { canonicalBlocks } from '../files/series/parts.ts';
import { type MeterSeries, readSeries } from '../files/read-meter.ts';
import { parseReading } from '../manifest/reading-options.ts';
import { count } from './check-document.ts';
import { optionNamed, toWrittenReading, type ConvertOptions } from './convert-options.ts';
import { exitCode } from './exit-code.ts';
import { openOutFile } from './out-file.ts';
import type { Terminal } from './terminal.ts';

/** The `--json` document of `convert`. */
export interface ConvertDocument {
  readonly ok: boolean;
  readonly rows: number;
  /** Hex SHA-256 of the whole output; empty when nothing was written. */
  readonly sha256: string;
  readonly inferred: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * `wattlift convert`: the files of one meter as canonical CSV, on stdout or in the file `--out` names. What was inferred and
 * what was noticed goes to stderr. Where the files cannot be read, nothing is written and it exits 2.
 */
export async function convert(files: readonly string[], options: ConvertOptions, terminal: Terminal): Promise<number> {
  if (options.json && options.out === undefined) {
    terminal.stderr.write('error: --json needs --out, since stdout is the data\n');
    return exitCode.badInput;
  }
  const document = await convertFiles(files, options, terminal);
  if (options.json) terminal.stdout.write(`${JSON.stringify(document)}\n`);
  else if (options.out !== undefined && document.ok) {
    terminal.stderr.write(`${count(document.rows, 'row')} in ${options.out}\n`);
  }
  return document.ok ? exitCode.done : exitCode.badInput;
}

async function convertFiles(
  files: readonly string[],
  options: ConvertOptions,
  terminal: Terminal,
): Promise<ConvertDocument> {
  const failed = (problems: readonly Problem[]): ConvertDocument => {
    for (const problem of problems) terminal.stderr.write(`${formatProblem(problem)}\n`);
    if (problems.some(({ message }) => namesKey.test(message))) terminal.stderr.write(keysAreOptions);
    return { ok: false, rows: 0, sha256: '', inferred: [], problems };
  };
  const { value, problems } = parseReading(toWrittenReading(options), optionNamed);
  if (value === undefined) return failed(problems);
  const data = files.map((file) => resolve(terminal.cwd, file));
  try {
    const out = options.out === undefined ? undefined : await openOutFile(options.out, data, terminal);
    // The zone is that of the site: a format that has a time of its own keeps it.
    const meter = { ...value, timezone: undefined, zoneIsOfFiles: true, id: 'main', data };
    const display = (path: string): string => relative(terminal.cwd, path) || '.';
    const read = await readSeries(meter, value.timezone, options.gasUnit, display);
    const form = formOf(options, value.type);
    // Said before the data: whoever closes stdout early has read it.
    for (const line of read.inferred) terminal.stderr.write(`${line}\n`);
    for (const { file, ...row } of read.left) {
      const name = display(data[file] ?? '');
      terminal.stderr.write(`${formatProblem({ severity: 'warning', ...toLeftOut(row), file: name })}\n`);
    }
    for (const finding of read.findings) terminal.stderr.write(`${formatProblem(finding)}\n`);
    const written = await (out === undefined
      ? writeRows(read, form, async (text) => {
          terminal.stdout.write(text);
          await terminal.stdout.drained();
        })
      : out.write((write) => writeRows(read, form, write)));
    return { ok: true, ...written, inferred: read.inferred, problems: read.findings };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return failed(error.problems);
  }
}

/** Messages name the keys of a manifest, which decide there. */
const namesKey = /columns\.|select|\bset [a-z]+[A-Z ]|heatContent|dateOrder/;

const keysAreOptions =
  'keys are options here: columns.value is --column value=..., select: { A: B } is --select A=B, timezone is --timezone ...\n';

/** A row that was left out, as it is told. */
function toLeftOut({ line, record, code, message }: BadRow): Omit<Problem, 'severity'> {
  return { code, message: `${message}; the row is left out`, line, ...(record === undefined ? {} : { record }) };
}

/** Writes all rows in order, a block at a time: however many there are, few are held. */
async function writeRows(
  { readings }: MeterSeries,
  form: CanonicalForm,
  write: (text: string) => Promise<void>,
): Promise<Pick<ConvertDocument, 'rows' | 'sha256'>> {
  const hash = createHash('sha256');
  const decoder = new TextDecoder();
  for (const bytes of canonicalBlocks(readings, form)) {
    hash.update(bytes);
    await write(decoder.decode(bytes));
  }
  return { rows: readings.length, sha256: hash.digest('hex') };
}

function formOf({ gasUnit }: ConvertOptions, type: 'electricity' | 'gas'): CanonicalForm {
  const energy = type === 'gas' && gasUnit === 'therm' ? 'energy_therm' : 'energy_kwh';
  return { intervals: ['start_datetime', energy], bills: ['start_date', 'end_date', energy], gasUnit };
}
