import { z } from 'zod';
import { findingSeverities } from '../domain/findings.ts';
import { label, words } from './fields.ts';

const severity = z.enum(['error', 'warning', 'accepted']);

const judgement = z
  .union([
    severity.describe('error: stops the upload of the meter; warning: only speaks. accepted needs the other form.'),
    z
      .strictObject({
        severity: severity.describe('accepted: no problem any more, but in the summary.'),
        reason: words.describe('Why; kept in the summary of every run.').optional(),
        meter: label.optional().describe('Only of this meter of the site; by default of all, and of the events.'),
      })
      .describe('What it is to be, and why. accepted needs a reason.'),
  ])
  .meta({ id: 'judgement' });

/** `quality` of a site and of `defaults`: what is to be made of findings, by their code (`docs/quality.md`). */
export const qualitySchema = z
  .strictObject(Object.fromEntries(Object.keys(findingSeverities).map((code) => [code, judgement.optional()])))
  .describe('What is to be made of findings in meter and event data, by their code: raised, lowered or accepted.');

/** `quality` as it is written. */
export type WrittenQuality = z.output<typeof qualitySchema>;
