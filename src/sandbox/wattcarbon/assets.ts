import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { SandboxStateStore } from '../state.ts';
import { readJson } from './read-json.ts';
import { refuse, refuseBody } from './refusals.ts';
import { assetCreate } from './schemas.ts';

/** POST /accounts/{account_id}/assets. A `customId` is used once in an account, a meter must exist in it. */
export function createAsset(state: SandboxStateStore, call: Call): Answer {
  const account = call.parameters['account_id'] ?? '';
  const body = readJson(call, assetCreate);
  if ('refusal' in body) {
    return body.refusal;
  }
  const unknown = [...(body.value.meterIds ?? []).entries()].filter(([, id]) => !state.hasMeter(account, id));
  if (unknown.length > 0) {
    return refuseBody(
      unknown.map(([index, id]) => ({
        loc: ['body', 'meterIds', index],
        msg: `Meter ${String(id)} does not exist in this account`,
        type: 'value_error',
      })),
    );
  }
  const { customId } = body.value;
  const id = state.addAsset(account, customId, body.sent);
  return id === undefined
    ? refuse(409, `An asset with customId ${JSON.stringify(customId)} already exists in this account`)
    : answerJson(201, { id, ...body.sent });
}

/** GET /accounts/{account_id}/assets: all of them, oldest first. */
export function listAssets(state: SandboxStateStore, call: Call): Answer {
  const assets = state.assets(call.parameters['account_id'] ?? '');
  return answerJson(
    200,
    assets.map(({ id, fields }) => ({ id, ...fields })),
  );
}
