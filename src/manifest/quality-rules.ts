import { findingSeverities, type QualityRule } from '../domain/findings.ts';
import type { PathKey } from './document.ts';
import type { WrittenQuality } from './quality-schema.ts';
import { didYouMean, listWords } from './suggest.ts';

/** Something wrong with `quality`; `path` is within it. */
export interface QualityFault {
  readonly code: string;
  readonly message: string;
  readonly path: readonly PathKey[];
}

/** The written judgements as rules, in the order they are written. */
export function qualityRules(written: WrittenQuality | undefined): readonly QualityRule[] {
  return Object.entries(written ?? {}).flatMap(([code, judgement]): readonly QualityRule[] => {
    if (judgement === undefined) return [];
    return [typeof judgement === 'string' ? { code, severity: judgement } : { code, ...judgement }];
  });
}

/**
 * What is wrong with rules that the schema lets pass: what is taken on or lowered needs a reason, and a meter must be one of the
 * site's. `inherited` are the rules of `defaults`, which a site's rule overrides; `meters` is undefined for `defaults`.
 */
export function qualityFaults(
  rules: readonly QualityRule[],
  inherited: readonly QualityRule[],
  meters: readonly string[] | undefined,
): readonly QualityFault[] {
  const faults: QualityFault[] = [];
  for (const { code, severity, reason, meter } of rules) {
    const over = inherited.find((other) => other.code === code)?.severity ?? findingSeverities[code];
    if (reason === undefined && severity === 'accepted') {
      const message = `"${code}" is accepted without a reason; write { severity: accepted, reason: ... }, which every summary repeats`;
      faults.push({ code: 'quality.reason-missing', message, path: [code] });
    }
    if (reason === undefined && severity === 'warning' && over === 'error') {
      const message = `"${code}" is lowered from an error without a reason; write { severity: warning, reason: ... }`;
      faults.push({ code: 'quality.reason-missing', message, path: [code] });
    }
    if (meter !== undefined && meters?.includes(meter) === false) {
      const known = meters.length === 0 ? '; it has none' : `; it has ${listWords(meters)}`;
      const message = `"${meter}" is not a meter of this site${didYouMean(meter, meters, known)}`;
      faults.push({ code: 'quality.meter-unknown', message, path: [code, 'meter'] });
    }
  }
  return faults;
}
