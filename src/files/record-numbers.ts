import type { NumberColumn } from './series/packed-numbers.ts';
import { eachRun, PackedNumbers } from './series/packed-numbers.ts';

/**
 * Which record stands on which line of a file, so that what is found later, by its line, can be told with its record. Kept
 * are only the places where blank lines, or line ends inside quotes, move the two apart: nothing grows with a file's rows.
 */
export class RecordNumbers {
  /** From which line on lines less records are another number; NaN where a line has several records. Most files have none. */
  #steps: { readonly lines: PackedNumbers; readonly apart: PackedNumbers } | undefined;
  #lastLine = 0;
  #lastRecord = 0;
  #lastApart = 0;

  /** Notes that a record begins on a line. Lines that were noted before are passed over: some files are read twice. */
  note(line: number, record: number): void {
    if (line < this.#lastLine || (line === this.#lastLine && record <= this.#lastRecord)) return;
    const apart = line === this.#lastLine ? Number.NaN : line - record;
    [this.#lastLine, this.#lastRecord] = [line, record];
    if (Object.is(apart, this.#lastApart)) return;
    this.#lastApart = apart;
    this.#steps ??= { lines: new PackedNumbers(), apart: new PackedNumbers() };
    this.#steps.lines.push(line);
    this.#steps.apart.push(apart);
  }

  /** Notes a record for each line of a column, in order, the first of them number `record`. Costs nothing where lines follow each other. */
  noteAll(lines: NumberColumn, record: number): void {
    let number = record;
    eachRun(lines, (first, step, count) => {
      for (let at = 0; at < (step === 1 ? 1 : count); at += 1) this.note(first + step * at, number + at);
      number += count;
      const last = first + step * (count - 1);
      if (last > this.#lastLine) [this.#lastLine, this.#lastRecord] = [last, number - 1];
    });
  }

  /** The record that begins on a line, where it has another number than the line; undefined too where nothing is known of it. */
  of(line: number): number | undefined {
    if (this.#steps === undefined) return undefined;
    const { lines, apart: differences } = this.#steps;
    let [from, until] = [0, lines.length];
    while (from < until) {
      const middle = Math.floor((from + until) / 2);
      if (lines.at(middle) <= line) from = middle + 1;
      else until = middle;
    }
    const apart = from === 0 ? 0 : differences.at(from - 1);
    return apart === 0 || Number.isNaN(apart) ? undefined : line - apart;
  }
}
