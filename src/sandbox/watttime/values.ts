import type { Region } from './regions.ts';
import { type Model, type Signal, signalForms } from './signals.ts';

const dayMs = 86_400_000;
const yearMs = 365.2425 * dayMs;

/** Values in tenths of a unit, so that they stay whole numbers, and whether each was imputed. */
export interface Values {
  readonly tenthsAt: (time: number) => number;
  readonly imputedAt: (time: number) => boolean;
}

/**
 * Deterministic values of a series: a pure function of signal, model, region and time, with the shape of a day (sun at noon,
 * a peak in the evening), of a year, and some noise; never negative, and 0 now and then, which is a real value.
 */
export function createValues(signal: Signal, model: Model, { region, shape }: Region): Values {
  const { scale } = signalForms[signal];
  const seed = hashText(`${signal}/${model.date}/${region}`);
  const dayShape = Float64Array.from({ length: 288 }, (_, slot) => {
    const hour = (slot / 12 - shape.noonUtc + 36) % 24;
    const sun = Math.max(0, Math.cos(((hour - 12) / 6.5) * (Math.PI / 2))) * (Math.abs(hour - 12) < 6.5 ? 1 : 0);
    return -shape.solar * sun + 0.12 * shape.mean * Math.exp(-(((hour - 19) / 2.5) ** 2));
  });
  return {
    tenthsAt: (time) => {
      const season = Math.cos(((time % yearMs) / yearMs - 0.55) * 2 * Math.PI) * (shape.isSouthern ? -1 : 1);
      const hash = mix(seed, time / 60_000);
      if (hash % 997 === 0) {
        return 0;
      }
      const weather = mix(seed ^ 0x5bd1e995, Math.floor(time / dayMs)) / 0xffffffff;
      const noise = (hash / 0xffffffff - 0.5) * 0.16 * shape.mean;
      const sunny = (dayShape[Math.floor((time % dayMs) / 300_000)] ?? 0) * (0.5 + 0.7 * weather);
      const value = scale * (shape.mean * (1 + 0.08 * season) + sunny + noise);
      // One value in four is whole, so that readers meet both forms.
      return Math.max(0, hash % 4 === 0 ? Math.round(value) * 10 : Math.round(value * 10));
    },
    imputedAt: (time) => mix(seed ^ 0x27d4eb2f, time / 60_000) % 50 === 0,
  };
}

/** A well-mixed 32-bit number of two. */
export function mix(seed: number, value: number): number {
  let hash = Math.imul(seed ^ value, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A 32-bit number of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
