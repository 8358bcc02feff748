import type { ReadingOptions } from '../../domain/site.ts';
import type { UnitName } from '../../domain/units.ts';
import { isPower } from '../../domain/units.ts';
import type { NamedColumn, NamedRole } from './header-names.ts';
import { placeGiven } from './given-columns.ts';
import { isBareData, recogniseColumn } from './header-names.ts';

/** Which cell holds what; numbers are 0-based. `start` is the only stamp where there is no `end`. */
export interface Columns {
  readonly start: number;
  /** Time of day, where `start` holds a date alone. */
  readonly time: number | undefined;
  readonly end: number | undefined;
  /** Time of day of the end; on the date of `end`, or of `start` where there is none. */
  readonly endTime: number | undefined;
  readonly value: number;
  /** Further columns whose numbers are added to the value's: tariffs. */
  readonly added: readonly number[];
  readonly unit: number | undefined;
  readonly meter: number | undefined;
  readonly quality: number | undefined;
  /** What the name of the only stamp says of it. */
  readonly stampSays: 'start' | 'end' | undefined;
  readonly unitInName: UnitName | undefined;
  readonly refusedUnit: string | undefined;
  readonly register: boolean;
}

/** Why a row cannot be the header; `found` tells a header with a fault from a row that is none. */
export interface NoColumns {
  readonly found: boolean;
  readonly code: string;
  readonly message: string;
  /** The columns that may each be the values. */
  readonly candidates?: readonly number[];
}

type Choice<T> = { readonly chosen: T } | NoColumns;

const listed = (names: readonly (string | undefined)[]): string =>
  names.map((name) => `"${(name ?? '').trim()}"`).join(' and ');

function chooseValue(header: readonly string[], named: readonly NamedColumn[]): Choice<number> {
  const all = [...named.keys()].filter((at) => named[at]?.role === 'value');
  const withUnit = all.filter((at) => named[at]?.unit !== undefined);
  const withEnergy = withUnit.filter((at) => !isPower(named[at]?.unit ?? 'kW'));
  // Energy beside the same hours' power, or beside the gas volume it was made from, is what was asked for.
  const candidates = withEnergy.length === 1 ? withEnergy : withUnit.length > 0 ? withUnit : all;
  const [only] = candidates;
  if (only === undefined) {
    return { found: false, code: 'meter.header-not-found', message: 'no column of values was recognised' };
  }
  if (candidates.length === 1) return { chosen: only };
  const doubled = new Set(candidates.map((at) => (header[at] ?? '').trim())).size < candidates.length;
  const names = doubled
    ? candidates.map((at) => `"${(header[at] ?? '').trim()}" (column ${String(at + 1)})`).join(' and ')
    : listed(candidates.map((at) => header[at]));
  const how = doubled ? 'the number of the one that counts (adding them may count twice)' : 'the one that counts';
  const message = `${names} may each be the values; set columns.value to ${how}`;
  return { found: true, code: 'meter.value-ambiguous', message, candidates };
}

/** Beside another column that says when, `Data` is no date but data. */
function recogniseColumns(header: readonly string[]): readonly NamedColumn[] {
  const named = header.map((name) => recogniseColumn(name));
  const isElsewhere = named.some(
    ({ role }, at) => (role === 'date' || role === 'stamp' || role === 'start') && !isBareData(header[at] ?? ''),
  );
  return isElsewhere
    ? named.map((column, at) => (isBareData(header[at] ?? '') ? { ...column, role: undefined } : column))
    : named;
}

type TimeColumns = Pick<Columns, 'start' | 'time' | 'end' | 'endTime' | 'stampSays'>;

