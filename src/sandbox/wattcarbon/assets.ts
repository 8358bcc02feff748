import type { Json } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type Backend, accountOf, showObject } from './backend.ts';
import { readIdValue } from './ids.ts';
import { answerList } from './lists.ts';
import { readJson } from './read-json.ts';
import { refuse, refuseBody } from './refusals.ts';

/** Creates an asset. A `customId` is used once in an account, a meter must exist in it. */
export function createAsset(backend: Backend, call: Call): Answer {
  const { state, settings, schemas } = backend;
  const account = accountOf(call);
  const body = readJson(call, schemas.assetCreate);
  if ('refusal' in body) {
    return body.refusal;
  }
  const fields = body.sent;
  const customId = typeof fields['customId'] === 'string' ? fields['customId'] : undefined;
  const meterIds: readonly Json[] = Array.isArray(fields['meterIds']) ? fields['meterIds'] : [];
  const unknown = [...meterIds.entries()].filter(([, shown]) => {
    const id = readIdValue(settings.ids, 'meter', shown);
    return id === undefined || state.meter(account, id) === undefined;
  });
  if (unknown.length > 0) {
    return refuseBody(
      unknown.map(([index, id]) => ({
        loc: ['body', 'meterIds', index],
        msg: `Meter ${JSON.stringify(id)} does not exist in this account`,
        type: 'value_error',
      })),
    );
  }
  const id = state.addAsset(account, customId, fields, call.now);
  return id === undefined
    ? refuseTaken(settings.conflict, customId)
    : answerJson(201, showObject(backend, 'asset', { id, fields }));
}

/** The three ways in which an API of this make says that a customId is taken (wattcarbon contract, "Asset"). */
function refuseTaken(status: Backend['settings']['conflict'], customId = ''): Answer {
  switch (status) {
    case '409':
      return refuse(409, `An asset with customId ${JSON.stringify(customId)} already exists in this account`);
    case '400':
      return refuse(400, 'customId must be unique');
    case '422':
      return refuseBody([{ loc: ['body', 'customId'], msg: 'Value error, already in use', type: 'value_error' }]);
  }
}

/** The account's assets, oldest first. */
export function listAssets(backend: Backend, call: Call): Answer {
  return answerList(backend, call, 'assets', backend.state.assets(accountOf(call)), (asset) =>
    showObject(backend, 'asset', asset),
  );
}
