import { formatDate, formatInstant } from '../domain/canonical.ts';
import type { FileFacts } from '../domain/meter-data.ts';
import { openZone } from '../domain/zone.ts';
import { describeLength } from '../files/time/cadence.ts';

/** A meter file as `check --json --explain` lists it. */
export interface FileEntry {
  readonly file: string;
  readonly site: string;
  readonly meter: string;
  readonly kind: FileFacts['kind'];
  readonly layout: string;
  readonly rows: number;
  /** Instants with offset for intervals, dates for bills; the end is exclusive. */
  readonly start: string;
  readonly end: string;
  readonly unit: string;
  /** The zone of the file's times; null where they say their offset themselves. */
  readonly timezone: string | null;
  /** ISO 8601 duration; null for bills. */
  readonly cadence: string | null;
  readonly sum: number;
  readonly sumUnit: FileFacts['sumUnit'];
  readonly inferred: readonly string[];
}

export function toFileEntry(site: string, meter: string, facts: FileFacts): FileEntry {
  const { file, kind, layout, rows, unit, timezone, cadenceMs, sum, sumUnit, inferred } = facts;
  const when = kind === 'bills' ? formatDate : formatInstant;
  return {
    file,
    site,
    meter,
    kind,
    layout,
    rows,
    start: when(facts.start),
    end: when(facts.end),
    unit,
    timezone,
    cadence: cadenceMs === null ? null : isoDuration(cadenceMs),
    sum,
    sumUnit,
    inferred,
  };
}

const grouped = new Intl.NumberFormat('en-US');
const inThousandths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const inTenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `x.csv: long, 8,760 intervals of 1 hour, 2024-01-01 to 2025-01-01 America/Chicago, kWh, sum 10,234.5`. */
export function formatFile(facts: FileFacts): string {
  const { file, kind, layout, rows, unit, timezone, cadenceMs, sum, sumUnit } = facts;
  const items = `${grouped.format(rows)} ${kind === 'bills' ? 'bill' : 'interval'}${rows === 1 ? '' : 's'}`;
  const length = cadenceMs === null ? '' : ` of ${describeLength(cadenceMs)}`;
  const when = kind === 'bills' ? formatDate : (instant: number): string => formatLocal(instant, timezone);
  const zone = kind === 'bills' ? '' : ` ${timezone ?? 'UTC'}`;
  const inUnit = unit === sumUnit ? '' : ` ${sumUnit}`;
  const total = (Math.abs(sum) < 1000 ? inThousandths : inTenths).format(sum);
  return `${file}: ${layout}, ${items}${length}, ${when(facts.start)} to ${when(facts.end)}${zone}, ${unit}, sum ${total}${inUnit}`;
}

/** The date there, and the time of day unless it is midnight. */
function formatLocal(instant: number, timezone: string | null): string {
  const offsetMs = timezone === null ? 0 : (openZone(timezone)?.offsetMsAt(instant) ?? 0);
  const wall = new Date(instant + offsetMs).toISOString();
  const time = wall.slice(11, 19);
  if (time === '00:00:00') return wall.slice(0, 10);
  return `${wall.slice(0, 10)} ${time.endsWith(':00') ? time.slice(0, 5) : time}`;
}

/** `PT15M`, `PT1H`, `P1D`, `PT90S`. */
function isoDuration(ms: number): string {
  const units = [
    [86_400_000, 'P', 'D'],
    [3_600_000, 'PT', 'H'],
    [60_000, 'PT', 'M'],
  ] as const;
  const [length, before, after] = units.find(([length]) => ms % length === 0) ?? [1000, 'PT', 'S'];
  return `${before}${String(ms / length)}${after}`;
}
