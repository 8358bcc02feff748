import type { Clock } from '../domain/clock.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Coordinates } from '../domain/site.ts';
import type { NamedRegion } from './region-map.ts';
import { SignalRegions } from './signal-regions.ts';
import type { WattTimeClient } from './watttime.ts';

export interface RegionsOptions {
  /** `auto` takes the map where that saves requests and the plan allows, `map` takes nothing else, `api` never does. */
  readonly mode: 'auto' | 'api' | 'map';
  readonly api: Pick<WattTimeClient, 'regionAt' | 'maps'>;
  /** The API's address: a map kept from another one is not used. */
  readonly url: string;
  /** Where maps are kept; made when the first one is. */
  readonly folder: string;
  readonly clock: Clock;
  /** Tells apart who may write into the folder at the same time. */
  readonly mark: string;
  /** How many spots there are whose region for this signal is not known, counted up to `atMost`. */
  readonly unknownSpots: (signal: string, atMost: number) => Promise<number>;
  readonly warn: (message: string) => void;
}

/** A region, and when what says so was downloaded (UTC milliseconds), when that was not just now. */
export interface FoundRegion extends NamedRegion {
  readonly asOf?: number;
}

/** Finds grid regions, by the API or offline by its map. */
export interface Regions {
  /** The region at a spot. No coverage there is `watttime.absent`, an `ApiError` or what the map says. */
  regionAt(signal: string, spot: Coordinates): Promise<FoundRegion>;
  /** What `regionAt` would ask, told from what is on disk. None at most: it may be called without a network. */
  requests(signal: string, spot: Coordinates): Promise<RequestCount>;
  /** When the map of this signal was seen to have changed: what was learned before that is to be looked up again. */
  changedAt(signal: string): Promise<number | undefined>;
}

/** Regions of every signal; nothing is read or asked before a call needs it. */
export function createRegions(options: RegionsOptions): Regions {
  const signals = new Map<string, SignalRegions>();
  const of = (signal: string): SignalRegions => {
    const known = signals.get(signal) ?? new SignalRegions(signal, options);
    signals.set(signal, known);
    return known;
  };
  return {
    regionAt: (signal, spot) => of(signal).regionAt(spot),
    requests: (signal, spot) => of(signal).requests(spot),
    changedAt: (signal) => of(signal).changedAt(),
  };
}
