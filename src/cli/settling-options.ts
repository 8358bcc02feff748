import type { Command } from 'commander';
import type { AdoptOptions } from './adopt-command.ts';
import type { DoctorOptions } from './doctor-command.ts';
import type { ForgetOptions } from './forget-command.ts';
import { addSandboxFlags, refuseSandboxFlags } from './sandbox-flags.ts';
import type { StatusOptions } from './status-command.ts';
import type { Terminal } from './terminal.ts';

/** How a verb gets the options for the log, and how its end is told. */
export interface SettlingPlace {
  readonly terminal: Terminal;
  readonly ended: (code: number) => void;
  readonly withLog: (command: Command) => Command;
}

const afterwards = `
Exit codes: 0 done; 2 not as said, and nothing was changed; 3 credentials missing or refused; 4 a run holds the ledger.
docs/operating.md shows the whole procedure.`;

/** Fills in the verb that shows what the ledger holds, and, asked to, what WattCarbon has besides. */
export function addStatus(verb: Command, { terminal, ended }: Pick<SettlingPlace, 'terminal' | 'ended'>): void {
  addSandboxFlags(
    verb
      .option('--site <glob>', 'only sites whose id matches')
      .option('--remote', 'ask WattCarbon too: which of its meters and assets no row of the ledger owns')
      .option('--sandbox', 'of the rehearsal, not of the real runs'),
  ).action(async (manifest: string, options: StatusOptions, command: Command) => {
    if (!options.sandbox || !options.remote) refuseSandboxFlags(command, options);
    const { status } = await import('./status-command.ts');
    ended(await status(manifest, options, terminal));
  });
}

const health = `
Every finding is ok, a warning, or an error, and says what to do. Nothing is changed; requests are counted as those of a run.

Exit codes: 0 all well, warnings or not; 1 something is wrong; 2 the manifest cannot be read; 3 credentials or a permission
missing or refused; 130 and 143 interrupted.`;

/** Fills in the verb that looks at everything a run needs. */
export function addDoctor(verb: Command, { terminal, ended }: Pick<SettlingPlace, 'terminal' | 'ended'>): void {
  addSandboxFlags(verb.option('--sandbox', 'of the rehearsal, not of the real APIs'))
    .addHelpText('after', health)
    .action(async (manifest: string, options: DoctorOptions, command: Command) => {
      if (!options.sandbox) refuseSandboxFlags(command, options);
      const { doctor } = await import('./doctor-command.ts');
      ended(await doctor(manifest, options, terminal));
    });
}

/** Fills in the two verbs by which a person settles what only a person can. */
export function addSettlingVerbs(
  { adopt, forget }: { readonly adopt: Command; readonly forget: Command },
  { terminal, ended, withLog }: SettlingPlace,
): void {
  addSandboxFlags(
    withLog(adopt)
      .description('tell the ledger which object at WattCarbon an item of a site is, or that what it sends is there')
      .argument('<site>', "the site's id")
      .argument('<step>', 'meter, upload, asset or events; of several: meter:main, upload:main/2025-01')
      .argument('[id]', 'the id that WattCarbon shows; none for readings')
      .option('--manifest <file>', 'the manifest', 'pipeline.yaml')
      .option('--no-check', 'open no socket: you have looked, and it is there')
      .option('--force', 'take it although it differs from the manifest, or in place of another')
      .option('--sandbox', 'of the rehearsal, not of the real runs'),
  )
    .addHelpText('after', afterwards)
    .action(async (site: string, step: string, id: string | undefined, options: AdoptOptions, command: Command) => {
      if (!options.sandbox) refuseSandboxFlags(command, options);
      const verb = await import('./adopt-command.ts');
      ended(await verb.adopt({ site, step, id }, options, terminal));
    });

  withLog(forget)
    .description('drop what the ledger holds of a site, a step or an item; nothing at WattCarbon changes')
    .argument('<site>', "the site's id")
    .argument('[step]', 'only this step, or one item of it: meter, meter:main, upload:main/2025-01')
    .option('--manifest <file>', 'the manifest', 'pipeline.yaml')
    .option('--yes', 'do not ask')
    .option('--sandbox', 'of the rehearsal, not of the real runs')
    .addHelpText('after', afterwards)
    .action(async (site: string, step: string | undefined, options: ForgetOptions) => {
      const verb = await import('./forget-command.ts');
      ended(await verb.forget({ site, step }, options, terminal));
    });
}
