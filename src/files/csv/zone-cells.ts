import type { Zone } from '../../domain/zone.ts';
import { formatOffset, isLabelOf, type ZoneLabel, zoneLabelIn, zoneLabelOf } from '../../domain/zone-labels.ts';
import type { NamedZones } from '../time/named-zones.ts';
import { readStamp } from '../time/stamp.ts';
import { offsetNamed, zoneColumnOf } from './named-offset.ts';

/** How the zones that a file names are taken out of its cells, and put after its times as offsets. */
export interface ZoneCells {
  /** The names met, for the decision that the whole file makes. Filled as rows are read. */
  readonly named: NamedZones;
  /** Takes names away from the times of one row, before their form is looked at. */
  readonly strip: (cells: string[]) => void;
  /** Puts offsets after the times of the row stripped last. */
  readonly apply: (cells: string[]) => void;
}

const suffix =
  /^(.*\d(?:\s*[ap]\.?m?\.?(?=[\s([]))?)\s*[([]?((?:UTC|GMT)\s*[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,5}|[A-Z]\w+\/\w[\w/+-]+)[)\]]?$/i;

/** Cells write their abbreviations in either case. */
const labelOf = (text: string): ZoneLabel | undefined => zoneLabelOf(text) ?? zoneLabelOf(text.toUpperCase());

/** A column of zones may have them in words, too: `Eastern`. */
const labelInColumn = (text: string): ZoneLabel | undefined => labelOf(text) ?? zoneLabelIn(text);

/** A cell without the name of a zone at its end, and that name; undefined where it has none. `Z` is none. */
function splitZone(cell: string): readonly [time: string, label: string] | undefined {
  const found = suffix.exec(cell.replace(/[\u00a0\u202f]/g, ' ').trim());
  const [, time, label] = found ?? [];
  if (time === undefined || label === undefined) return undefined;
  return offsetNamed(label) === undefined && labelOf(label) === undefined ? undefined : [time, label];
}

/** A year to look at a zone's clocks in: which of several meanings an abbreviation has does not change with it. */
const anyYear = 2024;

/** The offset that a label stands for in a site's zone: of several meanings the one that its clocks know. */
function offsetOf(label: ZoneLabel, zone: Zone): number | undefined {
  return label.offsets.find((minutes) => isLabelOf(zone, label, minutes, anyYear)) ?? label.offsets[0];
}

/**
 * Finds where a file names the zone of its times: after them, in a column of zones, or in the names of the columns `stamps`.
 * Undefined where it does not, and where there is no zone that such a name could be held against.
 */
export function findZoneCells(
  header: readonly string[],
  stamps: readonly number[],
  sample: readonly (readonly string[])[],
  zone: Zone | undefined,
): ZoneCells | undefined {
  const filled = stamps.map((column) =>
    sample.map((cells) => cells[column] ?? '').filter((cell) => cell.trim() !== ''),
  );
  const suffixed = stamps.filter((_, at) => {
    const cells = filled[at] ?? [];
    return cells.filter((cell) => splitZone(cell) !== undefined).length * 2 > cells.length;
  });
  const column = zoneColumnOf(header);
  const inColumn = column !== -1 && sample.some((cells) => labelInColumn(cells[column] ?? '') !== undefined);
  const inName = stamps.map((at) => zoneLabelIn(header[at] ?? '')).find((label) => label !== undefined);
  const fixedName = stamps.some((at) => offsetNamed(header[at] ?? '') !== undefined);
  if (suffixed.length === 0 && !inColumn && (inName === undefined || fixedName)) return undefined;
  const labels = new Map<string, ZoneLabel>();
  const named: NamedZones = {
    labels,
    from:
      suffixed.length > 0
        ? 'after the times'
        : inColumn
          ? `in column "${(header[column] ?? '').trim()}"`
          : `in the name of column "${(header[stamps.find((at) => zoneLabelIn(header[at] ?? '') !== undefined) ?? 0] ?? '').trim()}"`,
    inRows: suffixed.length > 0 || inColumn,
  };
  const texts = new Map<number, string>();
  const strip = (cells: string[]): void => {
    texts.clear();
    for (const at of suffixed) {
      const split = splitZone(cells[at] ?? '');
      if (split === undefined) continue;
      cells[at] = split[0];
      texts.set(at, split[1]);
    }
  };
  const apply = (cells: string[]): void => {
    for (const at of stamps) {
      const text = texts.get(at) ?? (suffixed.length === 0 && inColumn ? (cells[column] ?? '') : undefined);
      const label = text === undefined ? (named.inRows ? undefined : inName) : labelInColumn(text);
      const cell = (cells[at] ?? '').trim();
      const stamp = readStamp(cell, undefined);
      if (stamp?.timeMs === undefined || stamp.offsetMinutes !== undefined) continue;
      if (label === undefined) {
        const fixed = text === undefined ? undefined : offsetNamed(text);
        if (fixed !== undefined) cells[at] = `${cell}${fixed}`;
        continue;
      }
      const minutes = zone === undefined ? undefined : offsetOf(label, zone);
      labels.set(label.text, minutes === undefined ? label : { ...label, offsets: [minutes] });
      if (minutes !== undefined) cells[at] = `${cell}${formatOffset(minutes)}`;
    }
  };
  return { named, strip, apply };
}

/** The zones that names of columns give a file whose times are put in place by the zone; undefined where they name none. */
export function zonesInNames(
  header: readonly string[],
  columns: readonly number[],
  zone: Zone | undefined,
): NamedZones | undefined {
  for (const column of columns) {
    const name = header[column] ?? '';
    const label = offsetNamed(name) === undefined ? zoneLabelIn(name) : undefined;
    const minutes = label === undefined || zone === undefined ? undefined : offsetOf(label, zone);
    if (label === undefined) continue;
    const labels = new Map([[label.text, { ...label, offsets: minutes === undefined ? [] : [minutes] }]]);
    return { labels, from: `in the name of column "${name.trim()}"`, inRows: false };
  }
  return undefined;
}
