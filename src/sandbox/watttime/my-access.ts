import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type Access, accessOf, mayRead } from './access.ts';
import { refuse } from './refusals.ts';
import { regionsOf, signalsKnowing } from './regions.ts';
import type { WattTimeSettings } from './settings.ts';
import { type Model, type Signal, isSignal, modelsOf, signalForms, signals } from './signals.ts';

/** GET /v3/my-access: what the account may ask for, by signal, region, endpoint and model. */
export function createMyAccess(settings: WattTimeSettings): (call: Call) => Answer {
  return ({ query, user, now }) => {
    const signal = query.get('signal_type');
    if (signal !== null && !isSignal(signal)) {
      const message = `signal_type must be one of ${signals.join(', ')}.`;
      return refuse(422, 'Unprocessable Entity', message, settings.errorText);
    }
    const name = query.get('region');
    const access = accessOf(user, settings.plan);
    if (name !== null && signalsKnowing(name).length === 0) {
      return refuse(400, 'Bad Request', `There is no region ${JSON.stringify(name)}.`, settings.errorText);
    }
    const listed = signals
      .filter((each) => signal === null || each === signal)
      .map((each) => ({ signal_type: each, regions: listRegions(each, name, { access, settings, now }) }))
      .filter(({ regions }) => regions.length > 0);
    return listed.length === 0 && name !== null
      ? refuse(
          403,
          'Forbidden',
          `Your account does not have access to the region ${JSON.stringify(name)}.`,
          settings.errorText,
        )
      : answerJson(200, { signal_types: listed });
  };
}

interface Viewing {
  readonly access: Access;
  readonly settings: WattTimeSettings;
  readonly now: number;
}

function listRegions(signal: Signal, name: string | null, { access, settings, now }: Viewing): readonly object[] {
  return regionsOf(signal)
    .filter((region) => mayRead(access, region) && (name === null || region.region === name))
    .map((region) => ({
      region: region.region,
      region_full_name: region.fullName,
      ...(region.parent !== undefined && { parent: region.parent }),
      data_point_period_seconds: region.periodSeconds,
      endpoints: listEndpoints(signal, modelsOf(signal, region, now, settings.newModelAt)),
    }));
}

function listEndpoints(signal: Signal, models: readonly Model[]): readonly object[] {
  const historical = {
    endpoint: 'v3/historical',
    models: models.map((model) => ({ ...dates(model), type: model.type })),
  };
  return signalForms[signal].isForecast
    ? [{ endpoint: 'v3/forecast', models: models.map((model) => dates(model)) }, historical]
    : [historical];
}

/** A model is trained on the year before its date. */
function dates({ date, dataStart }: Model): object {
  const trainStart = `${String(Number(date.slice(0, 4)) - 1)}${date.slice(4)}`;
  return {
    model: date,
    data_start: new Date(dataStart).toISOString().slice(0, 10),
    train_start: trainStart,
    train_end: date,
  };
}
