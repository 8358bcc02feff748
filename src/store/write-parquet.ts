import { gzipSync } from 'node:zlib';
import type { MoerPoint, Series } from '../domain/moer.ts';
import {
  encodeBooleans,
  encodeDoubles,
  encodePresence,
  encodeRuns,
  encodeSteps,
  encodeTexts,
  findRuns,
  type Run,
} from './parquet-values.ts';
import { ThriftStruct } from './thrift.ts';

/** The numbers Parquet gives its types, encodings and codecs (parquet-format, `parquet.thrift`). */
const types = { boolean: 0, int64: 2, double: 5, byteArray: 6 } as const;
const encodings = { plain: 0, rle: 3, deltaBinaryPacked: 5, rleDictionary: 8 } as const;
const codecs = { none: 0, gzip: 2 } as const;
const optional = 1;
const magic = Buffer.from('PAR1');

interface Column {
  readonly name: string;
  readonly type: number;
  /** Fields 6 and 10 of the schema's element: what the bytes mean, in the older form and the newer. */
  readonly converted?: number;
  readonly logical?: ThriftStruct;
  readonly encoding: number;
  readonly codec: number;
  readonly presence: readonly Run<boolean>[];
  readonly values: Buffer;
  /** Texts that `values` are numbers of. */
  readonly dictionary?: readonly string[];
  /** Smallest and largest value, as PLAIN bytes, for readers that skip whole files. */
  readonly bounds?: { readonly min: Buffer; readonly max: Buffer };
}

/**
 * The bytes of a month's Parquet file: the points, sorted by time, in the columns of `docs/moer.md`, one row group. A month
 * of five-minute points takes about a millisecond and 25 kB; a general library starts in longer than that.
 */
export function encodeMoerFile(points: readonly MoerPoint[], { region, signal }: Series): Buffer {
  const all: readonly Run<boolean>[] = [{ value: true, length: points.length }];
  const columns: readonly Column[] = [
    { ...timeColumn(points), presence: all },
    {
      name: 'value',
      type: types.double,
      encoding: encodings.plain,
      codec: codecs.gzip,
      presence: all,
      values: encodeDoubles(points.map(({ value }) => value)),
    },
    textColumn('region', [{ value: region, length: points.length }]),
    textColumn('signal', [{ value: signal, length: points.length }]),
    textColumn(
      'model',
      findRuns(points, ({ model }) => model),
    ),
    {
      name: 'imputed',
      type: types.boolean,
      encoding: encodings.plain,
      codec: codecs.none,
      presence: findRuns(points, ({ imputed }) => imputed !== undefined),
      values: encodeBooleans(points.map(({ imputed }) => imputed).filter((imputed) => imputed !== undefined)),
    },
  ];
  const parts: Buffer[] = [magic];
  let offset = magic.length;
  const chunks = columns.map((column) => {
    const chunk = writeChunk(column, points.length, offset);
    parts.push(chunk.bytes);
    offset += chunk.bytes.length;
    return chunk;
  });
  const footer = Buffer.from(describeFile(columns, chunks, points.length).end());
  const footerLength = Buffer.alloc(4);
  footerLength.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, footerLength, magic]);
}

function timeColumn(points: readonly MoerPoint[]): Omit<Column, 'presence'> {
  const micros = points.map(({ time }) => Math.round(time * 1000));
  const bytesOf = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  };
  const microseconds = new ThriftStruct().struct(2, new ThriftStruct());
  return {
    name: 'point_time',
    type: types.int64,
    converted: 10,
    logical: new ThriftStruct().struct(8, new ThriftStruct().bool(1, true).struct(2, microseconds)),
    encoding: encodings.deltaBinaryPacked,
    codec: codecs.none,
    values: encodeSteps(micros),
    bounds: { min: bytesOf(micros[0] ?? 0), max: bytesOf(micros.at(-1) ?? 0) },
  };
}

