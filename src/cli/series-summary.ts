import type { Learned } from '../run/tally.ts';
import { seriesCount, type SeriesSummary } from '../steps/moer-count.ts';
import { formatTable } from './table.ts';

/** Series a person is shown one by one, and stretches of one series. */
const shownSeries = 20;
const shownGaps = 3;

const reasons: Readonly<Record<NonNullable<SeriesSummary['gaps']>[number]['kind'], string>> = {
  'before-data': 'before the first data',
  unpublished: 'not published yet',
  hole: 'did not come',
  'not-asked': 'not asked yet',
};

/** The series among what a run's shared items learned, by region and signal. */
export function readSeries(learned: readonly Learned[]): readonly SeriesSummary[] {
  const series = learned.filter(({ step }) => step === 'moer').map(({ result }) => seriesCount.parse(result));
  return series.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** All series in one figure each, for a log line. */
export function sumSeries(
  series: readonly SeriesSummary[],
): Readonly<Record<'series' | 'expected' | 'received' | 'missing', number>> {
  const sum = (pick: (one: SeriesSummary) => number | undefined): number =>
    series.reduce((total, one) => total + (pick(one) ?? 0), 0);
  return {
    series: series.length,
    expected: sum(({ expected }) => expected),
    received: sum(({ received }) => received),
    missing: sum(({ missing }) => missing),
  };
}

/** A table of the series, those that miss most first, with where points are missing and why. Empty without series. */
export function formatSeries(series: readonly SeriesSummary[]): string {
  if (series.length === 0) return '';
  const worstFirst = series.toSorted((a, b) => (b.missing ?? 0) - (a.missing ?? 0));
  const rows = worstFirst
    .slice(0, shownSeries)
    .map((one) => [nameOf(one), one.expected ?? '-', one.received, one.missing ?? '-', describeGaps(one)]);
  const left = series.length - rows.length;
  const more = left > 0 ? `... and ${String(left)} more; --json lists all\n` : '';
  return formatTable([['MOER points', 'expected', 'received', 'missing', 'where'], ...rows]) + more;
}

function describeGaps({ gaps = [], gapsNotListed = 0 }: SeriesSummary): string {
  const longest = gaps.toSorted((a, b) => b.points - a.points).slice(0, shownGaps);
  const more = gaps.length - longest.length + gapsNotListed;
  const shown = gaps
    .filter((gap) => longest.includes(gap))
    .map(({ from, to, points, kind }) => `${String(points)} ${reasons[kind]} (${from} to ${to})`);
  return [...shown, ...(more > 0 ? [`${String(more)} shorter stretches`] : [])].join(', ');
}

function nameOf({ region = '', signal = '' }: SeriesSummary): string {
  return `${region} ${signal}`;
}
