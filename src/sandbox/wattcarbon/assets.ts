import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type Backend, accountOf, findAsset, showObject } from './backend.ts';
import { readIdValue } from './ids.ts';
import { answerList } from './lists.ts';
import { readJson } from './read-json.ts';
import { refuse, refuseBody, refuseIssues } from './refusals.ts';

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
  const refusal = refuseUnknownMeters(backend, account, fields);
  if (refusal !== undefined) {
    return refusal;
  }
  const id = state.addAsset(account, customId, fields, call.now);
  return id === undefined
    ? refuseTaken(settings.conflict, customId)
    : answerJson(201, showObject(backend, 'asset', { id, fields }));
}

/** Changes an asset: a PATCH the fields it has (null takes one away), a PUT all of them. The `customId` stays what it is. */
export function updateAsset(backend: Backend, call: Call): Answer {
  const { state, settings, schemas } = backend;
  const asset = findAsset(backend, call);
  if ('refusal' in asset) {
    return asset.refusal;
  }
  const body = readJson(call, settings.assetUpdate === 'put' ? schemas.assetCreate : z.looseObject({}));
  if ('refusal' in body) {
    return body.refusal;
  }
  const given = settings.assetUpdate === 'put' ? body.sent : { ...asset.fields, ...body.sent };
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const checked = schemas.assetCreate.safeParse(fields);
  if (!checked.success) {
    return refuseIssues(checked.error.issues, fields);
  }
  if (fields['customId'] !== asset.fields['customId']) {
    return refuseBody([{ loc: ['body', 'customId'], msg: 'customId cannot be changed', type: 'value_error' }]);
  }
  const refusal = refuseUnknownMeters(backend, accountOf(call), fields);
  if (refusal !== undefined) {
    return refusal;
  }
  state.changeAsset(asset.id, fields);
  return answerJson(200, showObject(backend, 'asset', { id: asset.id, fields }));
}

function refuseUnknownMeters(
  { state, settings }: Backend,
  account: string,
  fields: { readonly [field: string]: Json },
): Answer | undefined {
  const meterIds: readonly Json[] = Array.isArray(fields['meterIds']) ? fields['meterIds'] : [];
  const unknown = [...meterIds.entries()].filter(([, shown]) => {
    const id = readIdValue(settings.ids, 'meter', shown);
    return id === undefined || state.meter(account, id) === undefined;
  });
  if (unknown.length === 0) {
    return undefined;
  }
  return refuseBody(
    unknown.map(([index, id]) => ({
      loc: ['body', 'meterIds', index],
      msg: `Meter ${JSON.stringify(id)} does not exist in this account`,
      type: 'value_error',
    })),
  );
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
