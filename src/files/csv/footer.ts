import type { ControlTotal } from './control-total.ts';
import { readAmount, saysTotal } from './control-total.ts';
import type { CsvRecord } from './csv-records.ts';
import type { MeterTable } from '../series/meter-table.ts';
import { holdsDate } from './stamp-forms.ts';

const statisticWord =
  /(?:^|[^\p{L}])(?:average|mean|avg|max(?:imum)?|min(?:imum)?|peak|mittel(?:wert)?|moyenne|promedio|media)(?=$|[^\p{L}])/iu;

/** True for a row that may stand below the readings: nothing in its cell of dates is, or was, a date. */
export function isUndated(cells: readonly string[], startColumn: number): boolean {
  const cell = (cells[startColumn] ?? '').trim();
  if (cell === '') return !cells.some((other) => holdsDate(other, undefined));
  const isYear = /^(?:19|20)\d\d$/.test(cell);
  return (isYear || /^[^\p{L}\d]*\p{L}{3}/u.test(cell) || saysTotal(cell)) && !holdsDate(cell, undefined);
}

/** What rows after the last reading are: what to say of them, the total that one gives, and those that are broken readings. */
export interface Footer {
  readonly said: readonly string[];
  readonly total: ControlTotal | undefined;
  readonly broken: readonly CsvRecord[];
}

/** True when a value is the sum of all readings under one mark, and no reading by itself. */
function isSum(amount: Omit<ControlTotal, 'line'>, table: MeterTable): boolean {
  return (
    [
      ['point', table.points],
      ['comma', table.commas],
    ] as const
  ).some(([mark, column]) => {
    const value = amount.number[mark];
    let [sum, readings, same] = [0, 0, false];
    for (let at = 0; at < column.length; at += 1) {
      const number = column.at(at);
      if (Number.isNaN(number)) continue;
      sum += number;
      readings += 1;
      same ||= number === value;
    }
    return readings >= 2 && !same && value !== 0 && Math.abs(sum - value) <= 1e-6 * Math.max(1, Math.abs(sum));
  });
}

/** Judges the undated rows after the last reading. A number among them must be a total, by its label or as the sum, or it is a broken reading. */
export function judgeFooter(rows: readonly CsvRecord[], valueColumn: number, table: MeterTable): Footer {
  const broken: CsvRecord[] = [];
  let total: ControlTotal | undefined;
  let plain = 0;
  let statistics = 0;
  for (const row of rows) {
    const others = row.cells.map((cell) => readAmount(cell)).filter((amount) => amount !== undefined);
    const isTotal = row.cells.some((cell) => saysTotal(cell));
    const amount = readAmount(row.cells[valueColumn] ?? '') ?? (isTotal && others.length === 1 ? others[0] : undefined);
    if (amount === undefined) plain += 1;
    else if (isTotal || isSum(amount, table)) total ??= { ...amount, line: row.line };
    else if (row.cells.some((cell) => statisticWord.test(cell))) statistics += 1;
    else broken.push(row);
  }
  const count = plain + statistics;
  const said =
    count === 0 ? [] : [`${String(count)} ${count === 1 ? 'row' : 'rows'} of text below the readings left out`];
  return { said, total, broken };
}
