import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { createTimeWriter } from './point-text.ts';
import { refuse } from './refusals.ts';
import { regionNamed } from './regions.ts';
import { demandParameters, describeModel } from './series-request.ts';
import type { WattTimeSettings } from './settings.ts';
import { modelsOf } from './signals.ts';
import { createValues } from './values.ts';

const monthMs = 30 * 86_400_000;

/** GET /v3/signal-index: how dirty the grid is now among the hours of the last 30 days, 0 to 100. Free in every region. */
export function createSignalIndex(settings: WattTimeSettings): (call: Call) => Answer {
  return ({ query, now }) => {
    const refusal = demandParameters(query, ['region'], settings);
    if (refusal) return refusal;
    const signal = query.get('signal_type') ?? 'co2_moer';
    if (signal !== 'co2_moer') {
      return refuse(422, 'Unprocessable Entity', 'signal_type must be co2_moer.', settings.errorText);
    }
    const name = query.get('region') ?? '';
    const region = regionNamed(signal, name);
    if (region === undefined) {
      return refuse(403, 'Forbidden', `There is no index of the region ${JSON.stringify(name)}.`, settings.errorText);
    }
    const models = modelsOf(signal, region, now, settings.newModelAt);
    const model = models.at(-1) ?? models[0];
    const { periodSeconds } = region;
    const time = Math.floor(now / (periodSeconds * 1000)) * periodSeconds * 1000;
    const { tenthsAt } = createValues(signal, model, region);
    const current = tenthsAt(time);
    const earlier = Array.from({ length: monthMs / 3_600_000 }, (_, hour) => tenthsAt(time - (hour + 1) * 3_600_000));
    const below = earlier.filter((tenths) => tenths < current).length;
    return answerJson(200, {
      data: [
        {
          point_time: createTimeWriter(settings.dates, periodSeconds)(time),
          value: Math.round((100 * below) / earlier.length),
        },
      ],
      meta: {
        data_point_period_seconds: periodSeconds,
        region: name,
        warnings: settings.warnings,
        signal_type: signal,
        ...describeModel(model, settings),
        units: 'percentile',
      },
    });
  };
}
