import {
  chunkLength,
  mostRuns,
  packChunk,
  unpackChunk,
  useRuns,
  writeRuns,
  type Dense,
  type Piece,
  type Regular,
} from './packed-chunk.ts';

/** Numbers by their place, from 0. */
export interface NumberColumn {
  readonly length: number;
  /** NaN where there is no number, also beyond the end. */
  at(index: number): number;
}

const none = new Float64Array(0);

/** How many numbers are best read at once (`PackedNumbers.read`), from a multiple of it on. */
export const blockLength = chunkLength;

/** Whole numbers up to here, a chunk of such steps apart, add up exactly. */
const longestStep = 2 ** 40;
const isWhole = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= 2 ** 52;

/** Numbers with one step between them, from a place on; a number that stands alone has step 0 and count 1. */
export interface Run {
  first: number;
  step: number;
  count: number;
}

/**
 * A long column of numbers in little memory: a few bytes a day where a clock runs through it, two to four bytes a number
 * for readings, eight at most. Every number comes back exactly (-0 as 0). Reading in order of place is fastest, and by runs
 * where there are some.
 */
export class PackedNumbers implements NumberColumn {
  readonly #chunks: (Dense | Regular)[] = [];
  /** The chunk that is being filled: as runs while they are few, number by number from then on. */
  #last = none;
  #inLast = 0;
  #asRuns = true;
  readonly #runs: number[] = [];
  #expected = Number.NaN;
  #run = 0;
  /** The chunk last opened, and where it begins. */
  #open = none;
  #openFrom = 0;

  get length(): number {
    return this.#chunks.length * chunkLength + this.#inLast;
  }

