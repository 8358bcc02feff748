import { formatWithOffset } from '../domain/canonical.ts';
import { sha256 } from '../domain/json.ts';
import type { EventsDocument } from '../domain/meter-data.ts';
import type { Position } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import type { Zone } from '../domain/zone.ts';
import { openZone } from '../domain/zone.ts';
import { decideDateOrder } from './date-order.ts';
import type { WrittenEvent } from './event-rows.ts';
import { readEventRows } from './event-rows.ts';
import { ProblemList } from './problem-list.ts';
import { readStamp } from './stamp.ts';
import { StampColumn } from './stamp-column.ts';

/** The header WattCarbon asks for, to the letter (wattcarbon contract, "Demand-response events"). */
const header = 'Event Start Time,Event End Time';

interface Moment {
  readonly instant: number;
  readonly offsetMs: number;
}

interface Event {
  readonly start: Moment;
  readonly end: Moment;
  readonly at: Position;
}

const where = ({ line, column }: Position) => ({
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column }),
});

/** A written time as an instant with the offset to print it with; undefined when a problem was recorded. */
function momentOf(
  text: string,
  column: StampColumn,
  row: number,
  order: 'dmy' | 'mdy',
  zone: Zone | undefined,
  at: Position,
  problems: ProblemList,
): Moment | undefined {
  const wall = column.wall(row, order);
  const offsetMs = column.offsetMs(row);
  if (offsetMs !== undefined) {
    const instant = wall - offsetMs;
    return { instant, offsetMs: column.isZulu(row) && zone !== undefined ? zone.offsetMsAt(instant) : offsetMs };
  }
  if (zone === undefined) {
    problems.error(
      'events.timezone-missing',
      `"${text}" has no offset, and the site has no time zone; add the offset, or set timezone`,
      where(at),
    );
    return undefined;
  }
  const [instant, second] = zone.instantsOf(wall);
  if (instant === undefined) {
    problems.error(
      'events.time-nonexistent',
      `"${text}" does not exist in ${zone.name}: the clocks went forward over it; correct it`,
      where(at),
    );
    return undefined;
  }
  if (second !== undefined) {
    const [first, later] = [instant, second].map((moment) => formatWithOffset(moment, zone.offsetMsAt(moment)));
    problems.error(
      'events.time-ambiguous',
      `"${text}" came twice in ${zone.name}: write ${String(first)} or ${String(later)}`,
      where(at),
    );
    return undefined;
  }
  return { instant, offsetMs: zone.offsetMsAt(instant) };
}

/** Reads the written times, all of them before any is decided: day and month order is the whole list's. */
function resolveEvents(
  written: readonly WrittenEvent[],
  zone: Zone | undefined,
  problems: ProblemList,
): readonly Event[] {
  const [starts, ends] = [new StampColumn(), new StampColumn()];
  const read: WrittenEvent[] = [];
  for (const event of written) {
    const stamps = [event.start, event.end].map((text) => {
      const stamp = readStamp(text, undefined);
      if (stamp?.date === undefined || stamp.timeMs === undefined) {
        problems.error(
          'events.time',
          `"${text}" is not a date and time this program reads; write it as 2025-07-01 17:00:00-05:00`,
          where(event.at),
        );
        return undefined;
      }
      return { ...stamp, date: stamp.date };
    });
    const [start, end] = stamps;
    if (start === undefined || end === undefined) continue;
    starts.push(start);
    ends.push(end);
    read.push(event);
  }
  problems.throwErrors();
  const order = decideDateOrder(starts, ends);
  if (typeof order === 'object') {
    const code = order.code.replace('meter.', 'events.');
    return problems.stop(code, order.message.replace(/; set dateOrder.*$/, '; write the dates as 2025-07-01'));
  }
  const events: Event[] = [];
  for (const [row, { start, end, at }] of read.entries()) {
    const from = momentOf(start, starts, row, order, zone, at, problems);
    const until = momentOf(end, ends, row, order, zone, at, problems);
    if (from === undefined || until === undefined) continue;
    if (until.instant <= from.instant) {
      problems.error(
        'events.order',
        `the event from "${start}" to "${end}" does not end after it starts; an event across midnight needs the next day's date`,
        where(at),
      );
      continue;
    }
    events.push({ start: from, end: until, at });
  }
  problems.throwErrors();
  return events;
}

/** Sorts, drops repeated events with a warning, and refuses overlapping ones. */
function orderEvents(events: readonly Event[], problems: ProblemList): readonly Event[] {
  const sorted = events.toSorted((a, b) => a.start.instant - b.start.instant || a.end.instant - b.end.instant);
  if (sorted.some((event, at) => event !== events[at])) {
    problems.warning('events.unordered', 'the events are not in order of time; they are written in order');
  }
  const kept: Event[] = [];
  for (const event of sorted) {
    const last = kept.at(-1);
    if (last?.start.instant === event.start.instant && last.end.instant === event.end.instant) {
      problems.warning(
        'events.duplicate',
        `the event of ${print(event.start)} is listed twice; it is written once`,
        where(event.at),
      );
      continue;
    }
    if (last !== undefined && event.start.instant < last.end.instant) {
      problems.error(
        'events.overlap',
        `the event of ${print(event.start)} begins before that of ${print(last.start)} ends; join or correct them`,
        where(event.at),
      );
    }
    kept.push(event);
  }
  problems.throwErrors();
  return kept;
}

const print = (moment: Moment): string => formatWithOffset(moment.instant, moment.offsetMs);

/**
 * A site's demand-response events, from its CSV or its inline list, in WattCarbon's two-column form with each row's own
 * offset: the site's at that moment where the time was naive or `Z`, else the one written. Throws `ProblemError`.
 */
export async function readEvents(site: Site, displayPath: (absolute: string) => string): Promise<EventsDocument> {
  const { events: source = [] } = site;
  const file = typeof source === 'string' ? displayPath(source) : site.where('events').file;
  const problems = new ProblemList(file);
  const zone = site.timezone === undefined ? undefined : openZone(site.timezone);
  if (site.timezone !== undefined && zone === undefined) {
    problems.stop(
      'events.timezone-unknown',
      `"${site.timezone}" is not a time zone; set timezone to an IANA name such as America/Chicago`,
    );
  }
  const written =
    typeof source === 'string'
      ? await readEventRows(source, file, problems)
      : source.map((event, at) => ({ start: event.start, end: event.end, at: site.where(`events.${String(at)}`) }));
  if (written.length === 0)
    problems.stop('events.empty', 'there is no event here; add them, or leave events out', where(site.where('events')));
  const events = orderEvents(resolveEvents(written, zone, problems), problems);
  const text = [header, ...events.map((event) => `${print(event.start)},${print(event.end)}`)].join('\n');
  const bytes = new TextEncoder().encode(`${text}\n`);
  return { sha256: sha256(bytes), events: events.length, bytes, findings: problems.warnings };
}