function chooseTimes(header: readonly string[], named: readonly NamedColumn[]): Choice<TimeColumns> {
  const of = (role: NamedRole, timeOnly?: boolean): readonly number[] =>
    [...named.keys()].filter(
      (at) => named[at]?.role === role && (timeOnly === undefined || named[at]?.timeOnlyName === timeOnly),
    );
  const none = { time: undefined, end: undefined, endTime: undefined, stampSays: undefined };
  const ambiguous = (columns: readonly number[]): NoColumns => ({
    found: true,
    code: 'meter.time-ambiguous',
    message: `${listed(columns.map((at) => header[at]))} may each say when; set columns.start (and columns.end)`,
  });
  const dates = of('date');
  const split = dates.length === 1 || (of('start', false).length === 1 && of('start', true).length === 1);

  // A date, and times of day beside it: `DATE,START TIME,END TIME`, `Start Date,Start Time`, `Date,Hour Ending`.
  if (split) {
    const [date, startTimes] =
      dates.length === 1 ? [dates, of('start', true)] : [of('start', false), of('start', true)];
    const fullStarts = dates.length === 1 ? of('start', false) : [];
    const times = startTimes.length > 0 ? startTimes : of('time');
    const [start, time, endDate, endTime] = [date[0], times[0], of('end', false)[0], of('end', true)[0]];
    if (times.length > 1) return ambiguous(times);
    if (start !== undefined && fullStarts.length === 0 && of('stamp').length === 0) {
      if (time === undefined && endTime !== undefined) {
        return { chosen: { ...none, start, time: endTime, stampSays: 'end' } };
      }
      return { chosen: { ...none, start, time, end: endDate, endTime } };
    }
  }

  const starts = of('start').length > 0 ? of('start') : of('stamp');
  const dated = starts.length > 0 ? starts : [...dates, ...of('time')];
  const fallback = dated.length > 0 ? dated : of('month');
  const ends = of('end');
  if (fallback.length > 1) return ambiguous(fallback);
  const [start] = fallback;
  if (start === undefined) {
    const [end] = ends;
    if (end === undefined) {
      return { found: false, code: 'meter.header-not-found', message: 'no column of dates or times was recognised' };
    }
    return ends.length > 1 ? ambiguous(ends) : { chosen: { ...none, start: end, stampSays: 'end' } };
  }
  const [end, endTime] = [of('end', false)[0] ?? ends[0], of('end', false).length > 0 ? of('end', true)[0] : undefined];
  if (of('end', false).length > 1 || of('end', true).length > 1) return ambiguous(ends);
  const stampSays = end === undefined && named[start]?.role === 'start' ? 'start' : undefined;
  return { chosen: { start, time: undefined, end, endTime, stampSays } };
}

/** Assigns the columns of a header, what the manifest says first; or says why it cannot be done. */
export function chooseColumns(header: readonly string[], options: ReadingOptions): Columns | NoColumns {
  const given = placeGiven(header, options);
  if ('code' in given) {
    // A row that is a header without what was asked for is the header; any other row is not.
    const itself = chooseColumns(header, { ...options, columns: undefined });
    return { found: !('found' in itself) || itself.found, ...given };
  }
  const named = recogniseColumns(header);
  const meterColumn = given.meter ?? named.findIndex((column) => column.role === 'meter');
  const qualityColumns = [...named.keys()].filter((at) => named[at]?.role === 'quality');
  // Of several flags none says for certain that it is about the reading.
  const quality = given.quality ?? (qualityColumns.length === 1 ? qualityColumns[0] : undefined);

  const [givenValue, ...added] = given.values;
  const value = givenValue === undefined ? chooseValue(header, named) : { chosen: givenValue };
  if (!('chosen' in value)) return value;
  let times: Choice<TimeColumns>;
  if (given.start !== undefined) {
    times = {
      chosen: { start: given.start, time: given.time, end: given.end, endTime: undefined, stampSays: undefined },
    };
  } else if (given.end !== undefined) {
    times = { chosen: { start: given.end, time: given.time, end: undefined, endTime: undefined, stampSays: 'end' } };
  } else times = chooseTimes(header, named);
  if (!('chosen' in times)) return times;

  const column = named[value.chosen];
  // Of several, the unit beside the value is its own: `Usage,Units,Interval,Usage,Units,Interval`.
  const units = [...named.keys()].filter((at) => named[at]?.role === 'unit');
  const unit = given.unit ?? units.find((at) => at > value.chosen) ?? units.at(-1);
  return {
    ...times.chosen,
    time: given.time ?? times.chosen.time,
    value: value.chosen,
    added,
    unit,
    meter: meterColumn === -1 ? undefined : meterColumn,
    quality,
    unitInName: column?.unit,
    refusedUnit: column?.refusedUnit,
    register: column?.register ?? false,
  };
}
