import type { Region } from './regions.ts';
import type { Model, Signal } from './signals.ts';
import { createValues } from './values.ts';

const dayMs = 86_400_000;

/** Which points: from `first`, which lies on the grid, to `last` inclusive, in UTC milliseconds. */
export interface PointsWanted {
  readonly signal: Signal;
  readonly region: Region;
  readonly model: Model;
  readonly imputed: boolean;
  readonly first: number;
  readonly last: number;
}

/**
 * The points as JSON objects with commas between. Written by hand: a full answer has 9,217 of them, and formatting each
 * time and value through `Date` and `JSON.stringify` would cost ten times as much.
 */
export function writePoints(wanted: PointsWanted): string {
  const { tenthsAt, imputedAt } = createValues(wanted.signal, wanted.model, wanted.region.shape, wanted.region.region);
  const periodMs = wanted.region.periodSeconds * 1000;
  const clockTexts = Array.from({ length: dayMs / periodMs }, (_, slot) =>
    new Date(slot * periodMs).toISOString().slice(10, 19),
  );
  let text = '';
  let day = Number.NaN;
  let dayText = '';
  for (let time = wanted.first; time <= wanted.last; time += periodMs) {
    const midnight = time - (time % dayMs);
    if (midnight !== day) {
      day = midnight;
      dayText = `{"point_time":"${new Date(day).toISOString().slice(0, 10)}`;
    }
    const tenths = tenthsAt(time);
    const fraction = tenths % 10;
    const value = fraction === 0 ? String(tenths / 10) : `${String((tenths - fraction) / 10)}.${String(fraction)}`;
    const marker = wanted.imputed ? `,"imputed_data_used":${String(imputedAt(time))}` : '';
    text += `${text === '' ? '' : ','}${dayText}${clockTexts[(time - midnight) / periodMs] ?? ''}+00:00","value":${value}${marker}}`;
  }
  return text;
}
