import type { Limit } from '../serve/sliding-window.ts';

/** A stretch of time in UTC milliseconds, `from` inclusive, `to` exclusive, of one region or of all. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly region?: string | undefined;
}

/** Points published before `at` that get another value then: a correction of old data (watttime contract, fact 4). */
export interface LateRevision extends Stretch {
  readonly at: number;
}

/** A warning as `meta.warnings` has it. */
interface Warning {
  readonly type: string;
  readonly message: string;
}

/**
 * What an account may ask for. `pro`: everything. `basic`: every region, but no map. `new`: what a new account has, the
 * signals of CAISO_NORTH and no map; the index is free everywhere.
 */
export const plans = ['pro', 'basic', 'new'] as const;

export type Plan = (typeof plans)[number];

/** Everything about the WattTime side that can be chosen; what the contract leaves open (`[?]`) is among it. */
export interface WattTimeSettings {
  /** A point can be had this long after its time; eight times as long where points are hourly. */
  readonly publishingDelayMs: number;
  /** Each answer is held back so long after its work is done. */
  readonly latencyMs: number;
  readonly tokenLifetimeMs: number;
  /** The plan of an account whose name does not end in one (`ada-basic`). */
  readonly plan: Plan;
  /**
   * From this instant on there is a newer model of co2_moer and health_damage, named by its date, and it is the default;
   * infinite for never.
   */
  readonly newModelAt: number;
  /** Points are corrected in the week after their time; without, a value is final when it is published. */
  readonly revisions: boolean;
  readonly lateRevisions: readonly LateRevision[];
  /** Points that are never published. */
  readonly holes: readonly Stretch[];
  /** Whether a span of exactly 32 days (24 hours of forecasts) passes: not documented. */
  readonly longestSpan: 'inclusive' | 'exclusive';
  /** Between the day and the time in answers. */
  readonly dates: 'T' | 'space';
  /** How much `meta.model` says. */
  readonly modelMeta: 'full' | 'date' | 'absent';
  /** Where refusals of data put their sentence: the OpenAPI's schema says `message`, its example `msg`. */
  readonly errorText: 'message' | 'msg';
  /** Whether 429 comes with `Retry-After`: not documented. */
  readonly retryAfter: 'sent' | 'absent';
  readonly warnings: readonly Warning[];
  /** `meta.last_updated` of the maps, UTC milliseconds. */
  readonly mapUpdatedAt: number;
  /** Corners added on every degree of a border, for a map of the real size; the borders stay where they are. */
  readonly mapDetail: number;
}

/** The limits of one user: `login` counts GET /login besides `watttime`, which counts everything. */
export interface WattTimeLimits {
  readonly watttime: Limit;
  readonly login: Limit;
}
