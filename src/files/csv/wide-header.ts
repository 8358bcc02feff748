import type { ReadingOptions } from '../../domain/site.ts';
import type { Columns } from './choose-columns.ts';
import { columnNamed } from './given-columns.ts';
import { saysTotal } from './control-total.ts';
import type { CsvRecord } from './csv-records.ts';
import { recogniseColumn } from './header-names.ts';
import { isBlank } from './csv-header.ts';
import { holdsDate } from './stamp-forms.ts';
import { unnamedNumbers } from './unread-columns.ts';

const minutesOfDay = 1440;
/** Intervals of a day, each with the counts of columns met: days of 23 and 25 hours, too. */
const perDay = [24, 48, 96, 144, 288] as const;

/** One interval's column. */
export interface Slot {
  readonly column: number;
  /** Its place in the day, from 0; beyond the day's usual number where only a day of 25 hours has it. */
  readonly index: number;
  /** True for a second column of the same time: autumn's second pass. */
  readonly again: boolean;
}

/** A header with a day's intervals side by side. */
export interface WideHeader {
  readonly columns: Columns;
  readonly slots: readonly Slot[];
  readonly stepMs: number;
  /** Intervals of an ordinary day. */
  readonly usual: number;
  /** Whether columns are times on the clock, hours by number, or intervals counted from midnight. */
  readonly kind: 'clock' | 'hour' | 'count';
  /** Column with the day's own total. */
  readonly total: number | undefined;
  readonly said: string;
}

type Label =
  | { readonly kind: 'clock'; readonly minutes: number; readonly until: boolean; readonly marked: boolean }
  | { readonly kind: 'hour' | 'ending' | 'count'; readonly number: number; readonly marked: boolean };

