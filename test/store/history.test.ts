import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { monthOf, type Span } from '../../src/domain/span.ts';
import { readAllRows } from './parquet-rows.ts';
import { at, dayMs, hourMs, makeWorld, minuteMs, openStore } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };
const epochMs = at('2024-12-20');
const revisionsMs = 7 * dayMs;

type Event =
  | { readonly kind: 'wait'; readonly hours: number }
  | { readonly kind: 'lose'; readonly month: string }
  | {
      readonly kind: 'pull';
      readonly from: number;
      readonly minutes: number;
      readonly answered: number;
      readonly newRun: boolean;
    };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 24 * 20 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      month: fc.constantFrom('2024-12', '2025-01', '2025-02'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pull' as const),
      from: fc.integer({ min: 0, max: 60 * 24 * 60 }),
      minutes: fc.integer({ min: 1, max: 60 * 24 * 60 }),
      // How many of the requests are answered before the run is killed.
      answered: fc.integer({ min: 0, max: 12 }),
      newRun: fc.boolean(),
    }),
  },
);

/** An API with holes, whose values change until they are `revisionsMs` old. */
function valueAt(time: number, askedAt: number, holeEvery: number): number | undefined {
  if (Math.floor(time / (5 * hourMs)) % holeEvery === 0 || time > askedAt) return undefined;
  const revision = Math.floor(Math.min(askedAt - time, revisionsMs) / hourMs);
  return ((time / minuteMs) % 977) + revision * 1000;
}

test('whatever the windows, waits, kills and losses: all that is owed is asked for, nothing else, and the files hold it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 2, maxLength: 9 }),
      fc.record({
        periodSeconds: fc.constantFrom(300, 3600),
        holeEvery: fc.integer({ min: 2, max: 40 }),
        chunkDays: fc.integer({ min: 3, max: 40 }),
      }),
      async (events, { periodSeconds, holeEvery, chunkDays }) => {
        const world = await makeWorld();
        const periodMs = periodSeconds * 1000;
        let nowMs = at('2025-01-10T07:13Z');
        const changed = { revisionsMs, chunkMs: chunkDays * dayMs };
        let store = openStore(world, nowMs, changed);
        let known = false;
        /** By grid point: when it was last asked, and whether by the run that is on. */
        const asked = new Map<number, { readonly askedAt: number; readonly inRun: boolean }>();
        const held = new Map<number, number>();

        const startRun = (): void => {
          for (const [time, { askedAt }] of asked) asked.set(time, { askedAt, inRun: false });
          store = openStore(world, nowMs, changed);
        };
        const owed = (time: number): boolean => {
          const last = asked.get(time);
          return last === undefined || (!last.inRun && time >= last.askedAt - revisionsMs);
        };

        for (const event of events) {
          if (event.kind === 'wait') {
            nowMs += event.hours * hourMs;
            startRun();
          } else if (event.kind === 'lose') {
            await rm(join(world.dir, 'co2_moer', 'CAISO_NORTH', `${event.month}.parquet`), { force: true });
            // An answer without points has no file to lose; the store keeps such answers, a month's share of a request at a time.
            const empty = (await world.coverage.coverage('co2_moer/CAISO_NORTH')).spans.filter((s) => s.points === 0);
            for (const time of [...asked.keys()].filter((time) => monthOf(time) === event.month)) {
              if (!empty.some(({ start, end }) => time >= start && time < end)) asked.delete(time);
              held.delete(time);
            }
            startRun();
          } else {
            const start = epochMs + event.from * minuteMs;
            const wanted: Span = { start, end: start + event.minutes * minuteMs };
            const requests = await store.missing(series, wanted);

            const gridMs = known ? periodMs : 300_000;
            const expected: number[] = [];
            for (let time = Math.ceil(start / gridMs) * gridMs; time < Math.min(wanted.end, nowMs); time += gridMs) {
              if (owed(time)) expected.push(time);
            }
            const requested = requests.flatMap((span) => gridPoints(span, gridMs));
            expect(requested).toEqual(expected);
            expect(requests.every((span) => span.end - span.start <= Math.min(chunkDays, 32) * dayMs)).toBe(true);

            for (const span of requests.slice(0, event.answered)) {
              const points = gridPoints(span, periodMs).flatMap((time) => {
                const value = valueAt(time, nowMs, holeEvery);
                return value === undefined ? [] : [{ time, value, model: '2023-03-01' }];
              });
              await store.add(series, span, { points, periodSeconds, warnings: [] }, nowMs);
              known = true;
              // Also what lies between the periods was asked, should a finer period be tried again.
              for (const time of gridPoints(span, 300_000)) asked.set(time, { askedAt: nowMs, inRun: true });
              for (const { time, value } of points) held.set(time, value);
            }
            if (event.answered >= requests.length) expect(await store.missing(series, wanted)).toMatchObject([]);
            if (event.newRun) startRun();
          }
        }
        const rows = await readAllRows(world.dir).catch(() => []);
        const found = rows.map((row): [number, number] => [row.point_time.getTime(), row.value]);
        expect(found).toEqual([...held].sort(([a], [b]) => a - b));
        await store.close();
        await rm(world.dir, { recursive: true, force: true });
      },
    ),
    { numRuns: 25 },
  );
});

function gridPoints({ start, end }: Span, gridMs: number): readonly number[] {
  const points: number[] = [];
  for (let time = Math.ceil(start / gridMs) * gridMs; time < end; time += gridMs) points.push(time);
  return points;
}
