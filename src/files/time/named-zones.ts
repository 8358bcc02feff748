import { formatOffset, isLabelOf, type ZoneLabel } from '../../domain/zone-labels.ts';
import { openZone, type Zone } from '../../domain/zone.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { NumberColumn } from '../series/packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import { hourMs } from './cadence.ts';
import { decideDateOrder } from './date-order.ts';
import { wallsOf } from './resolve-column.ts';

/** The zones that a file names, beside the one that the manifest gives its site. */
export interface NamedZones {
  /** By what is written; `offsets` has one number at most: the one its times were given. */
  readonly labels: Map<string, ZoneLabel>;
  /** Where they stand, in words. */
  readonly from: string;
  /** True where each row has a name of its own. */
  readonly inRows: boolean;
}

/** How the zone of a file's times was come by: the site's, or one given for these very files, which settles what names leave open. */
export interface GivenZone {
  readonly zone: Zone;
  readonly forTheseFiles: boolean;
}

/** The first row for which something holds; undefined where there is none. */
function firstRow(length: number, holds: (row: number) => boolean): number | undefined {
  for (let row = 0; row < length; row += 1) if (holds(row)) return row;
  return undefined;
}

const sameInstants = (some: readonly number[], others: readonly number[]): boolean =>
  some.length === others.length && some.every((instant, at) => instant === others[at]);

/** A fixed offset as an IANA zone, whose sign is the other way round; undefined where there is none. */
function fixedZone(minutes: number): string | undefined {
  if (minutes % 60 !== 0) return undefined;
  const hours = -minutes / 60;
  return hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '+' : ''}${String(hours)}`;
}

/** What spring's missing hour and autumn's doubled one show of a clock that is said to keep one offset: does it change? */
function seasonShown(table: MeterTable, walls: NumberColumn, zone: Zone): 'fixed' | 'seasonal' | 'both' | undefined {
  const read = new Map<number, { readonly gapMs: number; readonly counts: Map<number, number> }>();
  for (let row = 0; row < walls.length; row += 1) {
    const wall = walls.at(row);
    const change = zone.changeAround(wall);
    if (change === undefined || (Number.isNaN(table.points.at(row)) && Number.isNaN(table.commas.at(row)))) continue;
    const gapMs = change.afterMs - change.beforeMs;
    const from = change.at + Math.min(change.beforeMs, change.afterMs) - (gapMs > 0 ? 2 * hourMs : 0);
    const seen = read.get(change.at) ?? { gapMs, counts: new Map<number, number>() };
    read.set(change.at, seen);
    const until = from + (gapMs > 0 ? 5 * hourMs : -gapMs);
    if (wall >= from && wall < until) seen.counts.set(wall, (seen.counts.get(wall) ?? 0) + 1);
  }
  const shown = new Set<'fixed' | 'seasonal'>();
  for (const { gapMs, counts } of read.values()) {
    const times = [...counts.keys()].toSorted((a, b) => a - b);
    const stepMs = Math.min(...times.slice(1).map((time, at) => time - (times[at] ?? 0)));
    if (gapMs < 0 && [...counts.values()].some((count) => count > 1)) shown.add('seasonal');
    if (gapMs > 0 && times.length * stepMs === 5 * hourMs) shown.add('fixed');
    if (gapMs > 0 && times.length * stepMs === 5 * hourMs - gapMs) shown.add('seasonal');
  }
  return shown.size > 1 ? 'both' : [...shown][0];
}

function settleSeasonal(
  table: MeterTable,
  walls: NumberColumn,
  label: ZoneLabel,
  from: string,
  { zone, forTheseFiles }: GivenZone,
  problems: ProblemList,
): string {
  const differing = label.zones.map((name) => {
    const other = openZone(name);
    return firstRow(table.length, (row) => {
      const [wall, offsetMs] = [walls.at(row), table.starts.offsetMs(row)];
      if (other === undefined) return true;
      if (offsetMs !== undefined) return zone.offsetMsAt(wall - offsetMs) !== other.offsetMsAt(wall - offsetMs);
      return !sameInstants(zone.instantsOf(wall), other.instantsOf(wall));
    });
  });
  const [first] = differing;
  if (first === undefined || differing.includes(undefined)) return `"${label.text}" ${from} fits ${zone.name}`;
  if (forTheseFiles) return `"${label.text}" ${from} passed over: the zone given is ${zone.name}`;
  return problems.stop(
    'meter.zone-differs',
    `"${label.text}" ${from} names another zone than ${zone.name}, the site's; set timezone on the meter: ${label.zones[0] ?? ''} if the times are in it, ${zone.name} if the name is wrong`,
    { line: table.lines.at(first), data: { named: label.text, timezone: zone.name } },
  );
}

