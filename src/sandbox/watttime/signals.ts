import type { Region } from './regions.ts';

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
  /** Averages are for accounting: they are not forecast. */
  readonly isForecast: boolean;
}

export const signalForms: { readonly [signal in Signal]: SignalForm } = {
  co2_moer: { units: 'lbs_co2_per_mwh', scale: 1, isForecast: true },
  co2_aoer: { units: 'lbs_co2_per_mwh', scale: 0.7, isForecast: false },
  health_damage: { units: 'usd_per_mwh', scale: 0.03, isForecast: true },
};

/** A model. Its name is a date; times are UTC milliseconds. */
export interface Model {
  readonly date: string;
  readonly type: 'proxy' | 'binned_regression' | 'heatrate' | 'average';
  /** Before it the model has no values, and a range is silently cut there (watttime contract, fact 3). */
  readonly dataStart: number;
  /** From when on the model can be had, where that is not always. */
  readonly since?: number;
}

const older: Model = { date: '2022-10-01', type: 'binned_regression', dataStart: Date.UTC(2018, 0, 1) };
const newer: Model = { date: '2023-03-01', type: 'binned_regression', dataStart: Date.UTC(2020, 0, 1) };
const average: Model = { date: '2023-03-01', type: 'average', dataStart: Date.UTC(2021, 0, 1) };
const hourly: Model = { date: '2023-03-01', type: 'proxy', dataStart: Date.UTC(2022, 0, 1) };

/** The models to be had of a signal in a region at `now`. Newest last: that one is the default (fact 5). */
export function modelsOf(
  signal: Signal,
  { periodSeconds }: Region,
  now: number,
  newModelAt: number,
): readonly [Model, ...Model[]] {
  if (signal === 'co2_aoer') return [average];
  const long: readonly [Model, ...Model[]] =
    periodSeconds === 3600 ? [hourly] : signal === 'co2_moer' ? [older, newer] : [newer];
  if (now < newModelAt) return long;
  const date = new Date(newModelAt).toISOString().slice(0, 10);
  return [...long, { date, type: 'binned_regression', dataStart: Date.UTC(2021, 0, 1), since: newModelAt }];
}
