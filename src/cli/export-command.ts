import { createReadStream } from 'node:fs';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { WattliftError } from '../domain/errors.ts';
import { monthsOf, type Span } from '../domain/span.ts';
import { momentAt, parseFixedDuration, parseMoment } from '../manifest/moments.ts';
import { exportMoer, type MoerExport, type MoerUnit } from '../store/export-moer.ts';
import { listMonthFiles, type StoredMonth } from '../store/month-file.ts';
import { count } from './check-document.ts';
import { exitCode } from './exit-code.ts';
import { readManifest } from './manifest-input.ts';
import type { Terminal } from './terminal.ts';

export interface ExportOptions {
  readonly region?: readonly string[];
  readonly signal?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly format?: MoerExport['format'];
  readonly unit: MoerUnit;
  readonly resample?: string;
  readonly sandbox?: true;
  readonly json?: true;
}

const dayMs = 86_400_000;

/**
 * `wattlift export moer`: the stored series as one Parquet or CSV file, or as CSV on stdout. Works while a run goes on, sends
 * nothing, and changes nothing of the dataset.
 */
export async function exportSeries(path: string, options: ExportOptions, terminal: Terminal): Promise<number> {
  const manifest = await readManifest(path, options, terminal);
  if (!manifest) return exitCode.badInput;
  const window = readWindow(options, terminal.clock.now());
  const resampleMs = readResample(options.resample);
  const format = chooseFormat(options);
  if (options.json && options.out === undefined)
    throw new WattliftError('export.out', '--json needs --out, since stdout is the data');
  const files = select(await listMonthFiles(manifest.store), options, window);
  const asked: MoerExport = { files, window, unit: options.unit, resampleMs, format };
  const mark = String(terminal.pid);
  if (options.out === undefined) {
    await writeToStdout(asked, mark, terminal);
    return exitCode.done;
  }
  const rows = await exportMoer(asked, await placeOf(options.out, terminal), mark);
  const series = new Set(files.map(({ region, signal }) => `${region} ${signal}`)).size;
  if (options.json) terminal.stdout.write(`${JSON.stringify({ out: options.out, format, rows, series })}\n`);
  else terminal.stderr.write(`${count(rows, 'row')} of ${String(series)} series in ${options.out}\n`);
  return exitCode.done;
}

/** Written to a file first: rows that cannot be read must not end a stream that has begun. */
async function writeToStdout(asked: MoerExport, mark: string, { stdout }: Terminal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-export-'));
  try {
    const file = join(folder, 'moer.csv');
    await exportMoer(asked, file, mark);
    for await (const text of createReadStream(file, { encoding: 'utf8' })) {
      stdout.write(String(text));
      await stdout.drained();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function select(all: readonly StoredMonth[], options: ExportOptions, window: Partial<Span>): readonly StoredMonth[] {
  if (all.length === 0)
    throw new WattliftError('export.nothing', 'the dataset holds nothing yet; wattlift run fills it');
  const listOf = (pick: (file: StoredMonth) => string): string => [...new Set(all.map(pick))].sort().join(', ');
  for (const [option, names, pick] of [
    ['--region', options.region ?? [], ({ region }: StoredMonth) => region],
    ['--signal', options.signal ?? [], ({ signal }: StoredMonth) => signal],
  ] as const) {
    const unknown = names.filter((name) => !all.some((file) => pick(file) === name));
    if (unknown.length > 0)
      throw new WattliftError(
        'export.nothing',
        `the dataset has nothing of ${option} ${unknown.join(', ')}; it has ${listOf(pick)}`,
      );
  }
  const of = all.filter(
    ({ region, signal }) =>
      (options.region ?? [region]).includes(region) && (options.signal ?? [signal]).includes(signal),
  );
  const heard = of.filter(({ month }) => {
    const start = Date.parse(`${month}-01T00:00:00Z`);
    const end = monthsOf({ start, end: start + 31 * dayMs })[0]?.end ?? start;
    return (window.end ?? Infinity) > start && (window.start ?? -Infinity) < end;
  });
  if (heard.length === 0)
    throw new WattliftError(
      'export.nothing',
      `the dataset has nothing there: its months are ${listOf(({ month }) => month)}`,
    );
  if (options.unit === 'g_per_kwh') {
    const other = heard.find(({ signal }) => signal !== 'co2_moer' && signal !== 'co2_aoer');
    if (other)
      throw new WattliftError('export.unit', `${other.signal} is no weight of CO2: name the others with --signal`);
  }
  return heard;
}

function readWindow({ from, to }: ExportOptions, nowMs: number): Partial<Span> {
  const read = (option: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const parsed = parseMoment(text.trim());
    if ('value' in parsed) return momentAt(parsed.value, nowMs);
    throw new WattliftError('export.window', `${option}: ${parsed.fault}`);
  };
  const [start, end] = [read('--from', from), read('--to', to)];
  if (start !== undefined && end !== undefined && end <= start)
    throw new WattliftError('export.window', '--to must be later than --from, and is exclusive');
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

function readResample(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseFixedDuration(text);
  if ('fault' in parsed) throw new WattliftError('export.resample', `--resample: ${parsed.fault}`);
  if (dayMs % parsed.value !== 0)
    throw new WattliftError('export.resample', `--resample ${text} does not divide a day; write PT1H, PT15M or P1D`);
  return parsed.value;
}

function chooseFormat({ out, format }: ExportOptions): MoerExport['format'] {
  if (out === undefined) {
    if (format === 'parquet')
      throw new WattliftError('export.out', 'Parquet does not go to stdout; name a file with --out');
    return 'csv';
  }
  const extension = extname(out).toLowerCase();
  const named = extension === '.csv' ? 'csv' : extension === '.parquet' ? 'parquet' : undefined;
  const chosen = format ?? named;
  if (chosen === undefined)
    throw new WattliftError(
      'export.out',
      `the name ${out} says no format; end it in .parquet or .csv, or give --format`,
    );
  return chosen;
}

/** The absolute path, through a link and not over it. */
async function placeOf(out: string, { cwd }: Terminal): Promise<string> {
  const path = resolve(cwd, out);
  const there = await stat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile())
    throw new WattliftError('export.out', `--out ${out} is a folder or a device; name a file`);
  return there === undefined ? path : realpath(path);
}
