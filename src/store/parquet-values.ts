import { varint, zigzag } from './thrift.ts';

/** Values between this many share a smallest step; DuckDB, Arrow and parquet-mr write blocks of the same size. */
const blockValues = 128;
const miniBlocks = 4;
const miniValues = blockValues / miniBlocks;

/** Equal neighbours of a column: most of its columns are the same from the first row to the last. */
export interface Run<Value> {
  readonly value: Value;
  readonly length: number;
}

/** The runs of what `pick` takes of each item. */
export function findRuns<Item, Value>(items: readonly Item[], pick: (item: Item) => Value): readonly Run<Value>[] {
  const runs: { value: Value; length: number }[] = [];
  let last: { value: Value; length: number } | undefined;
  for (const item of items) {
    const value = pick(item);
    if (last !== undefined && last.value === value) last.length += 1;
    else runs.push((last = { value, length: 1 }));
  }
  return runs;
}

/** Which rows have a value, as Parquet's definition levels of one optional column: runs, behind their length. */
export function encodePresence(runs: readonly Run<boolean>[]): Buffer {
  const encoded = encodeRuns(runs.map(({ value, length }) => ({ value: Number(value), length })));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(encoded.length);
  return Buffer.concat([length, encoded]);
}

/** Numbers below 256, the `RLE` runs of Parquet's hybrid encoding. */
export function encodeRuns(runs: readonly Run<number>[]): Buffer {
  return Buffer.from(runs.flatMap(({ value, length }) => [...varint(length * 2), value]));
}

/** Doubles as they are, eight bytes each. */
export function encodeDoubles(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (let index = 0; index < values.length; index += 1) bytes.writeDoubleLE(values[index] ?? 0, index * 8);
  return bytes;
}

/** Booleans, a bit each. */
export function encodeBooleans(values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] === true) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bytes;
}

/** Texts behind their lengths. */
export function encodeTexts(values: readonly string[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const text = Buffer.from(value, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      return Buffer.concat([length, text]);
    }),
  );
}

/**
 * Whole numbers as steps (`DELTA_BINARY_PACKED`): a series with one step throughout takes a few bytes a block. A mini block
 * whose steps differ keeps them at full width, which is seldom: only where points are missing.
 */
export function encodeSteps(values: readonly number[]): Buffer {
  const head = [...varint(blockValues), ...varint(miniBlocks), ...varint(values.length), ...zigzag(values[0] ?? 0)];
  const parts: Buffer[] = [Buffer.from(head)];
  for (let from = 1; from < values.length; from += blockValues) {
    const to = Math.min(from + blockValues, values.length);
    let least = Infinity;
    for (let at = from; at < to; at += 1) least = Math.min(least, stepTo(values, at));
    const widths: number[] = [];
    const minis: Buffer[] = [];
    for (let mini = from; mini < from + blockValues; mini += miniValues) {
      const end = Math.min(mini + miniValues, to);
      let at = mini;
      while (at < end && stepTo(values, at) === least) at += 1;
      widths.push(at < end ? 64 : 0);
      if (at >= end) continue;
      const wide = Buffer.alloc(miniValues * 8);
      for (; at < end; at += 1) wide.writeBigUInt64LE(BigInt(stepTo(values, at) - least), (at - mini) * 8);
      minis.push(wide);
    }
    parts.push(Buffer.from([...zigzag(least), ...widths]), ...minis);
  }
  return Buffer.concat(parts);
}

function stepTo(values: readonly number[], at: number): number {
  return (values[at] ?? 0) - (values[at - 1] ?? 0);
}
