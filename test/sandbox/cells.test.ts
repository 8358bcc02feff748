import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { divide, unite } from '../../src/sandbox/watttime/cells.ts';
import { type Polygon, type Position, type Ring, box, contains, turnOf } from '../../src/sandbox/watttime/ring.ts';

const envelope = box(-10, -10, 10, 10);
const degree = fc.double({ min: -9.9, max: 9.9, noNaN: true });
const place = fc.tuple(degree, degree);
/** Towns at least a tenth of a degree apart, as towns are. */
const towns = fc.uniqueArray(place, {
  minLength: 2,
  maxLength: 12,
  comparator: (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) < 0.1,
});

const squareOf = (from: Position, to: Position): number => (from[0] - to[0]) ** 2 + (from[1] - to[1]) ** 2;

test('a point lies in the cell of the town it is nearest to', () => {
  fc.assert(
    fc.property(towns, place, (all, point) => {
      const [nearest, second] = all.toSorted((a, b) => squareOf(a, point) - squareOf(b, point));
      // Corners are rounded to 11 m: at a border either side is right.
      fc.pre(!!nearest && !!second && squareOf(second, point) - squareOf(nearest, point) > 0.01);
      const owners = divide(envelope, all).flatMap((cell, index) => (contains([cell], ...point) ? [all[index]] : []));
      expect(owners).toEqual([nearest]);
    }),
  );
});

test('cells fill their envelope and turn counter-clockwise', () => {
  fc.assert(
    fc.property(towns, (all) => {
      const turns = divide(envelope, all).map(turnOf);
      expect(turns.every((turn) => turn > 0)).toBe(true);
      expect(turns.reduce((sum, turn) => sum + turn, 0)).toBeCloseTo(turnOf(envelope), 1);
    }),
  );
});

/** A town on each crossing of a grid of seven by seven, none quite on it: no four cells meet at a corner. */
const grid = Array.from({ length: 49 }, (_, index): Position => {
  const [column, row] = [index % 7, Math.floor(index / 7)];
  return [column * 2.8 - 8.4 + ((index * 37) % 11) / 20, row * 2.8 - 8.4 + ((index * 53) % 13) / 20];
});
const cells = divide(envelope, grid);
const unionOf = (holds: (column: number, row: number) => boolean): readonly Polygon[] =>
  unite(cells.filter((_, index) => holds(index % 7, Math.floor(index / 7))));
const areaOf = (polygons: readonly Polygon[]): number =>
  polygons.flat().reduce((sum, ring: Ring) => sum + turnOf(ring), 0);

test('the union of all cells is their envelope', () => {
  const union = unionOf(() => true);
  expect(union).toHaveLength(1);
  expect(union[0]).toHaveLength(1);
  expect(areaOf(union)).toBeCloseTo(turnOf(envelope), 3);
});

test('what cells surround becomes a hole, and lies outside', () => {
  const union = unionOf((column, row) => column !== 3 || row !== 3);
  expect(union.map((polygon) => polygon.length)).toEqual([2]);
  const hole = union[0]?.[1] ?? [];
  expect(turnOf(hole)).toBeLessThan(0);
  const middle = grid[24] ?? [0, 0];
  expect(union.some((polygon) => contains(polygon, ...middle))).toBe(false);
  expect(areaOf(union) + turnOf(cells[24] ?? [])).toBeCloseTo(turnOf(envelope), 3);
});

test('cells apart from each other become a polygon each', () => {
  const union = unionOf((column) => column === 0 || column === 6);
  expect(union.map((polygon) => polygon.length)).toEqual([1, 1]);
});
