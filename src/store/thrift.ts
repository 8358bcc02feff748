/** What an element of a list, or a field, is in Thrift's compact protocol. */
const kinds = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** An unsigned whole number in 7-bit groups, the lowest first. Exact up to 2^53. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}

/** A signed whole number as a varint, small ones of either sign short. Exact up to 2^52. */
export function zigzag(value: number): number[] {
  return varint(value < 0 ? -2 * value - 1 : 2 * value);
}

/**
 * Writes one struct of Thrift's compact protocol, as Parquet's page headers and footer are. Fields go in ascending order of
 * their ids; `undefined` leaves one out.
 */
export class ThriftStruct {
  readonly #bytes: number[] = [];
  #lastId = 0;

  i32(id: number, value: number | undefined): this {
    return value === undefined ? this : this.#field(id, kinds.i32, zigzag(value));
  }

  i64(id: number, value: number | undefined): this {
    return value === undefined ? this : this.#field(id, kinds.i64, zigzag(value));
  }

  bool(id: number, value: boolean): this {
    return this.#field(id, value ? kinds.true : kinds.false, []);
  }

  binary(id: number, value: Uint8Array | string): this {
    return this.#field(id, kinds.binary, sized(value));
  }

  struct(id: number, value: ThriftStruct | undefined): this {
    return value === undefined ? this : this.#field(id, kinds.struct, value.end());
  }

  i32s(id: number, values: readonly number[]): this {
    return this.#list(id, kinds.i32, values.map(zigzag));
  }

  binaries(id: number, values: readonly string[]): this {
    return this.#list(id, kinds.binary, values.map(sized));
  }

  structs(id: number, values: readonly ThriftStruct[]): this {
    return this.#list(
      id,
      kinds.struct,
      values.map((value) => value.end()),
    );
  }

  /** The struct's bytes, with its end mark. */
  end(): number[] {
    return [...this.#bytes, 0];
  }

  #list(id: number, kind: number, items: readonly number[][]): this {
    const head = items.length < 15 ? [items.length * 16 + kind] : [0xf0 + kind, ...varint(items.length)];
    return this.#field(id, kinds.list, [...head, ...items.flat()]);
  }

  #field(id: number, kind: number, content: readonly number[]): this {
    this.#bytes.push((id - this.#lastId) * 16 + kind, ...content);
    this.#lastId = id;
    return this;
  }
}

function sized(value: Uint8Array | string): number[] {
  const bytes = Buffer.from(value);
  return [...varint(bytes.length), ...bytes];
}
