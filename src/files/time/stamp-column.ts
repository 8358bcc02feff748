import { PackedNumbers, type Run } from '../series/packed-numbers.ts';
import type { DateOrder, WrittenDate, WrittenStamp } from './stamp.ts';
import { wallOfDate } from './stamp.ts';

/** A stamp as three numbers, for a reader that makes millions of them. */
export interface PackedStamp {
  /** year * 10000 + first * 100 + second; negative while their order is open. */
  readonly date: number;
  /** Milliseconds since midnight, or `noTime`. */
  readonly time: number;
  /** Minutes ahead of UTC, `naive` or `zulu`. */
  readonly offset: number;
}

export const noTime = -1;
export const naive = 10_000;
export const zulu = 20_000;

/** A date as the number that a column keeps: negative while the order of month and day is open. */
export function packDate({ sure, year, first, second }: WrittenDate): number {
  const packed = year * 10_000 + first * 100 + second;
  return sure ? packed : -packed;
}

/** The stamps of one column, packed (fastest in order of place), until the whole file has said in which order it writes day and month. */
export class StampColumn {
  #dates = new PackedNumbers();
  #times = new PackedNumbers();
  readonly #offsets = new PackedNumbers();
  #lastDate = 0;
  #open = false;
  #largestFirst = 0;
  #largestSecond = 0;
  #withTime = false;
  #knownDate = 0;
  #knownOrder: DateOrder = 'ymd';
  #knownWall = Number.NaN;

  push(stamp: WrittenStamp & { readonly date: WrittenDate }): void {
    const { date, timeMs, offsetMinutes } = stamp;
    this.pushPacked({
      date: packDate(date),
      time: timeMs ?? noTime,
      offset: stamp.zulu ? zulu : (offsetMinutes ?? naive),
    });
  }

  pushPacked({ date, time, offset }: PackedStamp): void {
    this.#dates.push(date);
    this.#times.push(time);
    this.#offsets.push(offset);
    if (time !== noTime) this.#withTime = true;
    if (date >= 0 || date === this.#lastDate) return;
    this.#lastDate = date;
    this.#open = true;
    this.#largestFirst = Math.max(this.#largestFirst, Math.floor(-date / 100) % 100);
    this.#largestSecond = Math.max(this.#largestSecond, -date % 100);
  }

  /** Adds stamps of one certain date and one offset, their times a step apart. */
  pushRun(date: number, time: number, step: number, offset: number, count: number): void {
    this.#dates.pushRun(date, 0, count);
    this.#times.pushRun(time, step, count);
    this.#offsets.pushRun(offset, 0, count);
    this.#withTime = true;
  }

  get length(): number {
    return this.#dates.length;
  }

  /** The same column with its offsets taken away, `Z` excepted. The two share their dates and times: nothing may be pushed after. */
  withoutOffsets(): StampColumn {
    const column = new StampColumn();
    column.#dates = this.#dates;
    column.#times = this.#times;
    for (let at = 0; at < this.length; at += 1) column.#offsets.push(this.isZulu(at) ? zulu : naive);
    column.#open = this.#open;
    column.#largestFirst = this.#largestFirst;
    column.#largestSecond = this.#largestSecond;
    column.#withTime = this.#withTime;
    return column;
  }

  /** True when some day and month are still to be told apart. */
  get open(): boolean {
    return this.#open;
  }

  /** Orders that no written number contradicts. */
  get possibleOrders(): readonly ('dmy' | 'mdy')[] {
    const orders: ('dmy' | 'mdy')[] = [];
    if (this.#largestSecond <= 12) orders.push('dmy');
    if (this.#largestFirst <= 12) orders.push('mdy');
    return orders;
  }

  /** True when no stamp has a time of day. */
  get datesOnly(): boolean {
    return !this.#withTime;
  }

  /** The wall time as written; a date alone is its midnight. NaN where the order makes it no day. */
  wall(at: number, order: DateOrder): number {
    const packed = this.#dates.at(at);
    if (packed !== this.#knownDate || order !== this.#knownOrder) {
      const digits = Math.abs(packed);
      const [year, first, second] = [Math.floor(digits / 10_000), Math.floor(digits / 100) % 100, digits % 100];
      this.#knownWall = wallOfDate({ sure: packed > 0, year, first, second }, order);
      this.#knownDate = packed;
      this.#knownOrder = order;
    }
    const time = this.#times.at(at);
    return this.#knownWall + (time === noTime ? 0 : time);
  }

  /** All wall times, run by run. */
  walls(order: DateOrder): PackedNumbers {
    const walls = new PackedNumbers();
    const [date, time]: [Run, Run] = [
      { first: 0, step: 0, count: 1 },
      { first: 0, step: 0, count: 1 },
    ];
    for (let at = 0; at < this.length;) {
      this.#dates.runFrom(at, date);
      this.#times.runFrom(at, time);
      // A column of dates that count on is of days, each looked up; noTime is no time to count from.
      const count = date.step === 0 && time.first !== noTime ? Math.min(date.count, time.count) : 1;
      walls.pushRun(this.wall(at, order), time.step, count);
      at += count;
    }
    return walls;
  }

  /** Sets `run` to what is left of the run of offsets at this place: minutes, `naive` or `zulu`. */
  offsetsFrom(at: number, run: Run): void {
    this.#offsets.runFrom(at, run);
  }

  isDateOnly(at: number): boolean {
    return this.#times.at(at) === noTime;
  }

  /** Milliseconds ahead of UTC; undefined for a naive time. */
  offsetMs(at: number): number | undefined {
    const offset = this.#offsets.at(at);
    return offset === naive ? undefined : offset === zulu ? 0 : offset * 60_000;
  }

  isZulu(at: number): boolean {
    return this.#offsets.at(at) === zulu;
  }
}
