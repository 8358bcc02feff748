import type { ReadingOptions } from '../domain/site.ts';
import type { UnitName } from '../domain/units.ts';
import { isPower, isRefusedUnit, unitNamed } from '../domain/units.ts';
import type { MeterTable } from './meter-table.ts';
import { decideDecimal } from './number-cell.ts';
import type { ProblemList } from './problem-list.ts';

/** Rows it takes before an ever-rising column is called a register. */
const registerRows = 20;

/** A file's values: still in their unit, NaN where there is none. */
export interface Values {
  readonly numbers: readonly number[];
  readonly unit: UnitName;
  readonly decimal: '.' | ',';
  /** Where the unit was found, for `check --explain`. */
  readonly unitFrom: string;
}

const refused = (unit: string, problems: ProblemList): never =>
  problems.stop(
    'meter.unit-unsupported',
    `"${unit}" does not become kWh by arithmetic alone (heat content, power factor); convert it to kWh or therm, or choose another column with columns.value`,
    { data: { unit } },
  );

function decideUnit(
  table: MeterTable,
  options: ReadingOptions,
  problems: ProblemList,
): Pick<Values, 'unit' | 'unitFrom'> {
  const named = (text: string, from: string): Pick<Values, 'unit' | 'unitFrom'> => {
    const unit = unitNamed(text);
    if (unit !== undefined) return { unit, unitFrom: from };
    if (isRefusedUnit(text)) return refused(text, problems);
    return problems.stop(
      'meter.unit-unknown',
      `"${text}" is not a unit this program knows; set unit to kWh, Wh, MWh, MJ, GJ, therm, kW, W or MW`,
    );
  };
  if (options.unit !== undefined) return named(options.unit, 'the manifest');
  const { units } = table;
  const [first, second] = [...units.keys()];
  const written = first === undefined ? undefined : named(first, 'the unit column');
  if (second !== undefined && named(second, 'the unit column').unit !== written?.unit) {
    problems.stop(
      'meter.unit-contradictory',
      `the unit column says "${first ?? ''}" and "${second}"; select one of them, or set unit`,
      { line: units.get(second) ?? 0 },
    );
  }
  if (table.refusedUnit !== undefined) return refused(table.refusedUnit, problems);
  if (written !== undefined && table.unitInName !== undefined && written.unit !== table.unitInName) {
    problems.stop(
      'meter.unit-contradictory',
      `the header says ${table.unitInName}, the unit column ${written.unit}; set unit to the right one`,
    );
  }
  if (table.unitInName !== undefined) return { unit: table.unitInName, unitFrom: 'the header' };
  if (written !== undefined) return written;
  return problems.stop(
    'meter.unit-missing',
    `nothing in the file says in which unit ${table.valueName} is; set unit (kWh, Wh, therm, kW ...)`,
    table.headerLine === undefined ? {} : { line: table.headerLine },
  );
}

/** Rising all the way, and far larger than its steps: a meter's count. A real load goes up and down. */
function looksLikeRegister(numbers: readonly number[]): boolean {
  const present = numbers.filter((number) => !Number.isNaN(number));
  if (present.length < registerRows) return false;
  let largestStep = 0;
  let [rising, falling] = [true, true];
  for (let at = 1; at < present.length; at += 1) {
    const step = (present[at] ?? 0) - (present[at - 1] ?? 0);
    rising &&= step >= 0;
    falling &&= step <= 0;
    largestStep = Math.max(largestStep, Math.abs(step));
  }
  const least = Math.min(Math.abs(present[0] ?? 0), Math.abs(present.at(-1) ?? 0));
  return (rising || falling) && largestStep > 0 && least > 10 * largestStep;
}

/** Decides decimal mark and unit of a file's values; refuses registers rather than read them as consumption. */
export function decideValues(table: MeterTable, options: ReadingOptions, problems: ProblemList): Values {
  const decimal = options.decimal ?? decideDecimal(table.decimals, table.delimiter);
  if (typeof decimal === 'object') return problems.stop(decimal.code, decimal.message, { line: decimal.line });
  const numbers = decimal === ',' ? table.commas : table.points;
  const { unit, unitFrom } = decideUnit(table, options, problems);
  if (options.values === 'power' && !isPower(unit)) {
    problems.stop(
      'meter.unit-contradictory',
      `values: power, but the unit is ${unit}; set unit to kW, W or MW, or leave values out`,
    );
  }
  if (options.values === 'interval' && isPower(unit)) {
    problems.stop(
      'meter.unit-contradictory',
      `values: interval, but the unit is ${unit}, a power; set unit, or leave values out`,
    );
  }
  if (options.values === undefined && (table.register || (!isPower(unit) && looksLikeRegister(numbers)))) {
    problems.stop(
      'meter.register-unsupported',
      "the values look like a meter's count, not the energy of each interval; registers are not read yet: export interval values, or set values: interval if they are",
    );
  }
  return { numbers, unit, decimal, unitFrom };
}
