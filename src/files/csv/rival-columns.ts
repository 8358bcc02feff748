import { isPower } from '../../domain/units.ts';
import type { Columns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { recogniseColumn } from './header-names.ts';
import { readNumber } from '../values/number-cell.ts';

const flows = {
  in: /usage|consum|import|delivered|verbrauch|bezug|verbruik|soutirage|förbrukning|forbrug/i,
  out: /generat|produ[ck]|export|received|erzeugung|einspeisung|lieferung|injection|opbrengst|teruglevering/i,
  net: /(?:^|[^\p{L}])net(?=$|[^\p{L}])/iu,
} as const;
const multiplierName =
  /multiplier|multiplikator|multiplicateur|wandlerfaktor|ct[ _]ratio|^\W*(?:(?:meter|register|ct)[ _])?(?:factor|faktor|facteur)\W*$/i;

/** Which way a column's energy flows, by its name: to the site, from it, or the difference; undefined where it does not say. */
export function flowOf(name: string): keyof typeof flows | undefined {
  return (['net', 'in', 'out'] as const).find((flow) => flows[flow].test(name));
}

const numberIn = (row: CsvRecord, column: number): number => {
  const number = readNumber(row.cells[column] ?? '');
  return number === undefined ? Number.NaN : Number.isNaN(number.point) ? number.comma : number.point;
};

/** Why the column of values that the names chose may not be what counts, by what other columns hold. */
export function findRival(
  header: readonly string[],
  { value }: Columns,
  rows: readonly CsvRecord[],
): { readonly code: string; readonly message: string } | undefined {
  const chosen = recogniseColumn(header[value] ?? '');
  const quoted = (at: number): string => `"${(header[at] ?? '').trim()}"`;
  const flow = flowOf(header[value] ?? '');
  for (const [at, name] of header.entries()) {
    if (at === value) continue;
    const isFactor = multiplierName.test(name);
    const other = recogniseColumn(name);
    const isRival = other.role === 'value' && other.unit === undefined && other.refusedUnit === undefined;
    if (!isFactor && !isRival) continue;
    const filled = rows.filter((row) => (row.cells[at] ?? '').trim() !== '');
    const numbers = filled.map((row) => numberIn(row, at)).filter((number) => !Number.isNaN(number));
    if (numbers.length === 0 || numbers.length * 10 < filled.length * 9) continue;
    const factor = isFactor ? numbers.find((number) => number !== 1) : undefined;
    if (factor !== undefined) {
      const message = `${quoted(at)} is ${String(factor)}, and ${quoted(value)} may hold values before it or with it: where it is in them, set columns.value to ${JSON.stringify((header[value] ?? '').trim())}; where it is not, multiply them`;
      return { code: 'meter.multiplier', message };
    }
    const ownFlow = flowOf(name);
    if (!isRival || ownFlow === undefined || chosen.unit === undefined) continue;
    if (ownFlow === flow && !isPower(chosen.unit)) continue;
    const message = `${quoted(value)} and ${quoted(at)}, which has no unit, may each be the values; set columns.value to the one that counts`;
    return { code: 'meter.value-ambiguous', message };
  }
  return undefined;
}
