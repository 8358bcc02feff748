import { formatDate } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import { dayMs, hourMs } from '../time/cadence.ts';
import type { DailyCoverage } from './daily-coverage.ts';
import { operationWall, warn, type Series } from './series.ts';

/** CalTRACK 2.2.1.1 and 2.2.1.2: 365 days, of which 37 (a tenth) may be missing. */
const baselineDays = 365;
const allowedMissing = 37;

/** CalTRACK 2.2.1.2, hourly methods: this share of the hours of a calendar month must be exceeded. */
const neededShare = 0.9;

/** The 365 days before operation: how many lack data (CalTRACK 2.2.1.2). A day needs half of its hours (2.2.2.1). */
export function findMissingBaseline(series: Series, coverage: DailyCoverage): readonly Problem[] {
  const operation = operationWall(series);
  if (operation === undefined) return [];
  let missing = 0;
  let firstMissing: number | undefined;
  for (let wall = operation - baselineDays * dayMs; wall < operation; wall += dayMs) {
    if (coverage.hasData(wall)) continue;
    missing += 1;
    firstMissing ??= wall;
  }
  if (missing <= allowedMissing) return [];
  const [from, to] = [formatDate(operation - baselineDays * dayMs), formatDate(operation)];
  const all = missing === baselineDays ? '; is commencedOperationDate right?' : '';
  const message = `${String(missing)} of the ${String(baselineDays)} days before operation (${from} to ${to}) have no data; at most ${String(allowedMissing)} may be missing (CalTRACK 2.2.1.2)${all}`;
  return [
    warn(series, 0, 'meter.baseline-days', message, {
      missing,
      allowed: allowedMissing,
      from,
      to,
      firstMissing: formatDate(firstMissing ?? operation),
    }),
  ];
}

/**
 * Calendar months of the year before operation of which a tenth of the hours or more are missing (CalTRACK 2.2.1.2, hourly
 * methods). Only asked where the days of that year are enough, and silent where most readings are longer than an hour.
 */
export function findSparseMonths(series: Series, coverage: DailyCoverage): readonly Problem[] {
  const { readings } = series;
  const operation = operationWall(series);
  if (operation === undefined) return [];
  let rows = 0;
  const months = new Map<string, { coveredMs: number; lengthMs: number }>();
  for (let wall = operation - baselineDays * dayMs; wall < operation; wall += dayMs) {
    const month = formatDate(wall).slice(0, 7);
    const sums = months.get(month) ?? { coveredMs: 0, lengthMs: 0 };
    sums.coveredMs += coverage.coveredMs(wall);
    sums.lengthMs += coverage.lengthMs(wall);
    months.set(month, sums);
  }
  for (let at = 0; at < readings.length; at += 1) if (readings.durationMs(at) <= hourMs) rows += 1;
  if (2 * rows <= readings.length) return [];
  const sparse = [...months].filter(([, sums]) => sums.coveredMs <= neededShare * sums.lengthMs);
  const [first] = sparse;
  if (first === undefined) return [];
  const percent = ([, sums]: (typeof sparse)[number]): number => Math.floor((100 * sums.coveredMs) / sums.lengthMs);
  const message = `${String(sparse.length)} calendar months of the year before operation have 90 % of their hours or less, the first is ${first[0]} with ${String(percent(first))} % (CalTRACK 2.2.1.2, hourly methods)`;
  const shown = sparse.map((month) => ({ month: month[0], percent: percent(month) }));
  return [warn(series, 0, 'meter.month-hours', message, { months: shown })];
}
