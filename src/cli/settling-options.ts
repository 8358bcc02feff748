import type { Command } from 'commander';
import type { AdoptOptions } from './adopt-command.ts';
import type { ForgetOptions } from './forget-command.ts';
import { addSandboxFlags, refuseSandboxFlags } from './sandbox-flags.ts';
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
