/** Which checks make sense for an asset, beside those that hold for every series (gaps, overlaps, cadence, estimates, dates). */
export interface AssetRules {
  /** Consumption is never below zero (CalTRACK 2.3.5). */
  readonly consumes: boolean;
  /** Usage far above the usual is worth a look (CalTRACK 2.3.6); not where the usual is zero. */
  readonly steady: boolean;
  /** Makes nothing while the sun is down, and not more than its nameplate (wattcarbon contract, solar audit). */
  readonly sunlit: boolean;
  /** Does nothing before it is in operation (wattcarbon contract, solar audit). */
  readonly startsAtOperation: boolean;
  /** Compared with a year before operation (CalTRACK 2.2.1.2): a full baseline, bills on both sides. */
  readonly yearBefore: boolean;
  /** Compared with the four weeks before each event (wattcarbon contract, demand response). */
  readonly events: boolean;
}

const nothing = {
  consumes: false,
  steady: false,
  sunlit: false,
  startsAtOperation: false,
  yearBefore: false,
  events: false,
} as const;

const consumption: AssetRules = { ...nothing, consumes: true, steady: true };

/** By `asset.kind`, as WattCarbon's methodologies measure them (wattcarbon contract, "Asset"). */
const rulesByKind: { readonly [kind: string]: AssetRules } = {
  electrification_eemetered: { ...consumption, yearBefore: true },
  energy_efficiency_eemetered: { ...consumption, yearBefore: true },
  demand_response_eemetered: { ...consumption, events: true },
  tracking_building: consumption,
  // Mostly zero: nothing is far above that, and everything is.
  vehicle_charging: { ...nothing, consumes: true },
  solar: { ...nothing, sunlit: true, startsAtOperation: true },
  storage_direct: { ...nothing, startsAtOperation: true },
};

/** The rules of a kind; a kind that is not known here, or no asset at all, is taken for consumption. */
export function rulesOf(kind: string | undefined): AssetRules {
  return (kind === undefined ? undefined : rulesByKind[kind]) ?? consumption;
}
