import type { Columns } from './choose-columns.ts';
import { readStamp } from '../time/stamp.ts';

const offsetName = /(?:^|[^\p{L}\p{N}])(?:utc|gmt)\s*([+\u2212-]\d{1,2}(?::?\d{2})?)?(?=$|[^\p{L}\p{N}])/iu;
/** Names of a prevailing time, beside which an offset is only that of its winter: `(UTC-05:00) Eastern Time`. */
const prevailing = /local|eastern|central|mountain|pacific|atlantic|prevailing/i;
/** `GMT/BST` is the clock of the season, and not GMT. */
const seasonal = /gmt ?[/|&-] ?[a-z]{3}(?=$|[^\p{L}])/iu;
const zoneName = /^\s*(?:time[ _]?zone|tz|zone|zeitzone|fuseau(?: horaire)?)\s*$/i;

/** The fixed offset that a text names, as it is written after a time: `Z` for `Time (UTC)`, `+01:00` for `UTC+1`; undefined for none. */
export function offsetNamed(text: string): string | undefined {
  const found = prevailing.test(text) || seasonal.test(text) ? null : offsetName.exec(text.replaceAll('_', ' '));
  if (found === null) return undefined;
  const [, sign, hours, minutes = '00'] = /^([+\u2212-])(\d{1,2}):?(\d{2})?$/.exec(found[1] ?? '') ?? [];
  if (sign === undefined || hours === undefined) return 'Z';
  return `${sign === '+' ? '+' : '-'}${hours.padStart(2, '0')}:${minutes}`;
}

/** The column of time zones, by its name; -1 where there is none. */
export const zoneColumnOf = (header: readonly string[]): number => header.findIndex((cell) => zoneName.test(cell));

/** The same in minutes ahead of UTC. */
export function offsetMinutesNamed(text: string): number | undefined {
  const offset = offsetNamed(text);
  return offset === undefined ? undefined : readStamp(`00:00${offset}`, undefined)?.offsetMinutes;
}

/** How the offset that a file's header, or its column of time zones, names is put after its naive times. */
interface NamedOffset {
  readonly said: string;
  /** Changes the cells of one row. */
  readonly apply: (cells: string[]) => void;
}

/** Undefined where neither the names of the stamp columns nor a column of zones names an offset. */
export function findNamedOffset(
  header: readonly string[],
  columns: Columns,
  rows: readonly { readonly cells: readonly string[] }[],
): NamedOffset | undefined {
  const { start, time, end, endTime } = columns;
  const stamps = [start, time, end, endTime].filter((column) => column !== undefined);
  const name = stamps.map((column) => header[column] ?? '').find((cell) => offsetNamed(cell) !== undefined);
  const zone = zoneColumnOf(header);
  const inColumn = zone !== -1 && rows.some(({ cells }) => offsetNamed(cells[zone] ?? '') !== undefined);
  if (name === undefined && !inColumn) return undefined;
  const fixed = name === undefined ? undefined : offsetNamed(name);
  const apply = (cells: string[]): void => {
    const offset = fixed ?? offsetNamed(cells[zone] ?? '');
    if (offset === undefined) return;
    for (const column of stamps) {
      const cell = (cells[column] ?? '').trim();
      const stamp = readStamp(cell, undefined);
      if (stamp?.timeMs !== undefined && stamp.offsetMinutes === undefined) cells[column] = `${cell}${offset}`;
    }
  };
  const from = name === undefined ? `column "${(header[zone] ?? '').trim()}"` : `"${name.trim()}"`;
  return { said: `offset of times from ${from}`, apply };
}