/** A column of fixed offsets as naive times, or as it is; what is said of it. Ends the reading where names and zone disagree. */
function settleFixed(
  table: MeterTable,
  walls: NumberColumn,
  named: NamedZones,
  { zone, forTheseFiles }: GivenZone,
  placed: boolean,
  problems: ProblemList,
): { readonly table: MeterTable; readonly said: string } {
  const labels = [...named.labels.values()].filter(({ offsets }) => offsets.length > 0);
  const labelOf = new Map(labels.map((label) => [label.offsets[0] ?? 0, label]));
  const list = labels.map(({ text }) => `"${text}"`).join(' and ');
  const placedMs = (labels[0]?.offsets[0] ?? 0) * 60_000;
  const given = (row: number): number => (placed ? placedMs : (table.starts.offsetMs(row) ?? Number.NaN));
  const instantAt = (row: number): number => walls.at(row) - (placed ? 0 : given(row));
  const years = new Map<string, boolean>();
  const isKnownAt = (label: ZoneLabel, row: number): boolean => {
    const year = new Date(walls.at(row)).getUTCFullYear();
    const key = `${label.text} ${String(year)}`;
    const known = years.get(key) ?? isLabelOf(zone, label, label.offsets[0] ?? 0, year);
    years.set(key, known);
    return known;
  };
  const at = firstRow(table.length, (row) => {
    const offsetMs = given(row);
    const label = labelOf.get(offsetMs / 60_000);
    if (label === undefined) return false;
    const instant = instantAt(row);
    // The end of an interval may be shown by the clock as it stood until then.
    const shows = zone.offsetMsAt(instant) === offsetMs || zone.offsetMsAt(instant - 1) === offsetMs;
    return !shows || !isKnownAt(label, row);
  });
  if (at === undefined)
    return { table, said: `${list} ${named.from} ${labels.length === 1 ? 'fits' : 'fit'} ${zone.name}` };
  const label = labelOf.get(given(at) / 60_000);
  const [minutes = 0, text = ''] = [label?.offsets[0], label?.text];
  const where = { line: table.lines.at(at), data: { named: text, timezone: zone.name } };
  const ofZone = label?.zones[0] ?? '';
  const fixed = fixedZone(minutes);
  const shown = formatOffset(zone.offsetMsAt(instantAt(at)) / 60_000);
  const isKnown = label !== undefined && isKnownAt(label, at);
  if (labels.length > 1) {
    const remedy = isKnown
      ? 'correct the name'
      : `set timezone: ${ofZone} on the meter if that is its zone, or correct the names`;
    problems.stop(
      'meter.zone-differs',
      `${list} stand ${named.from}, and "${text}" here is ${formatOffset(minutes)} where the clock of ${zone.name} stands at ${shown}; ${remedy}`,
      where,
    );
  }
  const byZone = placed
    ? table
    : { ...table, starts: table.starts.withoutOffsets(), ends: table.ends?.withoutOffsets() };
  // What the file itself shows needs no word of the manifest.
  const season = placed || !isKnown ? undefined : seasonShown(table, walls, zone);
  if (season === 'seasonal') {
    return {
      table: byZone,
      said: `"${text}" ${named.from} means the clock of ${zone.name}: its hours change with the season`,
    };
  }
  if (season === 'fixed') {
    return { table, said: `"${text}" ${named.from} is ${formatOffset(minutes)} all year: spring skips no hour` };
  }
  if (forTheseFiles)
    return { table: byZone, said: `${list} ${named.from} passed over: the zone given is ${zone.name}` };
  const allYear = fixed === undefined ? '' : `${fixed} for ${text} (${formatOffset(minutes)}) all year`;
  if (!isKnown) {
    const remedies = [ofZone, allYear, `${zone.name} if the name is wrong`].filter((remedy) => remedy !== '');
    problems.stop(
      'meter.zone-differs',
      `"${text}" ${named.from} is ${formatOffset(minutes)}, and the clock of ${zone.name}, the site's, stands at ${shown} here; set timezone on the meter: ${remedies.join(', ')}`,
      where,
    );
  }
  return problems.stop(
    'meter.zone-ambiguous',
    `"${text}" ${named.from} may be ${formatOffset(minutes)} all year, or the clock of ${zone.name}, which stands at ${shown} here; set timezone on the meter: ${[allYear, `${zone.name} for the clock of the season`].filter((remedy) => remedy !== '').join(', ')}`,
    where,
  );
}

/**
 * Holds the zones that a file names against the given one, over the whole file. Gives the table with the offsets that are
 * believed; ends the reading where two readings are left (`meter.zone-ambiguous`) or the names contradict the zone
 * (`meter.zone-differs`). `placed`: the zone has put all rows in their place already, as those of a day a row.
 */
export function settleZones(
  table: MeterTable,
  named: NamedZones,
  given: GivenZone,
  placed: boolean,
  problems: ProblemList,
): MeterTable {
  const order = decideDateOrder(table.starts, table.ends);
  if (typeof order === 'object' || table.length === 0) return table;
  const walls = wallsOf(table.starts, order);
  const said: string[] = [];
  for (const label of named.labels.values()) {
    if (label.offsets.length === 0) said.push(settleSeasonal(table, walls, label, named.from, given, problems));
  }
  if (said.length === named.labels.size) return { ...table, inferred: [...table.inferred, ...said] };
  const fixed = settleFixed(table, walls, named, given, placed, problems);
  return { ...fixed.table, inferred: [...table.inferred, ...said, fixed.said] };
}