  push(value: number): void {
    if (!this.#asRuns) this.#last[this.#inLast] = value + 0;
    else if (value === this.#expected) this.#expected += this.#runs[this.#runs.length - 1] ?? 0;
    else this.#beginRun(value + 0);
    this.#inLast += 1;
    if (this.#inLast === chunkLength) this.#seal();
  }

  /** Pushes the first `count` of these. */
  pushAll(values: Float64Array, count: number): void {
    for (let at = 0; at < count; at += 1) this.push(values[at] ?? 0);
  }

  /** Pushes numbers with one step between them, whole numbers where the step is not 0. */
  pushRun(first: number, step: number, count: number): void {
    for (let done = 0; done < count;) {
      this.push(first + step * done);
      done += 1;
      if (!this.#asRuns || this.#inLast === 0 || this.#runs[this.#runs.length - 1] !== step) continue;
      if (this.#expected !== first + step * done) continue;
      const more = Math.min(count - done, chunkLength - this.#inLast);
      this.#expected += step * more;
      this.#inLast += more;
      done += more;
      if (this.#inLast === chunkLength) this.#seal();
    }
  }

  /** A number that does not go on with the run: the second of a run that stands at one, or the first of the next. */
  #beginRun(value: number): void {
    const runs = this.#runs;
    const from = runs[runs.length - 3] ?? 0;
    const before = runs[runs.length - 2] ?? Number.NaN;
    if (runs.length > 0 && this.#inLast - from === 1) {
      const step = value - before;
      // Steps between fractions do not add up exactly, and whole ones only while sums are safe.
      if (isWhole(before) && isWhole(value) && Math.abs(step) <= longestStep) {
        runs[runs.length - 1] = step;
        this.#expected = value + step;
        return;
      }
    }
    if (Number.isNaN(value) && Number.isNaN(before) && runs.length > 0) return;
    // Where runs are short from the beginning, looking on would be in vain.
    if (runs.length >= 3 * Math.min(mostRuns, 32 + this.#inLast / 8)) {
      this.#toNumbers();
      this.#last[this.#inLast] = value;
      return;
    }
    runs.push(this.#inLast, value, 0);
    this.#expected = value;
  }

  #toNumbers(): void {
    // Most columns are all runs, and never need it.
    if (this.#last.length === 0) this.#last = new Float64Array(chunkLength);
    writeRuns(this.#runs, this.#inLast, this.#last);
    this.#asRuns = false;
    this.#runs.length = 0;
  }

  #seal(): void {
    this.#chunks.push(this.#asRuns ? { runs: Float64Array.from(this.#runs) } : packChunk(this.#last));
    this.#asRuns = true;
    this.#runs.length = 0;
    this.#expected = Number.NaN;
    this.#inLast = 0;
  }

  at(index: number): number {
    const within = index - this.#openFrom;
    if (within >= 0 && within < this.#open.length) return this.#open[within] ?? 0;
    return this.#find(index);
  }

  /** Reading in order of place meets each chunk at its first number: it is then opened as a whole. */
  #find(index: number): number {
    const number = Math.floor(index / chunkLength);
    const within = index - number * chunkLength;
    const chunk = this.#chunks[number];
    if (chunk === undefined) {
      if (!(within < this.#inLast && number === this.#chunks.length)) return Number.NaN;
      return this.#asRuns ? this.#inRuns(this.#runs, within) : (this.#last[within] ?? 0);
    }
    if (within > 0) return this.#from(chunk, within);
    if (this.#open.length === 0) this.#open = new Float64Array(chunkLength);
    unpackChunk(chunk, this.#open);
    this.#openFrom = index;
    return this.#open[0] ?? 0;
  }

  #from(chunk: Dense | Regular, within: number): number {
    if (chunk.runs !== undefined) return this.#inRuns(chunk.runs, within);
    const code = chunk.codes[within] ?? 0;
    if (code === chunk.missing) return Number.NaN;
    return ((chunk.base + code) * chunk.unit) / chunk.fraction;
  }

  /** Copies numbers from a place on, as many as `into` holds or are left; gives how many. Cheaper than one by one. */
  read(from: number, into: Float64Array): number {
    const chunk = into.length === chunkLength ? this.#chunks[from / chunkLength] : undefined;
    if (chunk !== undefined) {
      unpackChunk(chunk, into);
      return chunkLength;
    }
    const count = Math.min(into.length, this.length - from);
    for (let at = 0; at < count; at += 1) into[at] = this.at(from + at);
    return count;
  }

  /** Sets `run` to what is left, from this place on, of the run it lies in. */
  runFrom(index: number, run: Run): void {
    const number = Math.floor(index / chunkLength);
    const within = index - number * chunkLength;
    const runs = number === this.#chunks.length && this.#asRuns ? this.#runs : this.#chunks[number]?.runs;
    if (runs === undefined) {
      run.first = this.at(index);
      run.step = 0;
      run.count = 1;
      return;
    }
    const place = this.#placeOf(runs, within);
    const step = runs[place + 2] ?? 0;
    run.first = (runs[place + 1] ?? 0) + (step === 0 ? 0 : step * (within - (runs[place] ?? 0)));
    run.step = step;
    run.count = (runs[place + 3] ?? (number === this.#chunks.length ? this.#inLast : chunkLength)) - within;
  }

  /** Calls `use` for each run of numbers with one step between them, in order of place; one that stands alone has step 0. */
  eachRun(use: (first: number, step: number, count: number) => void): void {
    for (const chunk of this.#chunks) {
      if (chunk.runs === undefined) {
        for (let at = 0; at < chunkLength; at += 1) use(this.#from(chunk, at), 0, 1);
        continue;
      }
      useRuns(chunk.runs, chunkLength, use);
    }
    if (!this.#asRuns) for (let at = 0; at < this.#inLast; at += 1) use(this.#last[at] ?? 0, 0, 1);
    else useRuns(this.#runs, this.#inLast, use);
  }

  /** All of it as it is kept, chunk by chunk. */
  pieces(): readonly Piece[] {
    const full = this.#chunks.map((chunk) => ({ chunk, length: chunkLength }));
    if (this.#inLast === 0) return full;
    const last = this.#asRuns ? { runs: Float64Array.from(this.#runs) } : packChunk(this.#last.slice(0, this.#inLast));
    return [...full, { chunk: last, length: this.#inLast }];
  }

  #inRuns(runs: ArrayLike<number>, within: number): number {
    const run = this.#placeOf(runs, within);
    const value = runs[run + 1] ?? 0;
    const step = runs[run + 2] ?? 0;
    return step === 0 ? value : value + step * (within - (runs[run] ?? 0));
  }

  /** The run last read, or the next one, is nearly always the right one; otherwise it is searched by halves. */
  #placeOf(runs: ArrayLike<number>, within: number): number {
    let run = this.#run;
    if (!(within >= (runs[run] ?? chunkLength) && within < (runs[run + 3] ?? chunkLength))) {
      run += 3;
      if (!(within >= (runs[run] ?? chunkLength) && within < (runs[run + 3] ?? chunkLength))) {
        let [low, high] = [0, runs.length / 3];
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if ((runs[3 * middle] ?? chunkLength) <= within) low = middle;
          else high = middle;
        }
        run = 3 * low;
      }
      this.#run = run;
    }
    return run;
  }
}

/** The runs of any column (`PackedNumbers.eachRun`); of one that is not packed, number by number. */
export function eachRun(column: NumberColumn, use: (first: number, step: number, count: number) => void): void {
  if (column instanceof PackedNumbers) column.eachRun(use);
  else for (let at = 0; at < column.length; at += 1) use(column.at(at), 0, 1);
}
