import type { WrittenEvent, WrittenEvents } from './event-rows.ts';
import { placeOf } from './event-rows.ts';
import type { EventMoment } from './event-time.ts';
import type { ProblemList } from '../problem-list.ts';

/** Gives events without a year that of the file, where it speaks of only one; the others become problems. */
export function withYears({ events, years }: WrittenEvents, problems: ProblemList): readonly WrittenEvent[] {
  const [year, other] = [...years];
  const lacks = (moment: EventMoment): boolean => moment.date?.year === 0;
  const first = events.find((event) => lacks(event.start));
  if (first !== undefined && year !== undefined && other === undefined) {
    const message = `"${first.text}" has no year: it is taken as ${String(year)}, the only one in the file; write it with its year`;
    problems.warning('events.year-inferred', message, placeOf(first.at));
  }
  return events.flatMap((event) => {
    const { start, end, text, at } = event;
    // An end takes the year of its start: one that is then earlier is told as such.
    const given = lacks(start) ? (other === undefined ? year : undefined) : start.date?.year;
    if (given === undefined) {
      const message = `"${text}" has no year, and the file does not say which; write it, or add a column Year`;
      problems.error('events.year-missing', message, placeOf(at));
      return [];
    }
    const dated = (moment: EventMoment): EventMoment =>
      moment.date !== undefined && lacks(moment) ? { ...moment, date: { ...moment.date, year: given } } : moment;
    return [{ ...event, start: dated(start), end: dated(end) }];
  });
}
