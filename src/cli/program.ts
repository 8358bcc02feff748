import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { WattliftError } from '../domain/errors.ts';
import { addConvertOptions, type ConvertOptions } from './convert-options.ts';
import type { ExportOptions } from './export-command.ts';
import { exitCode, exitCodeOfError } from './exit-code.ts';
import { logFormats, logLevels, type LogFlags } from './log-choices.ts';
import { addPlan } from './plan-options.ts';
import { addSandboxFlags, refuseSandboxFlags, type SandboxFlags } from './sandbox-flags.ts';
import { addDoctor, addSettlingVerbs, addStatus } from './settling-options.ts';
import type { Terminal } from './terminal.ts';
import { addWattTimeEndpoints } from './watttime-options.ts';

const stepNames = ['region', 'meter', 'upload', 'asset', 'events', 'moer'] as const;

const exitCodes = `
Exit codes: 0 done or nothing to do; 1 some sites failed or wait; 2 input or usage wrong, nothing was sent;
3 credentials missing or refused; 4 another run holds the ledger; 5 a creation is uncertain and needs a person;
130 and 143 interrupted, run again to go on.

Credentials come from WATTTIME_USER, WATTTIME_PASSWORD, WATTCARBON_EMAIL and WATTCARBON_API_KEY;
of several accounts each has its own: WATTCARBON_API_KEY_<ACCOUNT>.`;

