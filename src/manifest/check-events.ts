import { DateTime } from 'luxon';
import type { EventWindow } from '../domain/site.ts';

/** Something wrong with the inline event no. `index` (from 0). */
export interface EventFault {
  readonly code: string;
  readonly message: string;
  readonly index: number;
  readonly key: 'start' | 'end';
}

const form = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?<offset>Z|[+-]\d{2}:?\d{2})?$/i;

/** What is wrong with events written in the manifest: their times, and their order. */
export function eventFaults(events: readonly EventWindow[], timezone: string | undefined): readonly EventFault[] {
  const faults: EventFault[] = [];
  for (const [index, event] of events.entries()) {
    const read = (key: 'start' | 'end'): number | undefined => {
      const text = event[key].trim();
      const found = form.exec(text);
      if (found === null) {
        const message = `"${text}" is not a time; write it like "2024-08-17T16:00:00-05:00"`;
        faults.push({ code: 'events.time', message, index, key });
        return undefined;
      }
      const zone = timezone ?? 'utc';
      const at = DateTime.fromISO(
        text
          .replace(/(?<=\d) (?=\d)/, 'T')
          .replaceAll(' ', '')
          .toUpperCase(),
        { zone },
      );
      if (!at.isValid) {
        faults.push({ code: 'events.time', message: `"${text}" is not in the calendar`, index, key });
        return undefined;
      }
      if (found.groups?.['offset'] === undefined && timezone === undefined) {
        const message = `"${text}" has no offset and the site has no "timezone"; give one of them`;
        faults.push({ code: 'events.timezone-missing', message, index, key });
      }
      return at.toMillis();
    };
    const start = read('start');
    const end = read('end');
    if (start !== undefined && end !== undefined && end <= start) {
      const message = `the event ends at "${event.end}", which is not after its start "${event.start}"`;
      faults.push({ code: 'events.order', message, index, key: 'end' });
    }
  }
  return faults;
}
