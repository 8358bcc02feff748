import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type ParameterProblem, missing, refuseParameters } from './refusals.ts';
import { regionAt } from './regions.ts';
import { isSignal, signals } from './signals.ts';

/** GET /v3/region-from-loc: the grid region of a point for a signal; 404 outside coverage. */
export function answerRegionFromLoc(call: Call): Answer {
  const signal = call.query.get('signal_type');
  const latitude = call.query.get('latitude');
  const longitude = call.query.get('longitude');
  const problems = [
    ...checkSignal(signal),
    ...checkDegrees('latitude', latitude, 90),
    ...checkDegrees('longitude', longitude, 180),
  ];
  if (problems.length > 0 || !isSignal(signal)) {
    return refuseParameters(problems);
  }
  const region = regionAt(signal, Number(latitude), Number(longitude));
  return region === undefined
    ? answerJson(404, {
        error: 'No coverage available for these coordinates and signal_type',
        latitude,
        longitude,
        signal_type: signal,
      })
    : answerJson(200, { region: region.region, region_full_name: region.fullName, signal_type: signal });
}

/** What is wrong with a `signal_type`, in the words of the region and map endpoints. */
export function checkSignal(text: string | null): ParameterProblem[] {
  if (text === null) {
    return [missing('query', 'signal_type')];
  }
  const expected = signals.map((signal) => `'${signal}'`).join(', ');
  return isSignal(text)
    ? []
    : [{ in: 'query', parameter: 'signal_type', message: `Input should be ${expected}`, type: 'enum' }];
}

function checkDegrees(parameter: string, text: string | null, most: number): ParameterProblem[] {
  if (text === null) {
    return [missing('query', parameter)];
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    return [
      {
        in: 'query',
        parameter,
        message: 'Input should be a valid number, unable to parse string as a number',
        type: 'float_parsing',
      },
    ];
  }
  return Math.abs(Number(text)) <= most
    ? []
    : [
        {
          in: 'query',
          parameter,
          message: `Input should be between -${String(most)} and ${String(most)}`,
          type: 'value_error',
        },
      ];
}