const clock =
  /^(\d{1,2})(?::(\d{2}))?(?::00)?\s*(?:([ap])\.?m\.?)?(?:\s*(?:-|\u2013|\u301c|\uff5e|~|to|bis)\s*(\d{1,2}:\d{2})(?::00)?(?:\s*[ap]\.?m\.?)?)?\s*(\*|'|\(?dst\)?|\(?2\)?|_2|#2)?$/i;
const counted =
  /^(he|hh|half[ -]?hour|hour ending|hour|hr|h|stunde|heure|hora|uur|interval|period|periode|int|v|i|p|value|val|kwh|e|slot|q|sp)?[\s_#]*0*(\d{1,3})\s*(\*|x|'|\(?dst\)?)?$/i;

function readLabel(cell: string): Label | undefined {
  const text = cell
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/[([]\s*\p{L}+\s*[)\]]/u, (unit) => (/dst/i.test(unit) ? unit : ''))
    .replace(/^(?:kwh|wh|kw)[\s_]+(?=\d{1,2}:)/i, '')
    .replace(/(?<=\d|\d\s?[ap]\.?m\.?)[\s_]+(?:kwh|wh|kw)\s*$/i, '')
    .trim();
  const time = clock.exec(text);
  if (time !== null && (time[2] !== undefined || time[3] !== undefined)) {
    const [, hourText, minuteText = '0', half, until, mark] = time;
    const hour =
      half === undefined ? Number(hourText) : (Number(hourText) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
    return {
      kind: 'clock',
      minutes: hour * 60 + Number(minuteText),
      until: until !== undefined,
      marked: mark !== undefined,
    };
  }
  const number = counted.exec(text);
  if (number === null) return undefined;
  const word = (number[1] ?? '').toLowerCase();
  const kind =
    word === 'he' || word === 'hour ending'
      ? 'ending'
      : /^(?:hour|hr|h|stunde|heure|hora|uur)$/.test(word)
        ? 'hour'
        : 'count';
  return { kind, number: Number(number[2]), marked: number[3] !== undefined };
}

const usualOf = (count: number): number | undefined =>
  perDay.find((usual) => [usual - usual / 24, usual, usual + usual / 24].includes(count));

interface Slots {
  readonly slots: readonly Slot[];
  readonly usual: number;
  readonly kind: WideHeader['kind'];
  readonly stamp: string;
}

function clockSlots(
  labels: readonly (readonly [column: number, label: Label])[],
  options: ReadingOptions,
): Slots | undefined {
  const times = labels.flatMap(([column, label]) => (label.kind === 'clock' ? [{ column, ...label }] : []));
  const minutes = [...new Set(times.map((time) => time.minutes))].toSorted((a, b) => a - b);
  const step = Math.min(...minutes.slice(1).map((minute, at) => minute - (minutes[at] ?? 0)));
  const usual = perDay.find((count) => count * step === minutesOfDay);
  if (usual === undefined || minutes.length < usual - usual / 24 || minutes.some((minute) => minute % step !== 0))
    return undefined;
  const ordinary = times.filter((time) => !time.marked);
  const last = ordinary.at(-1)?.minutes;
  const ends =
    !times.some((time) => time.until) &&
    (minutes.at(-1) === minutesOfDay || (last === 0 && ordinary[0]?.minutes !== 0));
  const stamp = options.stamp ?? (ends ? 'end' : 'start');
  const seen = new Set<number>();
  const slots = times.map((time) => {
    // Midnight as the last label is that of the day's end.
    const minute = ends && time.minutes === 0 ? minutesOfDay : time.minutes;
    const index = minute / step - (stamp === 'end' ? 1 : 0);
    const again = time.marked || seen.has(index);
    seen.add(index);
    return { column: time.column, index, again };
  });
  return { slots, usual, kind: 'clock', stamp };
}

function countedSlots(labels: readonly (readonly [column: number, label: Label])[]): Slots | undefined {
  const numbers = labels.flatMap(([column, label]) => (label.kind === 'clock' ? [] : [{ column, ...label }]));
  const ordinary = numbers.filter((label) => !label.marked);
  const usual = usualOf(ordinary.length);
  const first = ordinary[0]?.number ?? 0;
  if (usual === undefined || first > 1 || ordinary.some((label, at) => label.number !== first + at)) return undefined;
  const slots = numbers.map(({ column, number, marked }) => ({ column, index: number - first, again: marked }));
  const kind = numbers[0]?.kind === 'count' ? 'count' : 'hour';
  return { slots, usual, kind, stamp: numbers[0]?.kind === 'ending' ? 'end' : 'start' };
}

/** Slots by their place alone, from midnight: the columns of numbers whose names say nothing, where a day has so many. */
function placedSlots(header: readonly string[], rows: readonly CsvRecord[]): Slots | undefined {
  const columns = unnamedNumbers(
    header,
    rows.map((row) => row.cells),
  );
  const usual = usualOf(columns.length);
  if (usual === undefined) return undefined;
  const slots = columns.map((column, index) => ({ column, index, again: false }));
  return { slots, usual, kind: 'count', stamp: 'place' };
}

/** Reads a header whose columns are the intervals of a day; undefined for another row. `rows` are those below it. */
export function readWideHeader(
  header: readonly string[],
  rows: readonly CsvRecord[],
  options: ReadingOptions,
): WideHeader | undefined {
  if (header.length < perDay[0] - 1) return undefined;
  const below = rows.filter((row) => !isBlank(row.cells)).slice(0, 5);
  const labels = [...header.entries()].flatMap(([column, cell]) => {
    const label = readLabel(cell);
    return label === undefined ? [] : [[column, label] as const];
  });
  const kinds = new Set(labels.map(([, label]) => label.kind));
  const byLabels =
    kinds.size > 1 || labels.length < perDay[0] - 1
      ? undefined
      : kinds.has('clock')
        ? clockSlots(labels, options)
        : countedSlots(labels);
  const found = byLabels ?? (options.layout === 'wide' ? placedSlots(header, below) : undefined);
  if (found === undefined) return undefined;
  const slotColumns = new Set(found.slots.map((slot) => slot.column));
  const others = [...header.keys()].filter((at) => !slotColumns.has(at));
  const given = options.columns?.date ?? options.columns?.start;
  const dates = others.filter((at) => below.some((row) => holdsDate(row.cells[at] ?? '', options.dateOrder)));
  const byName = dates.find((at) => /date|day|datum|tag|fecha|giorno|data|dato/i.test(header[at] ?? ''));
  const start = given === undefined ? (byName ?? dates[0]) : columnNamed(header, given);
  if (start === undefined) return undefined;
  const named = others.map((at) => ({ at, ...recogniseColumn(header[at] ?? '') }));
  const firstSlot = found.slots[0]?.column ?? 0;
  const units = new Set(
    [...named.map((column) => column.unit), recogniseColumn(header[firstSlot] ?? '').unit].filter(
      (unit) => unit !== undefined,
    ),
  );
  const unitIn = (key: 'unit' | 'meter'): number | undefined => {
    const name = options.columns?.[key];
    return name === undefined ? named.find((column) => column.role === key)?.at : columnNamed(header, name);
  };
  const columns: Columns = {
    start,
    time: undefined,
    end: undefined,
    endTime: undefined,
    value: firstSlot,
    added: [],
    unit: unitIn('unit'),
    meter: unitIn('meter'),
    quality: undefined,
    stampSays: undefined,
    unitInName: units.size === 1 ? [...units][0] : undefined,
    refusedUnit: named.find((column) => column.refusedUnit !== undefined)?.refusedUnit,
    register: false,
  };
  const stepMs = (minutesOfDay / found.usual) * 60_000;
  const last = found.slots.at(-1)?.column ?? 0;
  const said = `a day a row, ${String(found.slots.length)} intervals from "${(header[firstSlot] ?? '').trim()}" to "${(header[last] ?? '').trim()}", ${found.stamp === 'place' ? 'in their order' : `named by their ${found.stamp}`}`;
  const total = others.find((at) => saysTotal(header[at] ?? '') && !/[$€£]|cost/i.test(header[at] ?? ''));
  return { columns, slots: found.slots, stepMs, usual: found.usual, kind: found.kind, total, said };
}
