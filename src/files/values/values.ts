import type { Meter, ReadingOptions } from '../../domain/site.ts';
import type { UnitName } from '../../domain/units.ts';
import { isAmbiguousUnit, isPower, isRefusedUnit, kwhFromVolume, unitNamed, volumeNamed } from '../../domain/units.ts';
import type { MeterTable } from '../series/meter-table.ts';
import { decideDecimal } from './number-cell.ts';
import type { NumberColumn } from '../series/packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import type { DateOrder } from '../time/stamp.ts';
import { registerExample } from './register-look.ts';

/** A file's values: still in their unit, NaN where there is none. */
export interface Values {
  readonly numbers: NumberColumn;
  /** The values as the file writes them, where they are not `numbers`: a volume of gas. */
  readonly written: NumberColumn;
  readonly unit: UnitName;
  readonly decimal: '.' | ',';
  /** Where the unit was found, for `check --explain`. */
  readonly unitFrom: string;
  /** True when the values are a meter's count, to be differenced. */
  readonly register: boolean;
}

/** What no meter of electricity counts. */
const gasUnits: ReadonlySet<UnitName> = new Set(['therm', 'dekatherm']);

/** A unit as written: one that is energy or power by itself, or a volume with the heat content that makes it energy. */
interface Unit {
  readonly unit: UnitName;
  readonly unitFrom: string;
  readonly volume?: string;
}

function refused(text: string, at: { readonly line?: number }, problems: ProblemList): never {
  const power = /^([kmg]?w)perhour$/.exec(text)?.[1]?.replace('w', 'W').replace('m', 'M').replace('g', 'G');
  if (power !== undefined) {
    problems.stop(
      'meter.unit-ambiguous',
      `"${power}/h" is written for ${power}h by some and for ${power} by others; set unit to the one that is meant`,
      { ...at, data: { unit: `${power}/h` } },
    );
  }
  if (isAmbiguousUnit(text)) {
    problems.stop(
      'meter.unit-ambiguous',
      `"${text}" is a thousand BTU to some and a million to others; set unit to kBTU (thousand) or MMBTU (million)`,
      { ...at, data: { unit: text } },
    );
  }
  if (volumeNamed(text) !== undefined) {
    problems.stop(
      'meter.heat-content-missing',
      `"${text}" is a volume, and its energy depends on the gas; set heatContent to the kWh in one ${text} (the supplier's bill gives the heat content), or choose a column of energy with columns.value`,
      { ...at, data: { unit: text } },
    );
  }
  return problems.stop(
    'meter.unit-unsupported',
    `"${text}" does not become kWh by arithmetic alone (heat content, power factor); convert it to kWh or therm, or choose another column with columns.value`,
    { ...at, data: { unit: text } },
  );
}

function decideUnit(table: MeterTable, options: ReadingOptions, problems: ProblemList): Unit {
  const named = (text: string, from: string): Unit => {
    const unit = unitNamed(text);
    if (unit !== undefined) return { unit, unitFrom: from };
    const volume = volumeNamed(text);
    if (volume !== undefined && options.heatContent !== undefined) return { unit: 'kWh', unitFrom: from, volume };
    const line = table.units.get(text);
    const at = line === undefined ? {} : { line };
    if (isRefusedUnit(text)) return refused(text, at, problems);
    return problems.stop(
      'meter.unit-unknown',
      `"${text}" is not a unit this program knows; set unit to kWh, Wh, MWh, GWh, MJ, GJ, therm, dekatherm, BTU, kBTU, MMBTU, kW, W or MW, or to CCF, MCF, ft3 or m3 with heatContent`,
      { ...at, data: { unit: text } },
    );
  };
  if (options.unit !== undefined) return named(options.unit, 'the manifest');
  const { units } = table;
  const [first, second] = [...units.keys()];
  const written = first === undefined ? undefined : named(first, 'the unit column');
  const other = second === undefined ? undefined : named(second, 'the unit column');
  if (second !== undefined && (other?.unit !== written?.unit || other?.volume !== written?.volume)) {
    problems.stop(
      'meter.unit-contradictory',
      `the unit column says "${first ?? ''}" and "${second}"; select one of them, or set unit`,
      { line: units.get(second) ?? 0 },
    );
  }
  const inName = table.refusedUnit ?? table.unitInName;
  const header = inName === undefined ? undefined : named(inName, 'the header');
  if (written !== undefined && header !== undefined) {
    if (written.unit !== header.unit || written.volume !== header.volume) {
      problems.stop(
        'meter.unit-contradictory',
        `the header says ${header.volume ?? header.unit}, the unit column ${written.volume ?? written.unit}; set unit to the right one`,
      );
    }
  }
  if (header !== undefined) return header;
  if (written !== undefined) return written;
  return problems.stop(
    'meter.unit-missing',
    `nothing in the file says in which unit ${table.valueName} is; set unit (kWh, Wh, therm, kW ...)`,
    table.headerLine === undefined ? {} : { line: table.headerLine },
  );
}

