import { rulesOf } from './asset-rules.ts';
import { findAboveNameplate } from './above-nameplate.ts';
import { findMissingBaseline, findSparseMonths } from './baseline.ts';
import { findBillSides, findOddBills } from './bill-rules.ts';
import { findCadenceChanges } from './cadence-changes.ts';
import { coverDays } from './daily-coverage.ts';
import { findAfterToday, findBeforeOperation } from './dates.ts';
import { findEstimated } from './estimated-share.ts';
import { findBillsForEvents, findShortEventBaselines, findUnmeasuredEvents } from './event-rules.ts';
import { findGaps } from './gaps.ts';
import { findNegatives } from './negatives.ts';
import { findNightProduction } from './night-production.ts';
import { findOutliers } from './outliers.ts';
import { findOverlaps } from './overlaps.ts';
import type { DatedProblem, Series } from './series.ts';

/** The checks of what one kind of asset wants of its data (`asset-rules.ts`). */
function findSufficiency(series: Series): readonly DatedProblem[] {
  const rules = rulesOf(series.subject.kind);
  const { readings } = series;
  if (readings.kind === 'bills') {
    return [
      ...(rules.yearBefore ? [...findOddBills(series), ...findBillSides(series)] : []),
      ...(rules.events && series.type === 'electricity' ? findBillsForEvents(series) : []),
    ];
  }
  const events = rules.events && series.type === 'electricity' && series.subject.events.length > 0;
  if (!rules.yearBefore && !events) return [];
  const coverage = coverDays(readings, series.zone);
  const missing = rules.yearBefore ? findMissingBaseline(series, coverage) : [];
  return [
    ...missing,
    ...(rules.yearBefore && missing.length === 0 ? findSparseMonths(series, coverage) : []),
    ...(events ? [...findShortEventBaselines(series, coverage), ...findUnmeasuredEvents(series)] : []),
  ];
}

/**
 * Everything worth a word about a meter's readings: whether the series is whole, whether its values can be, and whether it is
 * enough for its kind of asset. Warnings, each with its rule in `docs/quality.md`; the manifest may raise or accept them.
 * Linear in the number of readings. What is `known` of the files already is not said again.
 */
export function findQuality(series: Series, known: ReadonlySet<string>): readonly DatedProblem[] {
  if (series.readings.length === 0) return [];
  const rules = rulesOf(series.subject.kind);
  return [
    ...findGaps(series),
    ...findOverlaps(series),
    ...(known.has('meter.cadence-change') ? [] : findCadenceChanges(series)),
    ...findEstimated(series),
    ...findAfterToday(series),
    ...(rules.consumes ? findNegatives(series) : []),
    ...(rules.steady ? findOutliers(series) : []),
    ...(rules.sunlit ? [...findNightProduction(series), ...findAboveNameplate(series)] : []),
    ...(rules.startsAtOperation ? findBeforeOperation(series) : []),
    ...findSufficiency(series),
  ];
}
