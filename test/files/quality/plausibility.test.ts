import { expect, test } from 'vitest';
import { findAboveNameplate } from '../../../src/files/quality/above-nameplate.ts';
import { findAfterToday, findBeforeOperation } from '../../../src/files/quality/dates.ts';
import { findingsAt } from '../../../src/files/quality/findings-at.ts';
import { findQuality } from '../../../src/files/quality/find-quality.ts';
import { findNegatives } from '../../../src/files/quality/negatives.ts';
import { findNightProduction } from '../../../src/files/quality/night-production.ts';
import { findOutliers } from '../../../src/files/quality/outliers.ts';
import { bills, dayMs, every, hourMs, seriesOf, times, type Row } from './series-of.ts';

const start = Date.UTC(2025, 0, 1);
const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);

test('a value is an outlier above three interquartile ranges over the median, and not at it', () => {
  // Quartiles 2, 3 and 4 of 1..5 repeated: the limit is 3 + 3 * 2 = 9.
  const usual = Array.from({ length: 1000 }, (_, at) => 1 + (at % 5));
  expect(findOutliers(seriesOf(every(start, hourMs, [...usual, 9])))).toEqual([]);
  const [finding] = findOutliers(seriesOf(every(start, hourMs, [...usual, 9.5])));
  expect(finding).toMatchObject({
    code: 'meter.outlier',
    line: 1002,
    data: { rows: 1, medianPerHour: 3, lowerQuartilePerHour: 2, upperQuartilePerHour: 4, limitPerHour: 9 },
  });
});

test('a long interval is no outlier for its length, zeros say nothing of the usual, and equal values have no outlier', () => {
  const usual = Array.from({ length: 960 }, (_, at) => 1 + (at % 5));
  const day: Row = { start: start + 960 * hourMs, end: start + 984 * hourMs, energy: 24 * 3 };
  expect(findOutliers(seriesOf([...every(start, hourMs, usual), day]))).toEqual([]);
  const roof = Array.from({ length: 24 * 60 }, (_, at) =>
    at % 24 > 6 && at % 24 < 18 ? 6 - Math.abs(12 - (at % 24)) : 0,
  );
  expect(findOutliers(seriesOf(every(start, hourMs, roof)))).toEqual([]);
  expect(findOutliers(seriesOf(every(start, hourMs, [...times(100, 1), 50])))).toEqual([]);
});

test('negative consumption is noticed, unless the manifest says what the signs mean or the asset generates', () => {
  const rows = every(start, hourMs, [1, -2, 3]);
  expect(findNegatives(seriesOf(rows))).toMatchObject([{ code: 'meter.negative', line: 3, data: { rows: 1 } }]);
  expect(findNegatives(seriesOf(rows, { signsAreRight: true }))).toEqual([]);
  const kinds = [
    'solar',
    'storage_direct',
    'electrification_eemetered',
    'vehicle_charging',
    'something_new',
    undefined,
  ];
  const noticed = kinds.map((kind) =>
    codes(findQuality(seriesOf(rows, { subject: { kind } }), new Set())).includes('meter.negative'),
  );
  expect(noticed).toEqual([false, false, true, true, true, true]);
});

/** A roof's days: production in proportion to the sun, local solar time at noon `noonUtc`. */
function roof(from: number, noonUtc: number, sign: 1 | -1): readonly Row[] {
  const energies = Array.from({ length: 24 * 30 }, (_, at) => {
    const height = Math.cos(((at % 24) + 0.5 - noonUtc) * (Math.PI / 12));
    return sign * (height > 0.5 ? 5 * height : -0.05);
  });
  return every(from, hourMs, energies);
}

test.each([
  ['Riverside, Iowa', { latitude: 41.48, longitude: -91.58 }, 18.1],
  ['Sydney', { latitude: -33.87, longitude: 151.21 }, 1.9],
] as const)(
  'a roof in %s makes nothing at night, in either sign; the same file twelve hours off does',
  (_, coordinates, noon) => {
    for (const month of [0, 3, 6, 9]) {
      const from = Date.UTC(2024, month, 1);
      for (const sign of [1, -1] as const) {
        expect(findNightProduction(seriesOf(roof(from, noon, sign), { subject: { coordinates } }))).toEqual([]);
        const shifted = seriesOf(roof(from, noon + 12, sign), { subject: { coordinates } });
        expect(codes(findNightProduction(shifted))).toEqual(['meter.night-production']);
      }
    }
  },
);

test('standby at night, an unknown place and a whole day are no night production', () => {
  const coordinates = { latitude: 41.48, longitude: -91.58 };
  const night = { start: start + 6 * hourMs, end: start + 7 * hourMs };
  const noon = { start: start + 18 * hourMs, end: start + 19 * hourMs, energy: 5 };
  const at = (energy: number) => seriesOf([{ ...night, energy }, noon], { subject: { coordinates } });
  expect(findNightProduction(at(0.1))).toEqual([]);
  expect(findNightProduction(at(-2))).toEqual([]);
  expect(codes(findNightProduction(at(0.2)))).toEqual(['meter.night-production']);
  expect(findNightProduction(seriesOf([{ ...night, energy: 9 }]))).toEqual([]);
  expect(
    findNightProduction(seriesOf(every(start + 6 * hourMs, dayMs, times(30, 20)), { subject: { coordinates } })),
  ).toEqual([]);
});

test('a roof cannot give more than its nameplate and one percent', () => {
  const quarter = every(start, hourMs / 4, [1.9, -1.919, 1.93]);
  const [finding] = findAboveNameplate(seriesOf(quarter, { subject: { nameplateKw: 7.6 } }));
  expect(finding).toMatchObject({ code: 'meter.above-nameplate', line: 4, data: { rows: 1, mostKw: 7.72 } });
  expect(findAboveNameplate(seriesOf(quarter))).toEqual([]);
});

test('readings before the local day of operation are noticed when they are not zero', () => {
  const rows = every(Date.parse('2025-03-09T22:00-05:00'), hourMs, [0, 2, 3, 4]);
  const at = (operationDate: string) =>
    findBeforeOperation(seriesOf(rows, { zone: 'America/Chicago', subject: { operationDate } }));
  expect(at('2025-03-10')).toMatchObject([{ code: 'meter.before-operation', line: 3, data: { rows: 1 } }]);
  expect(at('2025-03-09')).toEqual([]);
});

test('what ends after today is noticed until that day has come, in the zone of the site', () => {
  const rows = every(Date.parse('2025-06-10T12:00-05:00'), hourMs, times(6));
  const dated = findAfterToday(seriesOf(rows, { zone: 'America/Chicago' }));
  expect(codes(findingsAt(dated, Date.parse('2025-06-09T23:59-05:00')))).toEqual(['meter.after-today']);
  expect(findingsAt(dated, Date.parse('2025-06-10T00:00-05:00'))).toEqual([]);
  expect(findingsAt(dated, Date.parse('2025-06-09T23:59-05:00'))[0]).not.toHaveProperty('holds');
});

test('a bill that ends today is no bill of the future', () => {
  const dated = findAfterToday(seriesOf(bills('2025-05-10', [31]), { kind: 'bills', zone: 'Australia/Sydney' }));
  expect(findingsAt(dated, Date.parse('2025-06-09T00:00+10:00'))).toEqual([]);
  expect(codes(findingsAt(dated, Date.parse('2025-06-08T23:00+10:00')))).toEqual(['meter.after-today']);
});
