import type { Region } from './regions.ts';
import type { WattTimeSettings } from './settings.ts';
import type { Model, Signal } from './signals.ts';
import { createValues, hashText, mix } from './values.ts';

const hourMs = 3_600_000;
const stepMs = 300_000;
/** A correction comes between two hours and this long after the hour it corrects. */
const longestCorrectionMs = 132 * hourMs;
/** What a late revision adds, in tenths. */
const lateTenths = 50;

/** What the API has of a series at one instant. Times are UTC milliseconds, values tenths of a unit. */
export interface Published {
  /** The last time whose point is out. */
  readonly until: number;
  /** Whether the point exists at all. */
  readonly has: (time: number) => boolean;
  readonly tenthsAt: (time: number) => number;
  readonly imputedAt: (time: number) => boolean;
  /** When the point got the value it has now. */
  readonly updatedAt: (time: number) => number;
}

/**
 * What is published of a series at `now`. A point comes out a delay after its time, one hour in five with preliminary,
 * imputed values, which are corrected within the week (watttime contract, fact 4). So the same point may be answered
 * differently on two days, but never at the same instant.
 */
export function publish(
  { signal, model, region }: { readonly signal: Signal; readonly model: Model; readonly region: Region },
  now: number,
  settings: WattTimeSettings,
): Published {
  const final = createValues(signal, model, region);
  const seed = hashText(`${signal}/${model.date}/${region.region}/corrections`);
  const delayMs = settings.publishingDelayMs * (region.periodSeconds === 3600 ? 8 : 1);
  const ofRegion = (stretch: { readonly region?: string | undefined }): boolean =>
    stretch.region === undefined || stretch.region === region.region;
  const holes = settings.holes.filter(ofRegion);
  const late = settings.lateRevisions.filter((revision) => ofRegion(revision) && revision.at <= now);
  const outAt = (time: number): number => Math.max(time + delayMs, model.since ?? 0);
  const lateAt = (time: number): number =>
    late.reduce(
      (last, { at, from, to }) => (time >= from && time < to && outAt(time) <= at ? Math.max(last, at) : last),
      0,
    );

  /** When the hour of a point is corrected; undefined when it never is, or was before it came out. */
  const correctedAt = (time: number): number | undefined => {
    const hash = mix(seed, Math.floor(time / hourMs));
    if (!settings.revisions || hash % 5 !== 0) return undefined;
    const hour = time - (time % hourMs);
    const steps = Math.floor(hash / 5) % ((longestCorrectionMs - 2 * hourMs) / stepMs);
    const at = hour + delayMs + 2 * hourMs + steps * stepMs;
    return at > outAt(time) ? at : undefined;
  };
  const isPreliminary = (time: number): boolean =>
    time + delayMs + longestCorrectionMs + hourMs > now && (correctedAt(time) ?? 0) > now;

  return {
    until: now - delayMs,
    has: (time) => holes.every(({ from, to }) => time < from || time >= to),
    tenthsAt: (time) => {
      const tenths = final.tenthsAt(time) + (late.length > 0 && lateAt(time) > 0 ? lateTenths : 0);
      if (!isPreliminary(time)) return tenths;
      const error = 10 + (mix(seed, time / 60_000) % 90);
      return error > tenths || error % 2 === 0 ? tenths + error : tenths - error;
    },
    imputedAt: (time) => isPreliminary(time) || final.imputedAt(time),
    updatedAt: (time) => {
      const corrected = correctedAt(time) ?? 0;
      return Math.max(outAt(time), corrected <= now ? corrected : 0, lateAt(time));
    },
  };
}
