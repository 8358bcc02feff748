import * as fc from 'fast-check';
import { IANAZone } from 'luxon';
import { expect, test } from 'vitest';
import { openZone } from '../../src/domain/zone.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function zone(name: string) {
  const opened = openZone(name);
  if (opened === undefined) throw new Error(`no zone ${name}`);
  return opened;
}

test('a name that is no zone opens nothing', () => {
  expect(openZone('US/Estern')).toBeUndefined();
});

test('the doubled hour of autumn has two instants, the missing hour of spring none', () => {
  const newYork = zone('America/New_York');
  expect(newYork.instantsOf(Date.UTC(2023, 10, 5, 1, 30))).toEqual([
    Date.UTC(2023, 10, 5, 5, 30),
    Date.UTC(2023, 10, 5, 6, 30),
  ]);
  expect(newYork.instantsOf(Date.UTC(2023, 2, 12, 2, 30))).toEqual([]);
  expect(newYork.instantsOf(Date.UTC(2023, 10, 5, 2, 0))).toEqual([Date.UTC(2023, 10, 5, 7)]);
  expect(newYork.instantsOf(Date.UTC(2023, 10, 5, 0, 59))).toEqual([Date.UTC(2023, 10, 5, 4, 59)]);
});

test.each([
  ['America/Chicago', '2025-03-09', 23],
  ['America/Chicago', '2024-11-03', 25],
  ['America/Chicago', '2025-06-01', 24],
  ['Australia/Sydney', '2024-10-06', 23],
  ['Australia/Sydney', '2025-04-06', 25],
  ['Australia/Lord_Howe', '2024-10-06', 23.5],
  ['Asia/Kolkata', '2024-10-06', 24],
  ['America/Havana', '2024-11-03', 25],
  ['Africa/Cairo', '2024-04-26', 23],
])('in %s the day %s has %d hours', (name, date, hours) => {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const opened = zone(name);
  expect((opened.startOfDay(midnight + dayMs) - opened.startOfDay(midnight)) / hourMs).toBe(hours);
});

test('the change that made an hour double or missing is found', () => {
  expect(zone('America/Chicago').transitionNear(Date.UTC(2024, 10, 3, 1, 30))).toEqual({
    at: Date.UTC(2024, 10, 3, 7),
    beforeMs: -5 * hourMs,
    afterMs: -6 * hourMs,
  });
  expect(zone('America/Chicago').transitionNear(Date.UTC(2024, 5, 3))).toBeUndefined();
});

test('offsets are those of the zone database, and every instant comes back from its wall time', () => {
  const names = ['America/New_York', 'Australia/Sydney', 'Europe/Berlin', 'America/Havana', 'Pacific/Apia', 'UTC'];
  const opened = new Map(names.map((name) => [name, zone(name)]));
  const moment = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) });
  fc.assert(
    fc.property(fc.constantFrom(...names), moment, (name, instant) => {
      const offsetMs = opened.get(name)?.offsetMsAt(instant);
      expect(offsetMs).toBe(IANAZone.create(name).offset(instant) * 60_000);
      expect(opened.get(name)?.instantsOf(instant + (offsetMs ?? 0))).toContain(instant);
    }),
    { numRuns: 400 },
  );
});
