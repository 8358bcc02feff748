import type { Json } from '../domain/json.ts';
import type { UploadSubject } from '../domain/remote.ts';
import type { FieldRule, RequestForm } from './request-form.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** Words for a length, in a choice: `quarter_hourly`, `HALF_HOUR`, `hourly`, `daily`. */
const lengthWords: readonly (readonly [word: RegExp, ms: number])[] = [
  [/^(?:quarter_?hour(?:ly)?|fifteen_?min(?:ute)?s?)$/, 15 * minuteMs],
  [/^(?:half_?hour(?:ly)?|thirty_?min(?:ute)?s?)$/, 30 * minuteMs],
  [/^(?:hour(?:ly)?|sixty_?min(?:ute)?s?)$/, 60 * minuteMs],
  [/^(?:dai?ly|day)$/, dayMs],
];
const unitMs: Readonly<Record<string, number>> = { s: 1000, m: minuteMs, h: 60 * minuteMs, d: dayMs };
const billWords = /^(?:bill(?:s|ing|ed)?(?:_?(?:period|cycle)s?)?|month(?:ly)?)$/;

/** Names of a field, without its punctuation, and what it is about. */
const lengthNames =
  /^(?:granularity|resolution|frequency|cadence|(?:interval|period|timestep)(?:length|size|duration)?)(minutes|seconds)?$/;
const commodityNames = /^(?:(?:meter|energy|fuel|utility|service|commodity)?type|commodity|fuel|energysource)$/;
const unitNames = /^(?:energy)?units?(?:ofmeasure)?$/;
const zoneNames = /^(?:timezone|tz)$/;
const commodities = { electricity: /^elec(?:tric(?:ity)?)?$/, gas: /^(?:natural_?)?gas$/ } as const;

/**
 * Fields of an upload that what is known of it fills: how far apart its readings are, what the meter measures, the unit, the
 * zone. Only where the schema's choices have a word for it; without choices, where it demands the field and its name leaves
 * no doubt of the form.
 */
export function contextFields(
  about: UploadSubject | undefined,
  forms: readonly (RequestForm | undefined)[],
): { readonly [field: string]: Json } {
  if (about === undefined) return {};
  const filled: Record<string, Json> = {};
  for (const form of forms) {
    for (const [name, rule] of form?.fields ?? []) {
      const value = rule.isFile ? undefined : valueFor(name, rule, form?.required.has(name) === true, about);
      if (value !== undefined) filled[name] = value;
    }
  }
  return filled;
}

function valueFor(name: string, { choices }: FieldRule, isRequired: boolean, about: UploadSubject): Json | undefined {
  const known = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const length = known === '' ? null : lengthNames.exec(known);
  if (length !== null) {
    if (choices !== undefined) return choices.find((choice) => isLength(choice, length[1], about));
    if (!isRequired || about.intervalMs === undefined || length[1] === undefined) return undefined;
    return about.intervalMs / (length[1] === 'minutes' ? minuteMs : 1000);
  }
  const pick = (fits: (word: string) => boolean, word: string | undefined): Json | undefined =>
    choices === undefined ? (isRequired ? word : undefined) : choices.find((one) => fits(wordOf(one)));
  // A field that is only called "type" may be a type of anything: there the choices must say which.
  if (commodityNames.test(known)) {
    return pick((word) => commodities[about.commodity].test(word), known === 'type' ? undefined : about.commodity);
  }
  if (unitNames.test(known)) return pick((word) => word.replace(/s$/, '') === about.unit.toLowerCase(), about.unit);
  return zoneNames.test(known) ? pick((word) => /^(?:utc|etc_utc|z)$/.test(word), 'UTC') : undefined;
}

/** Is a choice the length of these readings? A number goes by its field's name, or by what only one unit makes sensible. */
function isLength(choice: Json, unit: string | undefined, { intervalMs }: UploadSubject): boolean {
  const word = wordOf(choice);
  if (intervalMs === undefined) return billWords.test(word);
  if (/^\d+$/.test(word)) {
    const number = Number(word);
    const isSeconds = unit === 'seconds' || (unit === undefined && number >= 300 && number !== 1440);
    return number * (isSeconds ? 1000 : minuteMs) === intervalMs;
  }
  const named = lengthWords.find(([words]) => words.test(word))?.[1];
  if (named !== undefined) return named === intervalMs;
  const [, count = '', letter = ''] = /^(?:pt?|every_?)?(\d+)_?([smhd])(?:[a-z]*)$/.exec(word) ?? [];
  return Number(count) * (unitMs[letter] ?? 0) === intervalMs;
}

function wordOf(choice: Json): string {
  return String(typeof choice === 'object' ? JSON.stringify(choice) : choice)
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_');
}
