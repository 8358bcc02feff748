import { DateTime, Duration } from 'luxon';

/** A point in time as the manifest gives it, before "now" is known. */
export type Moment =
  | { readonly kind: 'now' }
  | { readonly kind: 'instant'; readonly ms: number }
  /** An ISO 8601 duration back from now; it stays one, since a month has no fixed length. */
  | { readonly kind: 'back'; readonly duration: string };

/** Either the value, or what is wrong as a sentence. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };

function readDuration(text: string): Duration | undefined {
  if (!/^P(?=.)/.test(text)) return undefined;
  const duration = Duration.fromISO(text);
  return duration.isValid ? duration : undefined;
}

/** A length that is the same on any day, in milliseconds: weeks, days (24 hours), hours, minutes, seconds. */
export function parseFixedDuration(text: string): Parsed<number> {
  const duration = readDuration(text);
  if (duration === undefined) {
    return { fault: `"${text}" is not an ISO 8601 duration; write it like "PT5M" (minutes), "PT60S" or "P7D" (days)` };
  }
  if (duration.years !== 0 || duration.months !== 0) {
    return { fault: `"${text}" has no fixed length; write it in days, hours, minutes or seconds` };
  }
  const value = duration.toMillis();
  return value > 0 ? { value } : { fault: `"${text}" must be longer than nothing` };
}

/** A date (midnight UTC), an instant with its offset, a duration back from now, or `now`. */
export function parseMoment(text: string): Parsed<Moment> {
  if (text === 'now') return { value: { kind: 'now' } };
  if (text.startsWith('P')) {
    const duration = readDuration(text);
    if (duration !== undefined && duration.toMillis() > 0) return { value: { kind: 'back', duration: text } };
    return { fault: `"${text}" is not an ISO 8601 duration; write it like "P13M" (months) or "P30D" (days)` };
  }
  const form = /^\d{4}-\d{2}-\d{2}(?<time>[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?<offset>Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
    text,
  );
  if (form === null) {
    return { fault: `"${text}" is not a date, an instant, a duration or "now"; write it like "2025-01-01"` };
  }
  const { time, offset } = form.groups ?? {};
  if (time !== undefined && offset === undefined) {
    return {
      fault: `"${text}" has no offset, so it could be any zone's time; write "${text.replace(' ', 'T')}Z" for UTC`,
    };
  }
  const instant = DateTime.fromISO(text.replace(' ', 'T').toUpperCase(), { zone: 'utc' });
  if (!instant.isValid) return { fault: `"${text}" is not in the calendar` };
  return { value: { kind: 'instant', ms: instant.toMillis() } };
}

/** The instant a moment stands for when it is `nowMs`, in UTC milliseconds. */
export function momentAt(moment: Moment, nowMs: number): number {
  switch (moment.kind) {
    case 'now':
      return nowMs;
    case 'instant':
      return moment.ms;
    case 'back':
      return DateTime.fromMillis(nowMs, { zone: 'utc' }).minus(Duration.fromISO(moment.duration)).toMillis();
  }
}

/** What is wrong with a calendar date, as a sentence; undefined when it is a real day written `YYYY-MM-DD`. */
export function dateFault(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return DateTime.fromISO(text, { zone: 'utc' }).isValid ? undefined : `"${text}" is not in the calendar`;
  }
  if (/^[34]\d{4}$/.test(text)) {
    // Day 25569 of a spreadsheet is 1970-01-01.
    const day = DateTime.fromMillis((Number(text) - 25_569) * 86_400_000, { zone: 'utc' }).toISODate();
    return `"${text}" is a spreadsheet's day number, not a date; write it as "${day}"`;
  }
  return `"${text}" is not a date; write year, month, day, like "2022-08-01"`;
}
