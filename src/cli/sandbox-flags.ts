import { type Command, InvalidArgumentError, Option } from 'commander';

/** What a bad day is made of: faults, and the forms the APIs take. */
export interface SandboxFlags {
  readonly sandboxFault?: readonly string[];
  readonly sandboxSeed?: number;
  readonly sandboxOption?: readonly string[];
}

/** Adds `--sandbox-fault`, `--sandbox-seed` and `--sandbox-option`. What they may say is read when the sandbox starts. */
export function addSandboxFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--sandbox-fault <spec>',
        'a fault, like create_meter:lost@3 or *:500-after-work~5%; may be repeated',
      ).argParser(collect),
    )
    .addOption(new Option('--sandbox-seed <n>', 'decides what happens by chance; 1 by default').argParser(toSeed))
    .addOption(
      new Option(
        '--sandbox-option <name=value>',
        'a form of one side, like paths=v2 or watttime.latency=0.3; may be repeated',
      ).argParser(collect),
    );
}

/** Ends the program when one of the flags stands where no sandbox is started: it would have no effect. */
export function refuseSandboxFlags(command: Command, flags: SandboxFlags, where = 'run --sandbox'): void {
  const given = Object.entries({
    '--sandbox-fault': flags.sandboxFault,
    '--sandbox-seed': flags.sandboxSeed,
    '--sandbox-option': flags.sandboxOption,
  }).find(([, value]) => value !== undefined);
  if (given) command.error(`error: ${given[0]} has an effect only where a sandbox is started: ${where}`);
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) throw new InvalidArgumentError('a whole number is wanted');
  return seed;
}
