import type { DataKind, Quality } from '../../domain/meter-data.ts';
import type { Zone } from '../../domain/zone.ts';
import type { NumberColumn } from './packed-numbers.ts';
import { isSteady } from './sort-rows.ts';
import { PackedNumbers } from './packed-numbers.ts';
import { type Tally, tallyOf } from './tally.ts';

/** One reading, ready to be added. */
export interface Reading {
  /** For intervals an instant; for bills a wall midnight. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** In the canonical unit, rounded. */
  readonly energy: number;
  readonly quality: Quality;
  /** Where it was written: index into the meter's files, and physical line. */
  readonly file: number;
  readonly line: number;
}

/** A meter's readings in order of time, each moment once; places run from 0 to `length` - 1. Reading in that order is fastest. */
export interface OrderedReadings {
  readonly kind: DataKind;
  readonly length: number;
  /** For intervals instants; for bills wall midnights. */
  start(at: number): number;
  /** Exclusive. */
  end(at: number): number;
  /** From start to end. */
  durationMs(at: number): number;
  /** What all of them last; undefined where they differ. */
  readonly uniformMs: number | undefined;
  /** True when each begins at the moment the one before it ends, and all last the same. */
  readonly gapless: boolean;
  /** True when nothing is said of the quality of any. */
  readonly measured: boolean;
  /** In the canonical unit, rounded. */
  energy(at: number): number;
  /** Copies starts, or energies, from a place on; gives how many. Best in blocks of `blockLength`, from the first on. */
  readStarts(from: number, into: Float64Array): number;
  readEnergies(from: number, into: Float64Array): number;
  /** How often each energy occurs; undefined where that takes more than a small table. */
  tallyEnergies(): Tally | undefined;
  quality(at: number): Quality;
  /** Index into the meter's files. */
  file(at: number): number;
  /** 1-based physical line. */
  line(at: number): number;
}

/** What a file's reading needs to know of its meter. */
export interface MeterContext {
  readonly zone: Zone | undefined;
  /** From kWh to the canonical unit: therms where the manifest wants gas in therms. */
  readonly fromKwh: (kwh: number) => number;
  /** The canonical unit. */
  readonly unit: 'kWh' | 'therm';
}

const qualities: readonly Quality[] = ['measured', 'estimated', 'substituted', 'validated'];

/** The number that stands for a quality in a packed column. */
export function qualityNumber(quality: Quality): number {
  return qualities.indexOf(quality);
}

/** The quality of a number from `qualityNumber`. */
export function qualityOf(number: number): Quality {
  return qualities[number] ?? 'measured';
}

/** Collects a meter's readings as its files have them, packed: it is state, not a service. */
export class Readings {
  readonly kind: DataKind;
  #starts = new PackedNumbers();
  #lengths = new PackedNumbers();
  #energies = new PackedNumbers();
  #qualities = new PackedNumbers();
  readonly #files = new PackedNumbers();
  #lines = new PackedNumbers();

  constructor(kind: DataKind) {
    this.kind = kind;
  }

  get length(): number {
    return this.#starts.length;
  }

  push({ start, end, energy, quality, file, line }: Reading): void {
    this.pushPacked(start, end - start, energy, qualityNumber(quality), file, line);
  }

  /** Adds a reading as numbers: its length in milliseconds, its quality as `qualityNumber` gives it. */
  pushPacked(start: number, lengthMs: number, energy: number, quality: number, file: number, line: number): void {
    this.#starts.push(start);
    this.#lengths.push(lengthMs);
    this.#energies.push(energy);
    this.#qualities.push(quality);
    this.#files.push(file);
    this.#lines.push(line);
  }

  /**
   * Takes over whole columns of a file as the first readings, where every row of it is one; the caller has no more use for
   * them. False, and nothing done, where there are readings already.
   */
  adopt(
    columns: {
      readonly starts: PackedNumbers;
      readonly lengths: PackedNumbers;
      readonly energies: PackedNumbers;
      readonly qualities: PackedNumbers;
      readonly lines: PackedNumbers;
    },
    file: number,
  ): boolean {
    if (this.length > 0) return false;
    this.#starts = columns.starts;
    this.#lengths = columns.lengths;
    this.#energies = columns.energies;
    this.#qualities = columns.qualities;
    this.#lines = columns.lines;
    this.#files.pushRun(file, 0, this.length);
    return true;
  }

  get starts(): NumberColumn {
    return this.#starts;
  }

  durationMs(row: number): number {
    return this.#lengths.at(row);
  }

  end(row: number): number {
    return this.#starts.at(row) + this.#lengths.at(row);
  }

  /** Copies energies from a place on; gives how many. */
  readEnergies(from: number, into: Float64Array): number {
    return this.#energies.read(from, into);
  }

  get lengths(): NumberColumn {
    return this.#lengths;
  }

  /** Where a row was written. */
  place(row: number): { readonly file: number; readonly line: number } {
    return { file: this.#files.at(row), line: this.#lines.at(row) };
  }

  energy(row: number): number {
    return this.#energies.at(row);
  }

  /**
   * These rows in this order, as readings of their own: what comes after reads them many times over, which in order costs
   * a tenth. All of them as they are where `rows` is undefined.
   */
  inOrder(rows: Uint32Array | undefined): OrderedReadings {
    if (rows === undefined) return this.#ordered();
    const sorted = new Readings(this.kind);
    for (const row of rows) {
      sorted.#starts.push(this.#starts.at(row));
      sorted.#lengths.push(this.#lengths.at(row));
      sorted.#energies.push(this.#energies.at(row));
      sorted.#qualities.push(this.#qualities.at(row));
      sorted.#files.push(this.#files.at(row));
      sorted.#lines.push(this.#lines.at(row));
    }
    return sorted.#ordered();
  }

  #ordered(): OrderedReadings {
    const [starts, lengths, energies] = [this.#starts, this.#lengths, this.#energies];
    const [kinds, files, lines] = [this.#qualities, this.#files, this.#lines];
    const uniformMs = constantOf(lengths);
    let tally: Tally | undefined | null = null;
    return {
      kind: this.kind,
      length: this.length,
      uniformMs,
      gapless: uniformMs !== undefined && isSteady(starts, uniformMs),
      measured: constantOf(kinds) === qualityNumber('measured'),
      start: (at) => starts.at(at),
      end: (at) => starts.at(at) + lengths.at(at),
      durationMs: (at) => lengths.at(at),
      energy: (at) => energies.at(at),
      readStarts: (from, into) => starts.read(from, into),
      readEnergies: (from, into) => energies.read(from, into),
      tallyEnergies: () => (tally === null ? (tally = tallyOf(energies.pieces())) : tally),
      quality: (at) => qualityOf(kinds.at(at)),
      file: (at) => files.at(at),
      line: (at) => lines.at(at),
    };
  }
}

/** The number that a column holds everywhere; undefined where it holds several, or none. */
function constantOf(column: PackedNumbers): number | undefined {
  const value = column.at(0);
  let same = column.length > 0;
  column.eachRun((first, step, count) => {
    same &&= first === value && (step === 0 || count === 1);
  });
  return same ? value : undefined;
}