/** From here on, megawatts of one site are hard to believe, and milliwatts written with the same letters are not. */
const implausibleMegawatts = 1000;

/** Ends the reading where a unit with a small m (`mWh`, `power_mw`) has values that fit milliwatts better than megawatts. */
function refuseMilliwatts(
  { valueName, units }: MeterTable,
  numbers: NumberColumn,
  unit: UnitName,
  problems: ProblemList,
): void {
  if (unit !== 'MWh' && unit !== 'MW') return;
  const texts = [valueName, ...units.keys()];
  const written = texts.map((text) => /(?:^|[^A-Za-z])(m[Ww][Hh]?)(?![A-Za-z])/.exec(text)?.[1]);
  const found = written.find((text) => text !== undefined);
  if (found === undefined) return;
  let [large, all] = [0, 0];
  for (let row = 0; row < numbers.length; row += 1) {
    const size = Math.abs(numbers.at(row));
    if (size > 0) all += 1;
    if (size >= implausibleMegawatts) large += 1;
  }
  if (large * 2 <= all) return;
  const milli = unit === 'MWh' ? 'milliwatt-hours' : 'milliwatts';
  problems.stop(
    'meter.unit-ambiguous',
    `"${found}" may be ${unit}, or ${milli}, and most values are ${String(implausibleMegawatts)} or more; set unit: ${unit} if that is meant, or convert ${milli} to ${unit === 'MWh' ? 'Wh' : 'W'}`,
    { data: { unit: found } },
  );
}

/** True when the values are a meter's count; where they only look like one, the manifest has to say. */
function decideRegister(
  table: MeterTable,
  numbers: NumberColumn,
  unit: UnitName,
  order: DateOrder,
  options: ReadingOptions,
  problems: ProblemList,
): boolean {
  if (options.values !== undefined) return options.values === 'register';
  if (table.register) return true;
  if (table.delta === true) return false;
  const example = isPower(unit) ? undefined : registerExample(numbers, (row) => table.starts.wall(row, order));
  if (example === undefined) return false;
  const [first, next] = [numbers.at(example.first), numbers.at(example.next)];
  const again =
    example.resets < 2
      ? ''
      : `; it begins again near zero ${String(example.resets)} times, as a count of the day does: better export the energy of each interval`;
  const difference = Number(Math.abs(next - first).toPrecision(6));
  return problems.stop(
    'meter.register-ambiguous',
    `the values look like a meter's count: ${String(first)} on line ${String(table.lines.at(example.first))}, ${String(next)} on line ${String(table.lines.at(example.next))}; the energy between them is ${String(difference)} ${unit} with values: register, and each is the energy of its interval with values: interval; set values${again}`,
    { line: table.lines.at(example.next), data: { first, next, resets: example.resets } },
  );
}

/** Decides decimal mark, unit and meaning of a file's values, whose dates are read in `order`; a volume becomes kWh here, by the heat content given. */
export function decideValues(
  table: MeterTable,
  order: DateOrder,
  options: ReadingOptions & Partial<Pick<Meter, 'type'>>,
  problems: ProblemList,
): Values {
  const decimal = options.decimal ?? decideDecimal(table.decimals, table.delimiter);
  if (typeof decimal === 'object') return problems.stop(decimal.code, decimal.message, { line: decimal.line });
  const numbers = decimal === ',' ? table.commas : table.points;
  const { unit, unitFrom, volume } = decideUnit(table, options, problems);
  if (options.type === 'electricity' && options.unit === undefined && (volume !== undefined || gasUnits.has(unit))) {
    problems.stop(
      'meter.commodity-absent',
      `the values are in ${volume ?? unit}, a unit of gas, and the meter has type: electricity; correct type, or set unit if the file's is wrong`,
      table.headerLine === undefined ? {} : { line: table.headerLine },
    );
  }
  if (options.values === 'power' && !isPower(unit)) {
    problems.stop(
      'meter.unit-contradictory',
      `values: power, but the unit is ${unit}; set unit to kW, W or MW, or leave values out`,
    );
  }
  if ((options.values === 'interval' || options.values === 'register') && isPower(unit)) {
    problems.stop(
      'meter.unit-contradictory',
      `values: ${options.values}, but the unit is ${unit}, a power; set unit, or leave values out`,
    );
  }
  const register = decideRegister(table, numbers, unit, order, options, problems);
  if (register && isPower(unit)) {
    problems.stop(
      'meter.unit-contradictory',
      `${table.valueName} is a meter's count, but its unit is ${unit}, a power; set unit, or choose another column with columns.value`,
    );
  }
  if (!register && options.unit === undefined) refuseMilliwatts(table, numbers, unit, problems);
  if (volume === undefined || options.heatContent === undefined)
    return { numbers, written: numbers, unit, decimal, unitFrom, register };
  const { heatContent } = options;
  return {
    numbers: { length: numbers.length, at: (row) => kwhFromVolume(numbers.at(row), heatContent) },
    written: numbers,
    unit,
    decimal,
    unitFrom: `${volume} in ${unitFrom}, at ${String(heatContent)} kWh each`,
    register,
  };
}
