import { WattliftError } from '../domain/errors.ts';
import type { Lead } from '../run/commands.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';

/** A step of a site, or one item of it: `meter`, `meter:main`, `upload:main/2025-01`. */
export interface NamedItem {
  readonly step: StepName;
  /** The item's label in the ledger; undefined when only the step is named. */
  readonly item: string | undefined;
}

/** Reads `STEP` or `STEP:ITEM`. Throws `site.step-unknown`. */
export function readNamedItem(text: string): NamedItem {
  const [name = '', ...rest] = text.split(':');
  const step = steps.find((one) => one.name === name);
  if (step !== undefined) return { step: step.name, item: rest.length === 0 ? undefined : rest.join(':') };
  const names = steps.map((one) => one.name).join(', ');
  throw new WattliftError(
    'site.step-unknown',
    `"${name}" is no step; name one of ${names}, or an item of one, like meter:main`,
  );
}

/** What leads a further command to where this one was led. */
export function leadTo({
  manifest,
  sandbox,
}: {
  readonly manifest: string;
  readonly sandbox?: true | undefined;
}): Lead {
  return { sandbox: sandbox === true, ...(manifest !== 'pipeline.yaml' && { manifest }) };
}
