import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packPoints, unpackPoints } from '../../src/store/packed-points.ts';

test('packed points come back as they were', () => {
  const point = fc.record({
    time: fc.integer(),
    value: fc.double({ noNaN: true }),
    model: fc.constantFrom('2023-03-01', '2022-10-01', undefined),
    imputed: fc.constantFrom(true, false, undefined),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 100 }), (points) => {
      expect(unpackPoints(packPoints(points))).toEqual(points);
    }),
  );
});
