import type { MoerPoint } from '../domain/moer.ts';
import { findRuns, type Run } from './parquet-values.ts';

/** Points in a quarter of their memory; months that are not whole yet are remembered so. */
export interface PackedPoints {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly models: readonly Run<string | undefined>[];
  readonly imputed: readonly Run<boolean | undefined>[];
}

export function packPoints(points: readonly MoerPoint[]): PackedPoints {
  const [times, values] = [new Float64Array(points.length), new Float64Array(points.length)];
  for (let at = 0; at < points.length; at += 1) {
    times[at] = points[at]?.time ?? 0;
    values[at] = points[at]?.value ?? 0;
  }
  return {
    times,
    values,
    models: findRuns(points, ({ model }) => model),
    imputed: findRuns(points, ({ imputed }) => imputed),
  };
}

export function unpackPoints({ times, values, models, imputed }: PackedPoints): readonly MoerPoint[] {
  const modelOf = runReader(models);
  const imputedOf = runReader(imputed);
  const points: MoerPoint[] = [];
  for (let at = 0; at < times.length; at += 1)
    points.push({ time: times[at] ?? 0, value: values[at] ?? 0, model: modelOf(), imputed: imputedOf() });
  return points;
}

/** Gives the values of runs one after the other. */
function runReader<Value>(runs: readonly Run<Value>[]): () => Value | undefined {
  let [run, used] = [0, 0];
  return () => {
    if (used === runs[run]?.length) [run, used] = [run + 1, 0];
    used += 1;
    return runs[run]?.value;
  };
}
