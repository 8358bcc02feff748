import { sha256 } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { SandboxStateStore } from '../state.ts';
import { readFile, readId } from './read-parameters.ts';
import { refuse, refuseCsv } from './refusals.ts';
import { type SeriesKind, readSeries } from './series-csv.ts';

/** POST .../meters/{meter_id}/intervals and .../bills: a CSV that replaces what the meter holds of that span. */
export function uploadSeries(state: SandboxStateStore, kind: SeriesKind, call: Call): Answer {
  const meter = readId(call, 'meter_id');
  if ('refusal' in meter) {
    return meter.refusal;
  }
  if (!state.hasMeter(call.parameters['account_id'] ?? '', meter.id)) {
    return refuse(404, `Meter ${String(meter.id)} not found`);
  }
  const file = readFile(call);
  if ('refusal' in file) {
    return file.refusal;
  }
  const series = readSeries(kind, file.bytes);
  if ('refusal' in series) {
    return refuseCsv(series.refusal);
  }
  const rows = series.rows.length;
  state.addUpload({ meter: meter.id, kind, sha256: sha256(file.bytes), rows, at: call.now }, file.bytes);
  return answerJson(200, { meterId: meter.id, rows });
}
