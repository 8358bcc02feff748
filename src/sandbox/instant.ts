const form =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2}))?$/;

/** A time as written: an instant in UTC milliseconds, a time without a zone, or nothing a clock could show. */
export type WrittenTime =
  | { readonly kind: 'instant'; readonly time: number }
  | { readonly kind: 'naive' }
  | { readonly kind: 'none' };

const naive: WrittenTime = { kind: 'naive' };
const none: WrittenTime = { kind: 'none' };

/** Reads `2024-01-01T00:00:00+00:00`, with `T` or a space, seconds optional, offset or `Z`. 30 February is nothing. */
export function readTime(text: string): WrittenTime {
  const parts = form.exec(text);
  if (parts === null) {
    return readDay(text) === undefined ? none : naive;
  }
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '0',
    fraction = '',
    zulu,
    sign,
    offsetHour = '0',
    offsetMinute = '0',
  ] = parts;
  const midnight = readDay(`${year ?? ''}-${month ?? ''}-${day ?? ''}`);
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return none;
  }
  if (zulu === undefined && sign === undefined) {
    return naive;
  }
  if (Number(offsetHour) > 14 || Number(offsetMinute) > 59) {
    return none;
  }
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const timeOfDayMs =
    ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(`0.${fraction}0`) * 1000;
  return { kind: 'instant', time: midnight + timeOfDayMs - offsetMs };
}

/** Reads `2024-01-31` as its UTC midnight in milliseconds; undefined when there is no such day. */
export function readDay(text: string): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) {
    return undefined;
  }
  const time = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return new Date(time).toISOString().startsWith(text) ? time : undefined;
}
