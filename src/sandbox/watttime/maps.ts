import { type Answer, answerJsonText } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { accessOf, mayMap } from './access.ts';
import { createTimeWriter } from './point-text.ts';
import { refuse, refuseParameters } from './refusals.ts';
import { type Region, regionsOf } from './regions.ts';
import type { Position, Ring } from './ring.ts';
import { checkSignal } from './region-from-loc.ts';
import type { WattTimeSettings } from './settings.ts';
import { type Signal, isSignal } from './signals.ts';

/** GET /v3/maps: the borders of the signal's regions as GeoJSON, those that `region-from-loc` goes by. */
export function createMaps(settings: WattTimeSettings): (call: Call) => Answer {
  const texts = new Map<Signal, string>();
  return ({ query, user }) => {
    const signal = query.get('signal_type');
    if (!isSignal(signal)) return refuseParameters(checkSignal(signal));
    if (!mayMap(accessOf(user, settings.plan))) {
      const message = 'The maps are available to ANALYST and PRO subscriptions only.';
      return refuse(403, 'Forbidden', message, settings.errorText);
    }
    const text = texts.get(signal) ?? writeMap(signal, settings);
    texts.set(signal, text);
    return answerJsonText(200, text);
  };
}

function writeMap(signal: Signal, { mapDetail, mapUpdatedAt, dates }: WattTimeSettings): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    features: regionsOf(signal).map((region) => describeRegion(region, mapDetail)),
    meta: { last_updated: createTimeWriter(dates, 300)(mapUpdatedAt), signal_type: signal },
  });
}

function describeRegion({ region, fullName, polygons }: Region, detail: number): object {
  return {
    type: 'Feature',
    properties: { region, region_full_name: fullName },
    geometry: {
      type: 'MultiPolygon',
      coordinates: polygons.map((polygon) => polygon.map((ring) => close(refine(ring, detail)))),
    },
  };
}

/** GeoJSON repeats the first corner at the end (RFC 7946, 3.1.6). */
function close(ring: Ring): Ring {
  return [...ring, ...ring.slice(0, 1)];
}

/** The same border with `detail` corners more on every degree of it. */
function refine(ring: Ring, detail: number): Ring {
  if (detail === 0) return ring;
  return ring.flatMap((corner, index): Position[] => {
    const [fromX, fromY] = ring.at(index - 1) ?? corner;
    const [x, y] = [corner[0] - fromX, corner[1] - fromY];
    const parts = Math.max(1, Math.round(Math.hypot(x, y) * detail));
    return Array.from({ length: parts }, (_, part): Position => {
      const share = (part + 1) / parts;
      return part + 1 === parts ? corner : [toMicro(fromX + x * share), toMicro(fromY + y * share)];
    });
  });
}

/** Millionths of a degree: 11 cm. */
function toMicro(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
