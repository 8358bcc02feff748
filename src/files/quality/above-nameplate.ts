import { roundEnergy } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import { hourMs } from '../time/cadence.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/** WattCarbon's solar audit lets readings exceed the nameplate by one percent (wattcarbon contract). */
const allowedShare = 1.01 + 1e-9;

/** More power than the nameplate has: the wrong unit, the wrong interval, or the wrong `nameplateCapacityKw`. */
export function findAboveNameplate(series: Series): readonly Problem[] {
  const { readings, subject } = series;
  const { nameplateKw } = subject;
  if (nameplateKw === undefined || readings.kind === 'bills' || series.type === 'gas') return [];
  const kwOf = (at: number): number => (Math.abs(readings.energy(at)) * hourMs) / readings.durationMs(at);
  const examples: number[] = [];
  let [count, most] = [0, 0];
  for (let at = 0; at < readings.length; at += 1) {
    const kw = kwOf(at);
    if (kw <= nameplateKw * allowedShare) continue;
    count += 1;
    most = Math.max(most, kw);
    if (examples.length < shownExamples) examples.push(at);
  }
  const [first] = examples;
  if (first === undefined) return [];
  const message = `${String(count)} readings are more than 1 % above the nameplate of ${String(nameplateKw)} kW (up to ${String(roundEnergy(most))} kW), the first on ${showStart(series, first)}: check unit, interval and nameplateCapacityKw (wattcarbon contract, solar audit)`;
  const shown = examples.map((at) => ({
    start: showStart(series, at),
    kw: roundEnergy(kwOf(at)),
    line: readings.line(at),
  }));
  return [
    warn(series, first, 'meter.above-nameplate', message, { rows: count, mostKw: roundEnergy(most), examples: shown }),
  ];
}
