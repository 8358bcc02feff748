import type { Json } from '../../domain/json.ts';
import type { Answer } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { readField } from './read-parameters.ts';
import { type Detail, refuseBody } from './refusals.ts';
import type { SeriesKind, SeriesRow } from './series-csv.ts';
import type { WattCarbonSettings } from './switches.ts';

const granularities: readonly { readonly name: string; readonly seconds: number }[] = [
  { name: '15min', seconds: 900 },
  { name: '30min', seconds: 1_800 },
  { name: 'hourly', seconds: 3_600 },
  { name: 'daily', seconds: 86_400 },
];

/** What a field beside an uploaded file may be. */
export function choicesOf(kind: SeriesKind): { readonly [field: string]: readonly string[] } {
  return {
    granularity: kind === 'bills' ? ['billing'] : granularities.map(({ name }) => name),
    type: ['electricity', 'gas'],
  };
}

/** The refusal of fields that are missing, no choice, or not true of the file: its least step, its meter's type. */
export function refuseFields(
  { formFields }: WattCarbonSettings,
  call: Call,
  kind: SeriesKind,
  meterType: Json,
  rows: readonly SeriesRow[],
): Answer | undefined {
  if (formFields === 'none') {
    return undefined;
  }
  const truth: { readonly [field: string]: Json | undefined } = {
    granularity: kind === 'bills' ? 'billing' : granularityOf(rows),
    type: meterType,
  };
  const details = Object.entries(choicesOf(kind)).flatMap(([name, choices]): readonly Detail[] => {
    const given = readField(call, name);
    if (given === undefined) {
      return formFields === 'optional' ? [] : [{ loc: ['body', name], msg: 'Field required', type: 'missing' }];
    }
    const loc = [given.place, name];
    if (!choices.includes(given.value)) {
      return [{ loc, msg: `Input should be ${choices.map((choice) => `'${choice}'`).join(' or ')}`, type: 'enum' }];
    }
    return truth[name] === undefined || truth[name] === given.value
      ? []
      : [{ loc, msg: `Value error, the file is not '${given.value}'`, type: 'value_error' }];
  });
  return details.length === 0 ? undefined : refuseBody(details);
}

/** By the least step between two rows; one row says nothing. */
function granularityOf(rows: readonly SeriesRow[]): string | undefined {
  const steps = rows.slice(1).map(({ start }, index) => (start - (rows[index]?.start ?? start)) / 1000);
  if (steps.length === 0) {
    return undefined;
  }
  const least = Math.min(...steps);
  return (granularities.find(({ seconds }) => least <= seconds) ?? granularities.at(-1))?.name;
}
