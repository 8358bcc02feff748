import { formatWithOffset } from '../../domain/canonical.ts';
import { sha256 } from '../../domain/json.ts';
import type { EventsDocument } from '../../domain/meter-data.ts';
import type { EventWindow, Site } from '../../domain/site.ts';
import { openZone } from '../../domain/zone.ts';
import type { WrittenEvent, WrittenEvents } from './event-rows.ts';
import type { Event, Moment } from './event-instants.ts';
import { resolveEvents } from './event-instants.ts';
import { placeOf, readEventRows, readWrittenEvent, refuseText } from './event-rows.ts';
import { withYears } from './event-years.ts';
import { ProblemList } from '../problem-list.ts';

/** The header WattCarbon asks for, to the letter (wattcarbon contract, "Demand-response events"). */
const header = 'Event Start Time,Event End Time';

/** Sorts, drops repeated events with a warning, and refuses overlapping ones. */
function orderEvents(events: readonly Event[], problems: ProblemList): readonly Event[] {
  const sorted = events.toSorted((a, b) => a.start.instant - b.start.instant || a.end.instant - b.end.instant);
  const early = events.find((event, at) => event.start.instant < (events[at - 1] ?? event).start.instant);
  if (early !== undefined) {
    const message = `the event of ${print(early.start)} is listed after a later one; they are written in order of time`;
    problems.warning('events.unordered', message, placeOf(early.at));
  }
  const kept: Event[] = [];
  for (const event of sorted) {
    const last = kept.at(-1);
    if (last?.start.instant === event.start.instant && last.end.instant === event.end.instant) {
      problems.warning(
        'events.duplicate',
        `the event of ${print(event.start)} is listed twice; it is written once`,
        placeOf(event.at),
      );
      continue;
    }
    if (last !== undefined && event.start.instant < last.end.instant) {
      problems.error(
        'events.overlap',
        `the event of ${print(event.start)} begins before that of ${print(last.start)} ends; join or correct them`,
        placeOf(event.at),
      );
    }
    kept.push(event);
  }
  problems.throwErrors();
  return kept;
}

const print = (moment: Moment): string => formatWithOffset(moment.instant, moment.offsetMs);

/** The events of an inline list. */
function fromList(site: Site, list: readonly EventWindow[], problems: ProblemList): WrittenEvents {
  const events: WrittenEvent[] = [];
  for (const [index, { start, end }] of list.entries()) {
    const at = site.where(`events.${String(index)}`);
    const event = readWrittenEvent({ starts: [start], ends: [end], dates: [], windows: [] }, at);
    if (event === undefined) refuseText(`${start} to ${end}`, at, problems);
    else events.push(event);
  }
  return { events, years: new Set() };
}

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
    typeof source === 'string' ? await readEventRows(source, file, problems) : fromList(site, source, problems);
  problems.throwErrors();
  if (written.events.length === 0)
    problems.stop(
      'events.empty',
      'there is no event here; add them, or leave events out',
      typeof source === 'string' ? { line: 1 } : placeOf(site.where('events')),
    );
  const dated = withYears(written, problems);
  problems.throwErrors();
  const events = orderEvents(resolveEvents(dated, zone, problems), problems);
  const text = [header, ...events.map((event) => `${print(event.start)},${print(event.end)}`)].join('\n');
  const bytes = new TextEncoder().encode(`${text}\n`);
  return { sha256: sha256(bytes), events: events.length, bytes, findings: problems.warnings };
}