function textColumn(name: string, runs: readonly Run<string | undefined>[]): Column {
  const numbers = new Map<string, number>();
  const used: Run<number>[] = [];
  for (const { value, length } of runs) {
    if (value === undefined) continue;
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    used.push({ value: number, length });
  }
  if (numbers.size > 256) throw new RangeError(`a month has ${String(numbers.size)} values of ${name}, not a few`);
  const shared = {
    name,
    type: types.byteArray,
    converted: 0,
    logical: new ThriftStruct().struct(1, new ThriftStruct()),
    codec: codecs.none,
    presence: runs.map(({ value, length }) => ({ value: value !== undefined, length })),
  };
  if (numbers.size === 0) return { ...shared, encoding: encodings.plain, values: Buffer.alloc(0) };
  return {
    ...shared,
    encoding: encodings.rleDictionary,
    // The width of the numbers, in bits, comes first.
    values: Buffer.concat([Buffer.from([8]), encodeRuns(used)]),
    dictionary: [...numbers.keys()],
  };
}

interface Chunk {
  readonly bytes: Buffer;
  readonly dictionaryAt: number | undefined;
  readonly dataAt: number;
  readonly plainBytes: number;
}

function writeChunk(column: Column, rows: number, offset: number): Chunk {
  const { dictionary } = column;
  const dictionaryPage =
    dictionary &&
    page(2, encodeTexts(dictionary), column.codec, (header) =>
      header.struct(7, new ThriftStruct().i32(1, dictionary.length).i32(2, encodings.plain)),
    );
  const dataPage = page(0, Buffer.concat([encodePresence(column.presence), column.values]), column.codec, (header) =>
    header.struct(
      5,
      new ThriftStruct().i32(1, rows).i32(2, column.encoding).i32(3, encodings.rle).i32(4, encodings.rle),
    ),
  );
  const dictionaryLength = dictionaryPage?.bytes.length ?? 0;
  return {
    bytes: Buffer.concat([dictionaryPage?.bytes ?? Buffer.alloc(0), dataPage.bytes]),
    dictionaryAt: dictionaryPage && offset,
    dataAt: offset + dictionaryLength,
    plainBytes: (dictionaryPage?.plainBytes ?? 0) + dataPage.plainBytes,
  };
}

function page(
  type: number,
  plain: Buffer,
  codec: number,
  describe: (header: ThriftStruct) => ThriftStruct,
): { readonly bytes: Buffer; readonly plainBytes: number } {
  const body = codec === codecs.gzip ? gzipSync(plain, { level: 1 }) : plain;
  const header = Buffer.from(describe(new ThriftStruct().i32(1, type).i32(2, plain.length).i32(3, body.length)).end());
  return { bytes: Buffer.concat([header, body]), plainBytes: header.length + plain.length };
}

function describeFile(columns: readonly Column[], chunks: readonly Chunk[], rows: number): ThriftStruct {
  const schema = columns.map(({ name, type, converted, logical }) =>
    new ThriftStruct().i32(1, type).i32(3, optional).binary(4, name).i32(6, converted).struct(10, logical),
  );
  const described = columns.map((column, index) => describeChunk(column, chunks[index], rows));
  const allBytes = chunks.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
  return (
    new ThriftStruct()
      .i32(1, 1)
      .structs(2, [new ThriftStruct().binary(4, 'moer').i32(5, columns.length), ...schema])
      .i64(3, rows)
      .structs(4, [new ThriftStruct().structs(1, described).i64(2, allBytes).i64(3, rows)])
      .binary(6, 'wattlift')
      // Without an order readers may not trust the bounds.
      .structs(
        7,
        columns.map(() => new ThriftStruct().struct(1, new ThriftStruct())),
      )
  );
}

function describeChunk(column: Column, chunk: Chunk | undefined, rows: number): ThriftStruct {
  const { name, type, encoding, codec, bounds } = column;
  const nulls = column.presence.reduce((count, { value, length }) => count + (value ? 0 : length), 0);
  const statistics = new ThriftStruct().i64(3, nulls);
  if (bounds) statistics.binary(5, bounds.max).binary(6, bounds.min);
  const used = column.dictionary ? [encodings.plain, encodings.rle, encoding] : [encodings.rle, encoding];
  const meta = new ThriftStruct()
    .i32(1, type)
    .i32s(2, used)
    .binaries(3, [name])
    .i32(4, codec)
    .i64(5, rows)
    .i64(6, chunk?.plainBytes)
    .i64(7, chunk?.bytes.length)
    .i64(9, chunk?.dataAt)
    .i64(11, chunk?.dictionaryAt)
    .struct(12, statistics);
  return new ThriftStruct().i64(2, chunk?.dictionaryAt ?? chunk?.dataAt).struct(3, meta);
}
