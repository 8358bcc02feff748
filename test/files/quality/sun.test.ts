import { expect, test } from 'vitest';
import { sunOver } from '../../../src/domain/sun.ts';

const minuteMs = 60_000;

/** Published sunrises and sunsets, UTC, of the places' almanacs. */
const almanac = [
  ['New York, midsummer', 40.7128, -74.006, '2024-06-20T09:25Z', '2024-06-21T00:31Z'],
  ['New York, midwinter', 40.7128, -74.006, '2024-12-21T12:17Z', '2024-12-21T21:32Z'],
  ['London, equinox', 51.5074, -0.1278, '2024-03-20T06:03Z', '2024-03-20T18:13Z'],
  ['Sydney, its summer', -33.8688, 151.2093, '2024-12-20T18:41Z', '2024-12-21T09:05Z'],
  ['Sydney, its winter', -33.8688, 151.2093, '2024-06-20T21:00Z', '2024-06-21T06:54Z'],
  ['Quito, on the equator', -0.1807, -78.4678, '2024-03-20T11:18Z', '2024-03-20T23:25Z'],
  ['Reykjavik, winter', 64.1466, -21.9426, '2024-12-21T11:22Z', '2024-12-21T15:29Z'],
  ['San Francisco, a leap day', 37.7749, -122.4194, '2024-02-29T14:43Z', '2024-03-01T02:03Z'],
] as const;

test.each(almanac)(
  '%s: the sun rises and sets when the almanac says, to four minutes',
  (_, latitude, longitude, rise, set) => {
    const sun = sunOver({ latitude, longitude });
    for (const [time, before, after] of [
      [Date.parse(rise), true, false],
      [Date.parse(set), false, true],
    ] as const) {
      expect(sun.isDown(time - 4 * minuteMs)).toBe(before);
      expect(sun.isDown(time + 4 * minuteMs)).toBe(after);
    }
  },
);

test('beyond the polar circle the sun stays down in winter and up in summer', () => {
  const tromso = sunOver({ latitude: 69.6492, longitude: 18.9553 });
  const [winter, summer] = [Date.UTC(2024, 11, 21), Date.UTC(2024, 5, 21)];
  for (let hour = 0; hour < 24; hour += 1) {
    expect(tromso.isDown(winter + hour * 60 * minuteMs)).toBe(true);
    expect(tromso.isDown(summer + hour * 60 * minuteMs)).toBe(false);
  }
  // At noon it is bright for all that.
  expect(tromso.isDarkThroughout(winter, winter + 24 * 60 * minuteMs)).toBe(false);
});

test('it is dark from the end of civil twilight on', () => {
  const newYork = sunOver({ latitude: 40.7128, longitude: -74.006 });
  const dusk = Date.parse('2024-06-21T01:04Z');
  expect(newYork.isDarkThroughout(dusk - 4 * minuteMs, dusk + 10 * minuteMs)).toBe(false);
  expect(newYork.isDarkThroughout(dusk + 4 * minuteMs, dusk + 60 * minuteMs)).toBe(true);
});

test('a whole day is no night, although it begins and ends in one', () => {
  const chicago = sunOver({ latitude: 41.88, longitude: -87.63 });
  const midnight = Date.parse('2024-03-10T00:00-06:00');
  expect(chicago.isDarkThroughout(midnight, midnight + 23 * 60 * minuteMs)).toBe(false);
  expect(chicago.isDarkThroughout(midnight, midnight + 60 * minuteMs)).toBe(true);
});

test('the order of the questions makes no difference', () => {
  const sun = sunOver({ latitude: -41.29, longitude: 174.78 });
  const hours = Array.from({ length: 200 }, (_, at) => Date.UTC(2024, 1, 27) + at * 47 * minuteMs);
  const forwards = hours.map((hour) => sun.isDown(hour));
  expect(
    hours
      .toReversed()
      .map((hour) => sun.isDown(hour))
      .toReversed(),
  ).toEqual(forwards);
});
