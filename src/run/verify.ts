import type { Creation } from '../domain/remote.ts';
import { forgetCommand, noLead } from './commands.ts';
import type { CreationDesk, CreationJob } from './creation-desk.ts';
import type { Outcome } from './outcome.ts';
import { wholeSlot } from './pieces.ts';

/** A reading that lags is looked at so often, `settle` apart. */
const mostLooks = 3;

/**
 * Reads back what is said to be there and compares. What differs is a failure until it does not: what was confirmed is
 * never sent again by itself, so later runs only look once more.
 */
export async function verify(
  job: CreationJob,
  creation: Creation,
  outcome: Outcome & { readonly kind: 'done' },
  { ledger, settleMs, stopping, tools, lead = noLead }: CreationDesk,
): Promise<Outcome> {
  const { step, key, slot, version } = job;
  if (step.verify === undefined) return outcome;
  let difference = await step.verify(job.input, tools, creation);
  for (let looks = 1; difference !== undefined && looks < mostLooks; looks += 1) {
    await tools.clock.sleep(settleMs, stopping);
    difference = await step.verify(job.input, tools, creation);
  }
  if (difference !== undefined) {
    return {
      kind: 'failed',
      code: `${step.name}.differs`,
      message: `it was sent and confirmed, and reading it back shows something else: ${difference}; look at WattCarbon, and if it is to be sent again: ${forgetCommand(wholeSlot(slot), lead)}, and run again`,
      access: false,
      there: { version, confirmed: true },
    };
  }
  if (!job.isConfirmed) return outcome;
  const result = { version };
  await ledger.finish({ work: { key, step: step.name, state: 'done', result, at: tools.clock.now() }, slot });
  return { kind: 'done', result };
}
