import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEnergy, formatInstant, formatWithOffset, roundEnergy } from '../../src/domain/canonical.ts';

test('energies are written without noise, without an exponent and without a negative zero', () => {
  const written = [0.1 + 0.2, 1e-6, -0, 1.0000005, 5e-7, -1.25, 1e-9, 123456789.123456, 3].map((energy) =>
    formatEnergy(roundEnergy(energy)),
  );
  expect(written).toEqual(['0.3', '0.000001', '0', '1.000001', '0.000001', '-1.25', '0', '123456789.123456', '3']);
});

test('writing and reading an energy again changes nothing', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e8, max: 1e8, noNaN: true }), (energy) => {
      const rounded = roundEnergy(energy);
      const text = formatEnergy(rounded);
      expect(text).toMatch(/^-?\d+(?:\.\d{1,6})?$/);
      expect(formatEnergy(roundEnergy(Number(text)))).toBe(text);
      expect(Math.abs(Number(text) - energy)).toBeLessThanOrEqual(5.1e-7);
    }),
  );
});

test('instants are written in UTC, event times with their own offset', () => {
  expect(formatInstant(Date.UTC(2025, 0, 1, 6))).toBe('2025-01-01T06:00:00+00:00');
  expect(formatWithOffset(Date.UTC(2021, 0, 1, 22), -5 * 3_600_000)).toBe('2021-01-01 17:00:00-05:00');
  expect(formatWithOffset(Date.UTC(2021, 0, 1, 12), 5.5 * 3_600_000)).toBe('2021-01-01 17:30:00+05:30');
});
