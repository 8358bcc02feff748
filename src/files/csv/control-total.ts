import { isPower, toKwh, unitNamed } from '../../domain/units.ts';
import type { UnitName } from '../../domain/units.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { WrittenNumber } from '../values/number-cell.ts';
import { readNumber } from '../values/number-cell.ts';
import type { ProblemList } from '../problem-list.ts';
import type { Values } from '../values/values.ts';

/** A sum that a file gives for its own values. */
export interface ControlTotal {
  readonly number: WrittenNumber;
  /** As it is written, without its unit: its decimals say how far it was rounded. */
  readonly text: string;
  /** Undefined where it is that of the values. */
  readonly unit: UnitName | undefined;
  readonly line: number;
}

const totalWord =
  /(?:^|[^\p{L}])(?:grand[- ]?total|sub-?total|totals?|totale|totaal|sum|summe|gesamt\p{L}*|somme|suma|soma|totalt|i alt)(?=$|[^\p{L}])/iu;
const energyWord =
  /usage|consum|energy|energie|energía|energia|verbrauch|verbruik|forbrug|förbrukning|generation|production|import|export|delivered|received|wh\b|therm/iu;
const otherWord = /cost|amount|charge|price|bill|days|rows|records|count|demand|kosten|betrag|[$€£]/iu;

/** True for a cell that calls its row a total. */
export const saysTotal = (cell: string): boolean => totalWord.test(cell);

/** A number, alone or with a unit after it: `1,234.5 kWh`. */
export function readAmount(cell: string): Omit<ControlTotal, 'line'> | undefined {
  const found = /^(.*?\d[.,]?)\s*(\p{L}+)?$/u.exec(cell.replace(/[\u00a0\u202f\u2009]/g, ' ').trim());
  const text = (found?.[1] ?? '').trim();
  const unit = found?.[2] === undefined ? undefined : unitNamed(found[2]);
  if (found === null || (found[2] !== undefined && unit === undefined)) return undefined;
  const number = readNumber(text);
  if (number === undefined || (Number.isNaN(number.point) && Number.isNaN(number.comma))) return undefined;
  return { number, text, unit };
}

/** The control total in a row above the header: `Total Usage,1234.5 kWh`, `Total (kWh): 1234.5`; undefined for another row. */
export function totalInPreamble(cells: readonly string[], line: number): ControlTotal | undefined {
  const parts = cells.flatMap((cell) => cell.split(/[:=](?=\s|\d|$)/)).filter((cell) => cell.trim() !== '');
  const [label = '', ...rest] = parts;
  const whole = parts.join(' ');
  if (!saysTotal(label) || !energyWord.test(whole) || otherWord.test(label)) return undefined;
  const amounts = rest.map((cell) => readAmount(cell)).filter((amount) => amount !== undefined);
  const [only] = amounts;
  if (only === undefined || amounts.length > 1) return undefined;
  const named = label.split(/[^\p{L}]+/u).map((word) => unitNamed(word));
  const beside = rest.map((cell) => unitNamed(cell)).find((unit) => unit !== undefined);
  return { ...only, unit: only.unit ?? beside ?? named.find((unit) => unit !== undefined), line };
}

const decimalsOf = (text: string, mark: '.' | ','): number => text.split(mark)[1]?.replace(/\D/g, '').length ?? 0;

/** Decimals of the values, by the first of them. */
function decimalsIn(values: Values): number {
  let most = 0;
  for (let at = 0; at < Math.min(values.numbers.length, 1000); at += 1) {
    const number = values.numbers.at(at);
    if (!Number.isNaN(number)) most = Math.max(most, String(number).split('.')[1]?.length ?? 0);
  }
  return most;
}

/**
 * Compares a file's own total with the sum of its values: a warning `meter.control-total` with both numbers where they
 * differ by more than rounding, else words for `check --explain`. Undefined where there is no total.
 */
export function checkControlTotal(table: MeterTable, values: Values, problems: ProblemList): string | undefined {
  const total = table.controlTotal;
  if (total === undefined) return undefined;
  const written = values.decimal === ',' ? total.number.comma : total.number.point;
  const said = `control total ${total.text} on line ${String(total.line)}`;
  const unit = total.unit ?? values.unit;
  if (Number.isNaN(written) || values.register || isPower(unit) !== isPower(values.unit)) return `${said} not compared`;
  let sum = 0;
  let count = 0;
  for (let at = 0; at < values.numbers.length; at += 1) {
    const number = values.numbers.at(at);
    if (Number.isNaN(number)) continue;
    sum += number;
    count += 1;
  }
  const perUnit = isPower(unit) ? 1 : toKwh(1, values.unit, 0) / toKwh(1, unit, 0);
  const [found, step] = [sum * perUnit, 10 ** -decimalsIn(values) * perUnit];
  // The total is rounded once; the values once each, errors which add up like a random walk: four deviations.
  const tolerance = 0.5000001 * 10 ** -decimalsOf(total.text, values.decimal) + 1.2 * step * Math.sqrt(count);
  if (Math.abs(found - written) <= tolerance) return `${said} fits`;
  const shown = String(Math.round(found * 1e6) / 1e6);
  problems.warning(
    'meter.control-total',
    `the file gives ${total.text} ${unit} as its total, and its values add up to ${shown} ${unit}: rows may be missing, doubled or of another meter`,
    { line: total.line, data: { total: written, sum: Number(shown), unit } },
  );
  return `${said} differs from the sum ${shown}`;
}
