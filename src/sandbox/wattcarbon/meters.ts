import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { SandboxStateStore } from '../state.ts';
import { readJson } from './read-json.ts';
import { meterCreate } from './schemas.ts';

/** POST /accounts/{account_id}/meters. Not idempotent: the same body twice makes two meters. */
export function createMeter(state: SandboxStateStore, call: Call): Answer {
  const body = readJson(call, meterCreate);
  if ('refusal' in body) {
    return body.refusal;
  }
  const id = state.addMeter(call.parameters['account_id'] ?? '', body.sent);
  return answerJson(201, { id, ...body.sent });
}

/** GET /accounts/{account_id}/meters: all of them, oldest first. */
export function listMeters(state: SandboxStateStore, call: Call): Answer {
  const meters = state.meters(call.parameters['account_id'] ?? '');
  return answerJson(
    200,
    meters.map(({ id, fields }) => ({ id, ...fields })),
  );
}
