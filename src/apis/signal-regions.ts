import { ApiError, WattliftError } from '../domain/errors.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Coordinates } from '../domain/site.ts';
import type { RegionMapAnswer } from './region-map-answer.ts';
import { readMapFile, readMapStamp, regionMapPath, writeMapFile, type MapStamp } from './region-map-file.ts';
import { indexRegionMap, type NamedRegion, type Place, type RegionMap } from './region-map.ts';
import type { FoundRegion, RegionsOptions } from './regions.ts';

const dayMs = 86_400_000;
/** A region is to be asked again once a month (watttime contract, fact 6): a map is good for as long. */
const goodForMs = 30 * dayMs;
/** The API contradicted the map: a map younger than this is not downloaded again for that. */
const trustedForMs = dayMs;
/** In `auto`, the map is worth its tens of megabytes from this many look-ups on: they are 3 % of a window of 3,000. */
const manySpots = 100;

interface Held {
  readonly map: RegionMap;
  readonly fetchedAt: number;
  readonly lastUpdated: string | undefined;
}

/** How spots are found: one by one, by the map at hand, or by a map that is to be downloaded first. */
type Way = { readonly kind: 'api' } | { readonly kind: 'fetch' } | ({ readonly kind: 'map' } & Held);

/** The regions of one signal: the map once it is at hand, and what was decided about it. */
export class SignalRegions {
  readonly #signal: string;
  readonly #options: RegionsOptions;
  readonly #path: string;
  #stamp: Promise<MapStamp | undefined> | undefined;
  #way: Promise<Way> | undefined;
  #fetched: Promise<Held | undefined> | undefined;
  #fetchedAgain: Promise<Held | undefined> | undefined;

  constructor(signal: string, options: RegionsOptions) {
    this.#signal = signal;
    this.#options = options;
    this.#path = regionMapPath(options.folder, signal);
  }

  async changedAt(): Promise<number | undefined> {
    return this.#options.mode === 'api' ? undefined : (await this.#readStamp())?.changedAt;
  }

  async requests(spot: Coordinates): Promise<RequestCount> {
    const way = await this.#decide();
    const name = `map ${this.#signal}`;
    if (way.kind === 'api') return { certain: 1, atMost: 1 };
    if (way.kind === 'fetch') return { certain: 0, atMost: 1, shared: { name, certain: 1, atMost: 1 } };
    const place = way.map.locate(spot);
    if (isCertain(place)) return { certain: 0, atMost: 0 };
    // The API may contradict the map, which is then downloaded again.
    return { certain: 1, atMost: 1, ...(this.#isOld(way) && { shared: { name, certain: 0, atMost: 1 } }) };
  }

  async regionAt(spot: Coordinates): Promise<FoundRegion> {
    const held = await this.#map();
    if (held === undefined) return this.#options.api.regionAt(this.#signal, spot);
    const place = held.map.locate(spot);
    if (!isCertain(place)) return this.#ask(spot, place, held);
    const [region] = place.inside;
    if (region === undefined) throw outsideCoverage(this.#signal, spot, held);
    return { ...region, asOf: held.fetchedAt };
  }

  /** Asks the API for a spot which the map does not decide, and checks the map by its answer. */
  async #ask(spot: Coordinates, place: Place, held: Held): Promise<NamedRegion> {
    try {
      const found = await this.#options.api.regionAt(this.#signal, spot);
      const expected = [...place.inside, ...place.bordering];
      if (!expected.some(({ region }) => region === found.region))
        await this.#checkMap(held, spot, found.region, expected);
      return found;
    } catch (error) {
      if (error instanceof ApiError && error.details.kind === 'absent' && place.bordering.length === 0)
        await this.#checkMap(held, spot, 'no region', place.inside);
      throw error;
    }
  }

  /** The API named a region that the map does not have there: the map may have changed. Downloads it again, once. */
  async #checkMap(held: Held, spot: Coordinates, said: string, expected: readonly NamedRegion[]): Promise<void> {
    if (!this.#isOld(held)) return;
    const { api, warn } = this.#options;
    this.#fetchedAgain ??= (async () => {
      try {
        const now = await this.#keep(await api.maps(this.#signal));
        const news =
          now.lastUpdated === held.lastUpdated
            ? 'has not changed'
            : `changed on ${now.lastUpdated ?? 'an unknown date'}`;
        warn(
          `${this.#signal}: WattTime has ${said} at ${show(spot)}, its map ${list(expected)}; ` +
            `what the look-up says is taken. The map was downloaded again: it ${news}`,
        );
        return now;
      } catch (error) {
        if (!(error instanceof WattliftError)) throw error;
        warn(`${this.#signal}: the region map seems out of date and could not be downloaded again: ${error.message}`);
        return undefined;
      }
    })();
    await this.#fetchedAgain;
  }

