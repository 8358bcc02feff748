import type { Command } from 'commander';
import type { SelectingOptions } from './program.ts';
import { addSandboxFlags, refuseSandboxFlags, type SandboxFlags } from './sandbox-flags.ts';
import type { Terminal } from './terminal.ts';

export interface PlanOptions extends SelectingOptions, SandboxFlags {
  readonly explain?: true;
  /** Ask both APIs too. */
  readonly remote?: true;
}

const asking = `
A plan opens no socket. With --remote it asks both APIs first, and plans by what they say: credentials, login, access, account,
operations, clocks, in the words of wattlift doctor. Nothing is changed at either of them, and no file is made here; the requests
count as those of a run, where there is a ledger.

Exit codes: 0 a run would go through; 1 some site would fail, or something asked is wrong; 2 input or usage wrong; 3 credentials or a
permission missing or refused (only with --remote); 130 and 143 interrupted.`;

/** Fills in the verb that shows what a run would do. */
export function addPlan(
  verb: Command,
  { terminal, ended }: { readonly terminal: Terminal; readonly ended: (code: number) => void },
): void {
  addSandboxFlags(
    verb
      .option('--explain', 'list it for every site')
      .option('--remote', 'ask both APIs too: login, access, endpoints; writes nothing'),
  )
    .addHelpText('after', asking)
    .action(async (manifest: string, options: PlanOptions, command: Command) => {
      if (!options.sandbox || !options.remote) refuseSandboxFlags(command, options, 'plan --remote --sandbox');
      const { plan } = await import('./plan-command.ts');
      ended(await plan(manifest, options, terminal));
    });
}
