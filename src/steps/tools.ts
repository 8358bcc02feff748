import type { Clock } from '../domain/clock.ts';
import type { Json } from '../domain/json.ts';
import type { EventsDocument, MeterData, Part } from '../domain/meter-data.ts';
import type { History, HistoryAsk, MoerPoint, Series, SeriesGap } from '../domain/moer.ts';
import type { Creation, PayloadFault, Prepared, RemoteId, RemoteObject, RemoteReading } from '../domain/remote.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Coordinates, Meter, Site } from '../domain/site.ts';
import type { Span } from '../domain/span.ts';

/** WattTime as the steps see it. Errors are `ApiError` or `AccessError`. */
export interface WattTime {
  /** One request: the points with `start <= time < end`; the span is at most 32 days. */
  history(series: Series, ask: HistoryAsk): Promise<History>;
}

/** Where grid regions are, by the API or offline by its map. */
export interface Regions {
  /** No coverage there, and what else keeps it from being known, is a `WattliftError`. `asOf` is the age of a map. */
  regionAt(
    signal: string,
    at: Coordinates,
  ): Promise<{ readonly region: string; readonly fullName: string; readonly asOf?: number }>;
  /** What `regionAt` would ask; with none at most it needs no network. */
  requests(signal: string, at: Coordinates): Promise<RequestCount>;
  /** When the signal's borders were seen to have moved; what was learned before that is to be looked up again. */
  changedAt(signal: string): Promise<number | undefined>;
}

/** What must happen between the grant of a permit and the request: the intent is committed there. */
export interface SendHooks {
  readonly beforeSend: () => Promise<void>;
}

/** WattCarbon as the steps see it. */
export interface WattCarbon {
  /** API and account, as the ledger's rows name them. */
  readonly scope: string;
  /** Resolves the operation and lays the request out; reads the API's description, but changes nothing. */
  prepare(creation: Creation): Promise<Prepared>;
  /**
   * What is wrong with the body of a creation, whose path and account may still be open. With `offline` by what is known
   * without a request. Throws `ApiError` when the description cannot be had.
   */
  inspect(creation: Creation, how: { readonly offline: boolean }): Promise<readonly PayloadFault[]>;
  /**
   * Sends once. The id is absent where the operation gives none (uploads). Unless what it throws is an `ApiError` with
   * `outcomeUnknown`, nothing was done.
   */
  send(prepared: Prepared, hooks: SendHooks): Promise<{ readonly id?: RemoteId; readonly answer: Json }>;
  /** What is there already, through the list operation; undefined when none is resolved. */
  list(creation: Creation): Promise<AsyncIterable<RemoteObject> | undefined>;
  /**
   * What a meter holds within the span, of the kind that an upload sends. Undefined when it cannot be read back; without
   * `anyhow`, also when only all that the meter holds could be had.
   */
  readings(
    creation: Creation,
    span: Span,
    how?: { readonly anyhow: boolean },
  ): Promise<readonly RemoteReading[] | undefined>;
  /** How an asset is changed: all of it is sent, or what changes; undefined where no operation for it is resolved. */
  assetUpdate(): Promise<'whole' | 'changes' | undefined>;
}

/** The meter and event files of a site, read and made canonical. Both throw `ProblemError`. */
export interface SiteFiles {
  meter(site: Site, meter: Meter): Promise<MeterData>;
  /** The canonical bytes of one part; throws when the file has changed since `meter` was called. */
  bytes(site: Site, meter: Meter, part: Part): Promise<Uint8Array>;
  /**
   * Where in the meter's files the reading of this start stands (for bills the UTC midnight of its date); undefined when
   * there is none by now.
   */
  place(site: Site, meter: Meter, start: number): Promise<{ readonly file: string; readonly line: number } | undefined>;
  events(site: Site): Promise<EventsDocument>;
}

/** The MOER dataset and what it covers. */
export interface MoerStore {
  /**
   * What has not been answered for good within `wanted`, as requests of at most 32 days; none when all is there. An answer of
   * another model than the newest one's is none.
   */
  missing(series: Series, wanted: Span): Promise<readonly HistoryAsk[]>;
  /** Writes the answer to one request, then records its coverage; returns the points now held of what was asked. */
  add(series: Series, asked: HistoryAsk, history: History, askedAt: number): Promise<readonly MoerPoint[]>;
  /** The model of the series now; undefined when nothing is held, or it cannot be told. */
  model(series: Series): Promise<string | undefined>;
  /** What is held within `wanted`, what a full series has, and where and why points are missing. */
  count(
    series: Series,
    wanted: Span,
  ): Promise<{
    readonly received: number;
    /** Undefined before the period is known. */
    readonly expected: number | undefined;
    readonly gaps: readonly SeriesGap[];
  }>;
}

/** The manifest's settings that steps depend on, resolved once at the start of a run. */
export interface Settings {
  readonly signals: readonly string[];
  /** The MOER window, resolved: `to: now` is an instant here. Undefined when the manifest has no `moer`. */
  readonly window: Span | undefined;
  /** MOER points younger than this when they were asked for are asked again. */
  readonly revisionsMs: number;
  readonly coordinateKeys: readonly [latitude: string, longitude: string];
  readonly reupload: 'replace' | 'refuse' | 'append';
}

/** What the figures or names in a notice were, for a log that machines read. */
export interface NoticeDetails {
  readonly [name: string]: string | number | readonly string[];
}

/** Tells a person what is no failure: `warn` what they should look at, `debug` what is as it should be. */
export interface Notices {
  warn(message: string, details: NoticeDetails): void;
  debug(message: string, details: NoticeDetails): void;
}

/** Everything a step may use. */
export interface Tools {
  readonly watttime: WattTime;
  readonly regions: Regions;
  /** With the account of the site at hand, where there are several; see `toolsFor`. */
  readonly wattcarbon: WattCarbon;
  /** Several accounts by the names that sites give; absent where there is only one. */
  readonly accounts?: ReadonlyMap<string, WattCarbon>;
  readonly files: SiteFiles;
  readonly store: MoerStore;
  /**
   * Runs a job that asks for history and stores it, so many at once: answers are big, and what was answered and is not
   * stored is asked again after a kill.
   */
  readonly pulling: <T>(job: () => Promise<T>) => Promise<T>;
  readonly settings: Settings;
  readonly notices: Notices;
  readonly clock: Clock;
}