/** Parses the command line, runs the verb and returns the exit code. Verbs are loaded when they are called, so that help is fast. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCode.done;
  const program = buildProgram(terminal, (verbCode) => {
    code = verbCode;
  });
  let flags: LogFlags = { logFormat: 'auto' };
  program.hook('preAction', (_, command) => {
    flags = { ...flags, ...command.opts<Partial<LogFlags>>() };
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
    if (!(error instanceof WattliftError)) throw error;
    const { logsText, openLog } = await import('./log.ts');
    if (logsText(terminal, flags)) terminal.stderr.write(`error ${error.code}  ${error.message}\n`);
    else openLog(terminal, flags, (line) => terminal.stderr.write(line)).error({ code: error.code }, error.message);
    return exitCodeOfError(error);
  }
}

function buildProgram(terminal: Terminal, ended: (code: number) => void): Command {
  const program = new Command('wattlift')
    .description(
      "Take a YAML manifest of sites to WattCarbon, and download their grid's marginal emissions from WattTime.",
    )
    .version(packageVersion(), '-V, --version')
    .helpOption('-h, --help')
    .addHelpText('after', exitCodes)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.stdout.columns,
      getErrHelpWidth: () => terminal.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

  verb(program, 'check', 'is the input right? manifest, portfolio, meter data and events, every problem at once')
    .addOption(new Option('--explain', 'say what was inferred of each file'))
    .action(async (manifest: string, options: { json?: true; explain?: true }) => {
      const { check } = await import('./check-command.ts');
      ended(await check(manifest, options, terminal));
    });

  addConvertOptions(program.command('convert'))
    .description("one meter's files to canonical CSV: read, checked, in UTC and kWh")
    .argument('<file...>', 'the files of one meter')
    .action(async (files: readonly string[], options: ConvertOptions) => {
      const { convert } = await import('./convert-command.ts');
      ended(await convert(files, options, terminal));
    });

  addPlan(selecting(verb(program, 'plan', 'what a run would do: the manifest less the ledger')), { terminal, ended });

  addSandboxFlags(selecting(verb(program, 'run', 'do it; running again goes on where the last run stopped')))
    .option('--dry-run', 'the same as plan: print what would be done, and do nothing')
    .option('--fail-fast', 'take no further site after the first failure')
    .option('--retry-uncertain', 'send uncertain creations once more: you have looked, and they are not there')
    .addOption(new Option('--concurrency <n>', 'sites at once').default(16).argParser(toCount))
    .action(async (manifest: string, options: RunOptions, command: Command) => {
      if (options.dryRun || !options.sandbox) refuseSandboxFlags(command, options);
      if (options.dryRun) {
        const { plan } = await import('./plan-command.ts');
        ended(await plan(manifest, options, terminal));
      } else {
        const { run } = await import('./run-command.ts');
        ended(await run(manifest, options, terminal));
      }
    });

  addStatus(verb(program, 'status', 'what the ledger holds, failures first'), { terminal, ended });

  withLog(program.command('export').description('what is stored, as one file').command('moer'))
    .description('the stored marginal emissions as one Parquet or CSV file, sorted by region, signal and time')
    .argument('[manifest]', 'the manifest', 'pipeline.yaml')
    .addOption(new Option('--region <name,...>', 'only these grid regions').argParser(toNames))
    .addOption(new Option('--signal <name,...>', 'only these signals').argParser(toNames))
    .option('--from <time>', 'from this date or instant on, or a duration back from now (P30D)')
    .option('--to <time>', 'up to, not with, this date or instant')
    .option('--out <file>', 'written whole or not at all; by default CSV on stdout')
    .addOption(new Option('--format <format>', "by default as the file's name ends").choices(['parquet', 'csv']))
    .addOption(
      new Option('--unit <unit>', 'of carbon signals').choices(['lbs_per_mwh', 'g_per_kwh']).default('lbs_per_mwh'),
    )
    .option('--resample <duration>', 'means over intervals (PT1H), weighted by time, with the share that is missing')
    .option('--sandbox', 'of the rehearsal, not of the real runs')
    .option('--json', 'print what was written as one JSON document on stdout; needs --out')
    .action(async (manifest: string, options: ExportOptions) => {
      const { exportSeries } = await import('./export-command.ts');
      ended(await exportSeries(manifest, options, terminal));
    });

  addSandboxFlags(withLog(program.command('sandbox')))
    .description('serve both APIs on loopback, strict, until interrupted')
    .addOption(
      new Option('--watttime-port <port>', 'port of the WattTime side').default(0, 'any free one').argParser(toPort),
    )
    .addOption(
      new Option('--wattcarbon-port <port>', 'port of the WattCarbon side')
        .default(0, 'any free one')
        .argParser(toPort),
    )
    .option('--state <file>', 'keep what was created in this file instead of in memory')
    .option('--choices', 'print what --sandbox-fault and --sandbox-option take, and end')
    .option('--json', 'print the addresses as JSON')
    .action(async (options: SandboxOptions) => {
      const { sandbox } = await import('./sandbox-command.ts');
      ended(await sandbox(options, terminal));
    });

  const health = verb(program, 'doctor', 'look at credentials, access, endpoints, clock, disk and ledger');
  addDoctor(health, { terminal, ended });
  const settling = { adopt: program.command('adopt'), forget: program.command('forget') };
  addSettlingVerbs(settling, { terminal, ended, withLog });

  addWattTimeEndpoints(program.command('watttime'), { terminal, ended, withLog });

  program
    .command('schema')
    .description("the manifest's JSON Schema")
    .action(async () => {
      const { schema } = await import('./schema-command.ts');
      ended(schema(terminal));
    });

  return program;
}

export interface SelectingOptions extends LogFlags {
  readonly json?: true;
  readonly sandbox?: true;
  readonly only?: readonly (typeof stepNames)[number][];
  readonly site?: string;
}

export interface RunOptions extends SelectingOptions, SandboxFlags {
  readonly dryRun?: true;
  readonly failFast?: true;
  readonly retryUncertain?: true;
  readonly concurrency: number;
}

export interface SandboxOptions extends LogFlags, SandboxFlags {
  readonly watttimePort: number;
  readonly wattcarbonPort: number;
  readonly state?: string;
  readonly choices?: true;
  readonly json?: true;
}

function verb(program: Command, name: string, description: string): Command {
  return withLog(program.command(name))
    .description(description)
    .argument('[manifest]', 'the manifest', 'pipeline.yaml')
    .option('--json', 'print one JSON document on stdout');
}

function withLog(command: Command): Command {
  return command
    .addOption(
      new Option('--log-format <format>', 'how stderr logs; auto: JSON lines, text on a terminal')
        .choices(logFormats)
        .default('auto'),
    )
    .addOption(new Option('--log-level <level>', 'by default info, on a terminal warn').choices(logLevels));
}

function selecting(command: Command): Command {
  return command
    .option('--sandbox', 'rehearse: serve both APIs inside this process, with a ledger and a store of their own')
    .addOption(new Option('--only <step,...>', `only these steps: ${stepNames.join(', ')}`).argParser(toSteps))
    .option('--site <glob>', 'only sites whose id matches');
}

function toNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return [...before, ...names];
}

function toSteps(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) throw new InvalidArgumentError(`name at least one step of ${stepNames.join(', ')}`);
  const unknown = names.filter((name) => !stepNames.some((step) => step === name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`no such step: ${unknown.join(', ')}; steps are ${stepNames.join(', ')}`);
  return names;
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1 is wanted');
  return count;
}

function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535 is wanted');
  return port;
}

/** Read without a schema library: `--help` must not wait for one. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
