/** What can be asked for (watttime contract, fact 8). */
export const signals = ['co2_moer', 'co2_aoer', 'health_damage'] as const;

export type Signal = (typeof signals)[number];

export function isSignal(text: string | null): text is Signal {
  return signals.some((signal) => signal === text);
}

/** How a signal's values are made and measured. */
export interface SignalForm {
  readonly units: string;
  /** Factor on a region's marginal emissions. */
  readonly scale: number;
  /** Newest last: that one is the default (watttime contract, fact 5). */
  readonly models: readonly [Model, ...Model[]];
}

/** A model; before `dataStart` (UTC milliseconds) it has no values, and a range is silently cut there (fact 3). */
export interface Model {
  readonly date: string;
  readonly type: string;
  readonly dataStart: number;
}

const older: Model = { date: '2022-10-01', type: 'binned_regression', dataStart: Date.UTC(2018, 0, 1) };
const newer: Model = { date: '2023-03-01', type: 'binned_regression', dataStart: Date.UTC(2020, 0, 1) };
const average: Model = { date: '2023-03-01', type: 'average', dataStart: Date.UTC(2021, 0, 1) };

export const signalForms: { readonly [signal in Signal]: SignalForm } = {
  co2_moer: { units: 'lbs_co2_per_mwh', scale: 1, models: [older, newer] },
  co2_aoer: { units: 'lbs_co2_per_mwh', scale: 0.7, models: [average] },
  health_damage: { units: 'usd_per_mwh', scale: 0.03, models: [newer] },
};
