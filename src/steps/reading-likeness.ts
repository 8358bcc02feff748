import type { RemoteReading } from '../domain/remote.ts';
import type { Span } from '../domain/span.ts';

const lineEnd = 0x0a;

/** One row of a canonical file, as it was sent. */
export interface SentReading extends RemoteReading {
  /** As the file writes them. */
  readonly startText: string;
  readonly energyText: string;
}

/**
 * How what is there compares with what was sent. `absent`: none of it is there; `other`: some of it is, or something else,
 * and `difference` says what.
 */
export type ReadingLikeness =
  | { readonly kind: 'same' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'other'; readonly difference: string };

/** From the first start of a canonical CSV to after its last; undefined where it has no rows. Reads no more than those two. */
export function spanOf(bytes: Uint8Array): Span | undefined {
  const header = bytes.indexOf(lineEnd);
  const second = bytes.indexOf(lineEnd, header + 1);
  const before = bytes.subarray(0, -1).lastIndexOf(lineEnd);
  const [first] = readSent(bytes.subarray(0, second + 1));
  const [last] = readSent(bytes.subarray(before));
  return first && last && { start: first.start, end: last.end ?? last.start + 1000 };
}

/** The rows of a canonical CSV (`src/domain/canonical.ts`); bills have three columns. */
export function readSent(bytes: Uint8Array): readonly SentReading[] {
  const [, ...lines] = Buffer.from(bytes).toString('latin1').trimEnd().split('\n');
  return lines.map((line) => {
    const [startText = '', ...others] = line.split(',');
    const energyText = others.at(-1) ?? '';
    const end = others.length > 1 ? Date.parse(others[0] ?? '') : undefined;
    return { start: Date.parse(startText), end, energy: Number(energyText), startText, energyText };
  });
}

/**
 * Compares reading by reading. An API may round what it keeps, to no fewer than three decimals: as many as the finest of
 * its values has decide what is equal.
 */
export function compareReadings(
  sent: readonly SentReading[],
  shown: readonly RemoteReading[],
  unit: string,
): ReadingLikeness {
  const tolerance = 0.5000001 * 10 ** -Math.max(3, ...shown.map(({ energy }) => decimalsOf(energy)));
  const byStart = new Map<number, RemoteReading[]>();
  for (const reading of shown) {
    const known = byStart.get(reading.start);
    if (known === undefined) byStart.set(reading.start, [reading]);
    else known.push(reading);
  }
  let [missing, doubled, changed]: [SentReading[], SentReading[], string[]] = [[], [], []];
  for (const one of sent) {
    const [there, ...more] = byStart.get(one.start) ?? [];
    byStart.delete(one.start);
    if (there === undefined) missing.push(one);
    else if (more.length > 0) doubled.push(one);
    else if (Math.abs(there.energy - one.energy) > tolerance || there.end !== one.end)
      changed.push(`${one.startText} has ${String(there.energy)} and ${one.energyText} ${unit} was sent`);
  }
  const [first, last] = [sent[0]?.start ?? 0, sent.at(-1)?.start ?? 0];
  const extra = [...byStart.keys()].filter((start) => start >= first && start <= last);
  const found = [
    count(missing.length, 'is missing', 'are missing', missing[0]?.startText),
    count(doubled.length, 'is there twice', 'are there twice', doubled[0]?.startText),
    count(changed.length, 'is another', 'are others', changed[0]),
    count(
      extra.length,
      'was not sent',
      'were not sent',
      extra[0] === undefined ? '' : new Date(extra[0]).toISOString(),
    ),
  ].filter((text) => text !== undefined);
  if (found.length === 0) return { kind: 'same' };
  if (missing.length === sent.length && extra.length === 0) return { kind: 'absent' };
  return { kind: 'other', difference: `of ${String(sent.length)} readings ${found.join(', ')}` };
}

function count(number: number, one: string, many: string, first: string | undefined): string | undefined {
  if (number === 0) return undefined;
  return `${String(number)} ${number === 1 ? one : many} (${number === 1 ? '' : 'first '}${first ?? ''})`;
}

function decimalsOf(energy: number): number {
  return String(energy).split('.')[1]?.length ?? 0;
}
