import { formatWithOffset } from '../../domain/canonical.ts';
import type { Position } from '../../domain/problem.ts';
import type { Zone } from '../../domain/zone.ts';
import { dayMs } from '../time/cadence.ts';
import { decideDateOrder, firstOpenDate } from '../time/date-order.ts';
import type { WrittenEvent } from './event-rows.ts';
import { placeOf } from './event-rows.ts';
import type { EventMoment } from './event-time.ts';
import type { ProblemList } from '../problem-list.ts';
import { StampColumn } from '../time/stamp-column.ts';

/** A notice of more days than this is a mistake. */
const mostDays = 31;

/** An instant, and the offset to print it with. */
export interface Moment {
  readonly instant: number;
  readonly offsetMs: number;
}

/** An event with its instants, and where it was written. */
export interface Event {
  readonly start: Moment;
  readonly end: Moment;
  readonly at: Position;
}

/** A wall time as an instant with the offset to print it with; undefined when a problem was recorded. */
function momentOf(
  wall: number,
  written: EventMoment,
  text: string,
  zone: Zone | undefined,
  at: Position,
  problems: ProblemList,
): Moment | undefined {
  if (written.offsetMinutes !== undefined) {
    const offsetMs = written.offsetMinutes * 60_000;
    const instant = wall - offsetMs;
    return { instant, offsetMs: written.zulu && zone !== undefined ? zone.offsetMsAt(instant) : offsetMs };
  }
  if (zone === undefined) {
    problems.error(
      'events.timezone-missing',
      `"${text}" has no offset, and the site has no time zone; add the offset, or set timezone`,
      placeOf(at),
    );
    return undefined;
  }
  const [instant, second] = zone.instantsOf(wall);
  const local = formatWithOffset(wall, 0).slice(0, 16);
  if (instant === undefined) {
    problems.error(
      'events.time-nonexistent',
      `${local} (from "${text}") does not exist in ${zone.name}: the clocks went forward over it; correct it`,
      placeOf(at),
    );
    return undefined;
  }
  if (second !== undefined) {
    const [first, later] = [instant, second].map((moment) => formatWithOffset(moment, zone.offsetMsAt(moment)));
    problems.error(
      'events.time-ambiguous',
      `${local} (from "${text}") came twice in ${zone.name}: write ${String(first)} or ${String(later)}`,
      placeOf(at),
    );
    return undefined;
  }
  return { instant, offsetMs: zone.offsetMsAt(instant) };
}

/** Start and end walls of an event, or of each of its days. */
function wallsOf(
  event: WrittenEvent,
  start: number,
  end: number,
  problems: ProblemList,
): readonly (readonly [number, number])[] {
  if (event.end.date === undefined) return [[start, end < start ? end + dayMs : end]];
  const days = Math.floor(end / dayMs) - Math.floor(start / dayMs);
  const lastEnd = end - days * dayMs;
  if (days < 1 || lastEnd <= start) return [[start, end]];
  if (!event.daily) {
    const message = `the event "${event.text}" lasts over ${String(days)} ${days === 1 ? 'day' : 'days'}; if it is the same window on each day, list each day by itself`;
    problems.warning('events.long', message, placeOf(event.at));
    return [[start, end]];
  }
  if (days >= mostDays) {
    problems.error(
      'events.long',
      `"${event.text}" speaks of ${String(days + 1)} days; list each event by itself`,
      placeOf(event.at),
    );
    return [];
  }
  const message = `"${event.text}" speaks of ${String(days + 1)} days: it is taken as the same window on each of them`;
  problems.warning('events.days-repeated', message, placeOf(event.at));
  return Array.from({ length: days + 1 }, (_, day) => [start + day * dayMs, lastEnd + day * dayMs]);
}

/** Events as instants. All written times are looked at before any is decided: day and month order is the whole list's. Throws `ProblemError`. */
export function resolveEvents(
  written: readonly WrittenEvent[],
  zone: Zone | undefined,
  problems: ProblemList,
): readonly Event[] {
  const [starts, ends] = [new StampColumn(), new StampColumn()];
  for (const { start, end } of written) {
    if (start.date !== undefined) starts.push({ ...start, date: start.date });
    const date = end.date ?? start.date;
    if (date !== undefined) ends.push({ ...end, date });
  }
  const order = decideDateOrder(starts, written.every((event) => event.end.date !== undefined) ? ends : undefined);
  if (typeof order === 'object') {
    const code = order.code.replace('meter.', 'events.');
    const message = order.message.replace(/; set dateOrder.*$/, '; write the dates as 2025-07-01');
    const first = written[Math.min(...firstOpenDate(starts), ...firstOpenDate(ends))];
    return problems.stop(code, message, first === undefined ? {} : placeOf(first.at));
  }
  const events: Event[] = [];
  for (const [row, event] of written.entries()) {
    const { text, at } = event;
    const [start, end] = [starts.wall(row, order), ends.wall(row, order)];
    if (Number.isNaN(start) || Number.isNaN(end)) {
      problems.error('events.time', `"${text}" has a day that does not exist; correct it`, placeOf(at));
      continue;
    }
    for (const [startWall, endWall] of wallsOf(event, start, end, problems)) {
      const from = momentOf(startWall, event.start, text, zone, at, problems);
      const until = momentOf(endWall, event.end, text, zone, at, problems);
      if (from === undefined || until === undefined) continue;
      if (until.instant > from.instant) events.push({ start: from, end: until, at });
      else {
        problems.error(
          'events.order',
          `the event "${text}" does not end after it starts; an event across midnight needs the next day's date`,
          placeOf(at),
        );
      }
    }
  }
  problems.throwErrors();
  return events;
}
