import { IANAZone } from 'luxon';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The instant at which a zone's clocks change, and the offsets around it, in milliseconds. */
export interface Transition {
  readonly at: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/**
 * An IANA zone as arithmetic. A wall time is what a clock on the wall shows, written as the milliseconds that
 * `Date.UTC` gives for those digits; an instant is UTC milliseconds.
 */
export interface Zone {
  readonly name: string;
  /** What to add to an instant to get the wall time, milliseconds. */
  offsetMsAt(instant: number): number;
  /** The instants at which the wall shows this: one; none in spring's missing hour; two, ascending, in autumn's doubled hour. */
  instantsOf(wall: number): readonly number[];
  /** The clock change near this wall time, where there is one within half a day to either side. */
  transitionNear(wall: number): Transition | undefined;
  /**
   * What to add to every instant of a wall time's day and of half a day around it: undefined where the clocks change
   * there. Worked out once a day of data, so that a row costs a look.
   */
  steadyOffsetMs(wall: number): number | undefined;
  /** The first clock change within three days of a wall time's day, where there is one. */
  changeAround(wall: number): Transition | undefined;
  /** The first instant of the day whose midnight is `wall`, also where the clocks change at midnight. */
  startOfDay(wall: number): number;
}

/**
 * Opens an IANA zone, or gives undefined when there is none of this name. Offsets are asked of luxon once a day of data,
 * never once a row; today's date and the machine's zone play no part. Assumes at most one clock change in two days.
 */
export function openZone(name: string): Zone | undefined {
  // luxon remembers zones by name, the verdict included: asking it anew costs a tenth of a second for a thousand files.
  const zone = IANAZone.create(name);
  if (!zone.isValid) return undefined;
  const midnights = new Map<number, number>();
  const changes = new Map<number, number>();
  const steady = new Map<number, number | undefined>();
  const near = new Map<number, Transition | undefined>();
  let lastDay = Number.NaN;
  let lastSteady: number | undefined;
  let lastMiddle = Number.NaN;
  let lastNear: Transition | undefined;

  function offsetMsAtMidnight(day: number): number {
    let offsetMs = midnights.get(day);
    if (offsetMs === undefined) {
      offsetMs = zone.offset(day * dayMs) * 60_000;
      midnights.set(day, offsetMs);
    }
    return offsetMs;
  }

  /** The instant of the change within a UTC day whose two midnights have different offsets. */
  function changeWithin(day: number): number {
    let at = changes.get(day);
    if (at === undefined) {
      const beforeMs = offsetMsAtMidnight(day);
      let low = day * dayMs;
      let high = low + dayMs;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (zone.offset(middle) * 60_000 === beforeMs) low = middle;
        else high = middle;
      }
      at = high;
      changes.set(day, at);
    }
    return at;
  }

  function offsetMsAt(instant: number): number {
    const day = Math.floor(instant / dayMs);
    const beforeMs = offsetMsAtMidnight(day);
    const afterMs = offsetMsAtMidnight(day + 1);
    if (beforeMs === afterMs) return beforeMs;
    return instant < changeWithin(day) ? beforeMs : afterMs;
  }

  // Offsets lie between -12 and +14 hours, so the instant of a wall time lies between these two.
  const earliest = (wall: number): number => wall - 15 * hourMs;
  const latest = (wall: number): number => wall + 13 * hourMs;

  function instantsOf(wall: number): readonly number[] {
    const beforeMs = offsetMsAt(earliest(wall));
    const afterMs = offsetMsAt(latest(wall));
    if (beforeMs === afterMs) return [wall - beforeMs];
    return [beforeMs, afterMs]
      .filter((offsetMs) => offsetMsAt(wall - offsetMs) === offsetMs)
      .map((offsetMs) => wall - offsetMs)
      .sort((a, b) => a - b);
  }

  function transitionNear(wall: number): Transition | undefined {
    const beforeMs = offsetMsAt(earliest(wall));
    const afterMs = offsetMsAt(latest(wall));
    if (beforeMs === afterMs) return undefined;
    for (let day = Math.floor(earliest(wall) / dayMs); day * dayMs <= latest(wall); day += 1) {
      if (offsetMsAtMidnight(day) !== offsetMsAtMidnight(day + 1)) return { at: changeWithin(day), beforeMs, afterMs };
    }
    return undefined;
  }

  function steadyOffsetMs(wall: number): number | undefined {
    const day = Math.floor(wall / dayMs);
    if (day === lastDay) return lastSteady;
    let offsetMs = steady.get(day);
    if (offsetMs === undefined && !steady.has(day)) {
      const around = [-1, 0, 1, 2].map((more) => offsetMsAtMidnight(day + more));
      around.push(offsetMsAt(earliest(day * dayMs)), offsetMsAt(latest((day + 1) * dayMs)));
      offsetMs = around.every((other) => other === around[0]) ? around[0] : undefined;
      steady.set(day, offsetMs);
    }
    [lastDay, lastSteady] = [day, offsetMs];
    return offsetMs;
  }

  function changeAround(wall: number): Transition | undefined {
    const middle = Math.floor(wall / dayMs);
    if (middle === lastMiddle) return lastNear;
    let change = near.get(middle);
    if (change === undefined && !near.has(middle)) {
      for (let day = middle - 3; day <= middle + 3 && change === undefined; day += 1) {
        const [beforeMs, afterMs] = [offsetMsAtMidnight(day), offsetMsAtMidnight(day + 1)];
        if (beforeMs !== afterMs) change = { at: changeWithin(day), beforeMs, afterMs };
      }
      near.set(middle, change);
    }
    [lastMiddle, lastNear] = [middle, change];
    return change;
  }

  function startOfDay(wall: number): number {
    const first = instantsOf(wall)[0];
    if (first !== undefined) return first;
    return transitionNear(wall)?.at ?? wall - offsetMsAt(wall);
  }

  return { name, offsetMsAt, instantsOf, transitionNear, steadyOffsetMs, changeAround, startOfDay };
}

/** An `openZone` that keeps the zones it has opened, and with them what they have worked out of their days. */
export function keepZones(): typeof openZone {
  const zones = new Map<string, Zone | undefined>();
  return (name) => {
    if (!zones.has(name)) zones.set(name, openZone(name));
    return zones.get(name);
  };
}
