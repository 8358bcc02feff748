import type { Problem, Severity } from './problem.ts';

/**
 * What may be found in data that was read without doubt, and how grave it is when the manifest says nothing: `quality:` of
 * the manifest names these codes and no others. Each has its rule in `docs/quality.md`. Data that cannot be read, or that
 * could be read in two ways, is no finding: it always stops the meter.
 */
export const findingSeverities: { readonly [code: string]: Severity } = {
  'events.baseline-short': 'warning',
  'events.days-repeated': 'warning',
  'events.duplicate': 'warning',
  'events.long': 'warning',
  'events.outside-data': 'warning',
  'events.unordered': 'warning',
  'events.year-inferred': 'warning',
  'meter.above-nameplate': 'warning',
  'meter.after-today': 'warning',
  'meter.baseline-days': 'warning',
  'meter.before-operation': 'warning',
  'meter.bill-estimated': 'warning',
  'meter.bill-length': 'warning',
  'meter.bill-straddles': 'warning',
  'meter.bills-after': 'warning',
  'meter.bills-before': 'warning',
  'meter.bills-for-events': 'warning',
  'meter.bills-one-sided': 'warning',
  'meter.cadence-change': 'warning',
  'meter.control-total': 'warning',
  'meter.dst-hour-once': 'warning',
  'meter.duplicate-dropped': 'warning',
  'meter.estimated': 'warning',
  'meter.gap': 'warning',
  'meter.last-row-open': 'warning',
  'meter.month-hours': 'warning',
  'meter.negative': 'warning',
  'meter.nem12-header-missing': 'warning',
  'meter.night-production': 'warning',
  'meter.outlier': 'warning',
  'meter.overlap': 'warning',
  'meter.quality-unknown': 'warning',
  'meter.register-gap': 'warning',
  'meter.register-replaced': 'warning',
  'meter.register-rollover': 'warning',
  'meter.rows-quarantined': 'warning',
};

/** What `quality:` of the manifest says of one code: of every meter of the site, or of the one named. */
export interface QualityRule {
  readonly code: string;
  readonly severity: Severity | 'accepted';
  /** Always there when `severity` is `accepted`. */
  readonly reason?: string | undefined;
  readonly meter?: string | undefined;
}

/** A finding that somebody has looked at and taken on, with the reason given in the manifest. */
export interface AcceptedFinding {
  readonly site: string;
  /** Absent for what was found in the events. */
  readonly meter?: string;
  readonly code: string;
  readonly reason: string;
  /** What was found, as the problem said it. */
  readonly message: string;
}

/** Findings after the manifest's word on them: errors stop what they were found in. */
export interface JudgedFindings {
  readonly errors: readonly Problem[];
  readonly findings: readonly Problem[];
  readonly accepted: readonly AcceptedFinding[];
}

/** Applies a site's rules to what was found in one of its meters, or in its events; the first rule that fits a finding holds. */
export function judgeFindings(
  found: readonly Problem[],
  rules: readonly QualityRule[],
  site: string,
  meter: string | undefined,
): JudgedFindings {
  const errors: Problem[] = [];
  const findings: Problem[] = [];
  const accepted: AcceptedFinding[] = [];
  for (const problem of found) {
    const { code, message } = problem;
    const rule = rules.find((one) => one.code === code && (one.meter === undefined || one.meter === meter));
    const severity = rule?.severity ?? problem.severity;
    const reason = rule?.reason;
    if (severity === 'accepted') {
      accepted.push({ site, ...(meter === undefined ? {} : { meter }), code, reason: reason ?? '', message });
      continue;
    }
    const why = severity === 'error' && reason !== undefined ? `; quality makes it an error: ${reason}` : '';
    (severity === 'error' ? errors : findings).push({ ...problem, severity, message: `${message}${why}` });
  }
  return { errors, findings, accepted };
}