  #isOld({ fetchedAt }: Held): boolean {
    return this.#options.clock.now() - fetchedAt >= trustedForMs;
  }

  /** The map to go by now, downloaded if that was decided; undefined when spots are asked one by one. */
  async #map(): Promise<Held | undefined> {
    const again = await this.#fetchedAgain;
    if (again) return again;
    const way = await this.#decide();
    if (way.kind === 'api') return undefined;
    if (way.kind === 'map') return way;
    this.#fetched ??= this.#fetch();
    return this.#fetched;
  }

  /** Tried once a run: in `auto` a refusal leaves the look-ups, in `map` it is the end of each of them. */
  async #fetch(): Promise<Held | undefined> {
    const { mode, api, warn } = this.#options;
    try {
      return await this.#keep(await api.maps(this.#signal));
    } catch (error) {
      if (mode === 'map' || !(error instanceof ApiError)) throw error;
      // What the plan does not cover is no trouble; anything else a person may want to look at.
      if (error.details.kind !== 'forbidden') {
        warn(`${this.#signal}: without the region map, each spot is looked up by itself: ${error.message}`);
      }
      return undefined;
    }
  }

  /** Told from what is on disk and what is not known yet; asks nothing. */
  #decide(): Promise<Way> {
    this.#way ??= (async (): Promise<Way> => {
      const { mode, unknownSpots } = this.#options;
      if (mode === 'api') return { kind: 'api' };
      const held = await this.#held();
      if (held) return { kind: 'map', ...held };
      const worthIt = mode === 'map' || (await unknownSpots(this.#signal, manySpots)) >= manySpots;
      return { kind: worthIt ? 'fetch' : 'api' };
    })();
    return this.#way;
  }

  /** The map on disk, if it is this API's, not too old, and whole. */
  async #held(): Promise<Held | undefined> {
    const { clock, warn } = this.#options;
    const stamp = await this.#readStamp();
    if (stamp === undefined || clock.now() - stamp.fetchedAt >= goodForMs) return undefined;
    const map = await readMapFile(this.#path, this.#signal);
    if (map) return toHeld(map, stamp.fetchedAt);
    warn(`${this.#signal}: the region map ${this.#path} cannot be read, so it is left out`);
    return undefined;
  }

  /** As it was when this process first looked, so that what is asked again does not depend on the order of sites. */
  #readStamp(): Promise<MapStamp | undefined> {
    this.#stamp ??= readMapStamp(this.#path).then((stamp) => (stamp?.url === this.#options.url ? stamp : undefined));
    return this.#stamp;
  }

  async #keep(map: RegionMapAnswer): Promise<Held> {
    const { url, clock, mark } = this.#options;
    const before = await this.#readStamp();
    const fetchedAt = clock.now();
    const held = toHeld(map, fetchedAt);
    const earlier = before && (await readMapFile(this.#path, this.#signal));
    const changed = earlier !== undefined && isOther(earlier, map);
    const changedAt = changed ? fetchedAt : before?.changedAt;
    await writeMapFile(this.#path, mark, { url, fetchedAt, changedAt }, map);
    return held;
  }
}

/** Does the map alone decide? Outside of every region and far from all of them is an answer too. */
function isCertain({ inside, bordering }: Place): boolean {
  return inside.length <= 1 && bordering.length === 0;
}

function toHeld(map: RegionMapAnswer, fetchedAt: number): Held {
  return { map: indexRegionMap(map), fetchedAt, lastUpdated: map.meta?.last_updated ?? undefined };
}

/** `last_updated` says whether a map is another one; where there is none, its content does. */
function isOther(one: RegionMapAnswer, other: RegionMapAnswer): boolean {
  const [before, after] = [one.meta?.last_updated, other.meta?.last_updated];
  return before && after ? before !== after : JSON.stringify(one.features) !== JSON.stringify(other.features);
}

/** The code is that of the API's 404, since it is the same finding. A turned pair that is covered is said (fact 7). */
function outsideCoverage(signal: string, spot: Coordinates, { map, lastUpdated, fetchedAt }: Held): WattliftError {
  const { latitude, longitude } = spot;
  const others: readonly (readonly [string, Coordinates])[] = [
    ['if the two are swapped', { latitude: longitude, longitude: latitude }],
    ['if a minus sign is missing or too many', { latitude, longitude: -longitude }],
    ['if a minus sign is missing or too many', { latitude: -latitude, longitude }],
    ['if the two are swapped, and a minus sign is wrong', { latitude: longitude, longitude: -latitude }],
  ];
  const hint = others
    .filter(([, other]) => Math.abs(other.latitude) <= 90)
    .map(([fault, other]) => ({ fault, other, region: map.locate(other).inside[0]?.region }))
    .find(({ region }) => region !== undefined);
  const advice = hint
    ? `${hint.fault}, ${show(hint.other)} is in ${hint.region ?? ''}; correct the coordinates, or give the site a region by hand`
    : 'check the coordinates, or give the site a region by hand';
  const dated = lastUpdated ?? new Date(fetchedAt).toISOString();
  return new WattliftError(
    'watttime.absent',
    `no coverage at ${show(spot)} for ${signal}, by WattTime's region map of ${dated}: ${advice}`,
  );
}

function show({ latitude, longitude }: Coordinates): string {
  return `latitude ${String(latitude)}, longitude ${String(longitude)}`;
}

function list(regions: readonly NamedRegion[]): string {
  return regions.length === 0 ? 'none' : [...new Set(regions.map(({ region }) => region))].join(' or ');
}
