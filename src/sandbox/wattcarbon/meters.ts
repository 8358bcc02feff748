import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type Backend, accountOf, showObject } from './backend.ts';
import { answerList } from './lists.ts';
import { readJson } from './read-json.ts';

/** Creates a meter. Not idempotent: the same body twice makes two meters. */
export function createMeter(backend: Backend, call: Call): Answer {
  const body = readJson(call, backend.schemas.meterCreate);
  if ('refusal' in body) {
    return body.refusal;
  }
  const fields = body.sent;
  const id = backend.state.addMeter(accountOf(call), fields, call.now);
  return answerJson(201, showObject(backend, 'meter', { id, fields }));
}

/** The account's meters, oldest first. */
export function listMeters(backend: Backend, call: Call): Answer {
  return answerList(backend, call, 'meters', backend.state.meters(accountOf(call)), (meter) =>
    showObject(backend, 'meter', meter),
  );
}
