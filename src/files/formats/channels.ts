import type { ReadingOptions } from '../../domain/site.ts';
import { isPower, isRefusedUnit, unitNamed, volumeNamed } from '../../domain/units.ts';
import type { ProblemList } from '../problem-list.ts';

/** One series of a file that holds several: what `select` may name it by, and what it counts. */
export interface Channel {
  /** Names in lower case without spaces, to values: `nmisuffix` to `E1`. Several names may say the same. */
  readonly names: ReadonlyMap<string, string>;
  readonly unit: string;
  /** How a problem tells it apart: what to write as `select`, and more: `{ suffix: "E1" } (kWh, 30 minutes)`. */
  readonly description: string;
  readonly line: number;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Energy before power, both before what never becomes energy: reactive, apparent, volts. */
function worthOf(channel: Channel): number {
  const unit = unitNamed(channel.unit);
  if (unit !== undefined) return isPower(unit) ? 1 : 3;
  if (volumeNamed(channel.unit) !== undefined) return 2;
  return isRefusedUnit(channel.unit) || channel.unit === '' ? 0 : 0.5;
}

/**
 * The series to be read: those that fit `select`, and of these the energy where there is power or reactive energy beside
 * it. Gives the number of exactly one; ends the reading where several are left, or none. `format` is the name of the format.
 */
export function chooseChannel(
  channels: readonly Channel[],
  options: ReadingOptions,
  format: string,
  problems: ProblemList,
): number {
  const wanted = Object.entries(options.select ?? {});
  const known = new Set(channels.flatMap((channel) => [...channel.names.keys()]));
  for (const [name] of wanted) {
    if (channels.length > 0 && !known.has(plain(name))) {
      const message = `select names "${name}", but a series of ${format} is known by ${[...known].join(', ')}`;
      problems.stop('meter.column-not-found', message);
    }
  }
  const all = [...channels.keys()];
  const fitting = all.filter((at) =>
    wanted.every(([name, value]) => channels[at]?.names.get(plain(name))?.toLowerCase() === value.trim().toLowerCase()),
  );
  const list = (numbers: readonly number[]): string =>
    numbers
      .slice(0, 12)
      .map((at) => channels[at]?.description ?? '')
      .join('; ');
  if (fitting.length === 0) {
    const message = `no series of the file fits select; it has ${list(all)}`;
    return problems.stop('meter.no-rows', message);
  }
  const worth = (at: number): number => {
    const channel = channels[at];
    return channel === undefined ? 0 : worthOf(channel);
  };
  const most = Math.max(...fitting.map(worth));
  const best = most < 1 ? fitting : fitting.filter((at) => worth(at) === most);
  const [only] = best;
  if (only !== undefined && best.length === 1) return only;
  return problems.stop(
    'meter.several-channels',
    `the file holds ${String(best.length)} series: ${list(best)}; choose one with select. Where several together are the consumption (a second tariff, a controlled load), give each a meter of its own`,
    { line: channels[best[1] ?? 0]?.line ?? 1 },
  );
}
