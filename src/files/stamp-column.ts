import type { DateOrder, WrittenDate, WrittenStamp } from './stamp.ts';
import { wallOfDate } from './stamp.ts';

const noTime = -1;
const naive = 10_000;
const zulu = 20_000;

/** The stamps of one column, packed, until the whole file has said in which order it writes day and month. */
export class StampColumn {
  /** year * 10000 + first * 100 + second; negative while their order is open. */
  readonly #dates: number[] = [];
  readonly #times: number[] = [];
  readonly #offsets: number[] = [];
  #open = 0;
  #largestFirst = 0;
  #largestSecond = 0;
  #withTime = 0;

  push(stamp: WrittenStamp & { readonly date: WrittenDate }): void {
    const { date, timeMs, offsetMinutes } = stamp;
    const packed = date.year * 10_000 + date.first * 100 + date.second;
    this.#dates.push(date.sure ? packed : -packed);
    this.#times.push(timeMs ?? noTime);
    this.#offsets.push(stamp.zulu ? zulu : (offsetMinutes ?? naive));
    if (timeMs !== undefined) this.#withTime += 1;
    if (date.sure) return;
    this.#open += 1;
    this.#largestFirst = Math.max(this.#largestFirst, date.first);
    this.#largestSecond = Math.max(this.#largestSecond, date.second);
  }

  get length(): number {
    return this.#dates.length;
  }

  /** True when some day and month are still to be told apart. */
  get open(): boolean {
    return this.#open > 0;
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
    return this.#withTime === 0;
  }

  /** The wall time as written; a date alone is its midnight. NaN where the order makes it no day. */
  wall(at: number, order: DateOrder): number {
    const packed = this.#dates[at] ?? 0;
    const digits = Math.abs(packed);
    const date: WrittenDate = {
      sure: packed > 0,
      year: Math.floor(digits / 10_000),
      first: Math.floor(digits / 100) % 100,
      second: digits % 100,
    };
    const time = this.#times[at] ?? noTime;
    return wallOfDate(date, order) + (time === noTime ? 0 : time);
  }

  isDateOnly(at: number): boolean {
    return this.#times[at] === noTime;
  }

  /** Milliseconds ahead of UTC; undefined for a naive time. */
  offsetMs(at: number): number | undefined {
    const offset = this.#offsets[at] ?? naive;
    return offset === naive ? undefined : offset === zulu ? 0 : offset * 60_000;
  }

  isZulu(at: number): boolean {
    return this.#offsets[at] === zulu;
  }
}
