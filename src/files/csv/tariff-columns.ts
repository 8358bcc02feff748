import type { NoColumns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { saysTotal } from './control-total.ts';
import { readNumber } from '../values/number-cell.ts';
import { flowOf } from './rival-columns.ts';

const tariffName =
  /(?:^|[^\p{L}\p{N}])(?:(?:on|off|mid|super)[- ]?peak|peak|shoulder|night|day|ht|nt|hp|hc|[tfp][1-9]|tariff? ?[1-9]|rate ?[1-9]|hochtarif|niedertarif|heures (?:pleines|creuses)|punta|llano|valle|high|low)(?=$|[^\p{L}\p{N}])/iu;

/** True for a column that holds the energy of one tariff alone. */
const isTariff = (name: string): boolean => tariffName.test(name) && !saysTotal(name);

const numberIn = (row: CsvRecord, column: number): number => {
  const number = readNumber(row.cells[column] ?? '');
  return number === undefined ? 0 : Number.isNaN(number.point) ? number.comma : number.point;
};

/**
 * Of a header whose value columns are tariffs: the total column where the rows show that it is their sum, or the problem that
 * names both readings. Undefined where the columns are no tariffs.
 */
export function chooseTariffs(
  header: readonly string[],
  candidates: readonly number[],
  rows: readonly CsvRecord[],
): { readonly value: number; readonly said: string } | NoColumns | undefined {
  const tariffs = candidates.filter((at) => isTariff(header[at] ?? ''));
  const rest = candidates.filter((at) => !tariffs.includes(at));
  if (tariffs.length < 2 || rest.length > 1) return undefined;
  // Tariffs of import beside tariffs of export are no parts of one sum.
  if (new Set(tariffs.map((at) => flowOf(header[at] ?? ''))).size > 1) return undefined;
  const totals = [...new Set([...rest, ...header.keys()])].filter(
    (at) => rest.includes(at) || (saysTotal(header[at] ?? '') && !/cost|price|[$€£]/i.test(header[at] ?? '')),
  );
  const names = tariffs.map((at) => `"${(header[at] ?? '').trim()}"`);
  const full = rows.filter((row) => tariffs.some((at) => numberIn(row, at) !== 0));
  const total = totals.find(
    (at) =>
      full.length >= 2 &&
      full.every((row) => {
        const sum = tariffs.reduce((all, column) => all + numberIn(row, column), 0);
        return Math.abs(sum - numberIn(row, at)) <= 0.0011 * tariffs.length + 1e-6 * Math.abs(sum);
      }),
  );
  if (total !== undefined) {
    return { value: total, said: `"${(header[total] ?? '').trim()}" is the sum of ${names.join(' and ')}` };
  }
  const list = tariffs.map((at) => String(at + 1)).join(', ');
  const message = `${names.join(' and ')} look like tariffs of one meter: add them with columns.value: [${list}], or set columns.value to the one that counts`;
  return { found: true, code: 'meter.tariff-columns', message };
}
