import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MoerPoint } from '../../src/domain/moer.ts';
import { openParquet } from '../../src/store/parquet.ts';
import { encodeMoerFile } from '../../src/store/write-parquet.ts';
import { readRows } from './parquet-rows.ts';
import { makeFolder, minuteMs } from './store-at.ts';

const points: fc.Arbitrary<readonly MoerPoint[]> = fc
  .array(
    fc.record({
      // Mostly the next period, now and then a hole or an odd minute.
      step: fc.oneof({ weight: 8, arbitrary: fc.constant(5) }, fc.integer({ min: 1, max: 20_000 })),
      value: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
      model: fc.option(fc.constantFrom('2023-03-01', '2024-10-01', 'é'), { nil: undefined }),
      imputed: fc.option(fc.boolean(), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 700 },
  )
  .map((rows) => {
    let time = Date.UTC(2025, 0, 1);
    return rows.map(({ step, ...rest }) => ({ time: (time += step * minuteMs), ...rest }));
  });

test('two readers that are not the writer see exactly the points that were written', async () => {
  const folder = await makeFolder();
  let files = 0;
  const engine = await openParquet();
  const series = { signal: 'co2_moer', region: 'São Paulo' };
  await fc.assert(
    fc.asyncProperty(points, async (written) => {
      // A file of its own: the store never writes into one that is there, and DuckDB keeps pages of those it has read.
      const path = join(folder, `${String((files += 1))}.parquet`);
      await writeFile(path, encodeMoerFile(written, series));
      expect(await engine.read(path, series)).toEqual(written);
      const rows = await readRows(path);
      expect(rows).toEqual(
        written.map(({ time, value, model, imputed }) => ({
          ...series,
          point_time: new Date(time),
          value,
          model: model ?? null,
          imputed: imputed ?? null,
        })),
      );
    }),
    { numRuns: 40 },
  );
  engine.close();
});
