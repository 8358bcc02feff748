import { sha256, type Json } from '../../domain/json.ts';
import { readTime } from '../instant.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { StoredObject } from '../state.ts';
import { type Backend, findMeter } from './backend.ts';
import { refuseFields } from './form-fields.ts';
import { showId } from './ids.ts';
import { answerPage } from './lists.ts';
import { readFile } from './read-parameters.ts';
import { cellsOf, holdRows } from './readings.ts';
import { refuse, refuseBody, refuseCsv } from './refusals.ts';
import { type SeriesKind, type SeriesRow, readSeries } from './series-csv.ts';

/** Takes a CSV for a meter; `reupload` says what becomes of readings in the same span. */
export function uploadSeries(backend: Backend, kind: SeriesKind, call: Call): Answer {
  const { state, settings } = backend;
  const meter = findMeter(backend, call);
  if ('refusal' in meter) {
    return meter.refusal;
  }
  const file = readFile(call, settings.uploadBody, settings.filePart[0] ?? '');
  if ('refusal' in file) {
    return file.refusal;
  }
  const series = readSeries(kind, file.bytes, { header: headerOf(backend, kind), maxKwh: settings.maxKwh });
  if ('refusal' in series) {
    return refuseCsv(series.refusal, settings.rowErrors);
  }
  const { rows } = series;
  const refusal = refuseFields(settings, call, kind, meter.fields['meterType'] ?? null, rows);
  if (refusal !== undefined) {
    return refusal;
  }
  if (settings.reupload === 'refuse' && overlaps(backend, meter, kind, rows)) {
    return refuse(409, 'Readings of this span are already there');
  }
  const effect = settings.reupload === 'append' ? 'append' : 'replace';
  const upload = {
    meter: meter.id,
    kind,
    sha256: sha256(file.bytes),
    rows: rows.length,
    at: call.now,
    effect,
  } as const;
  state.addUpload(upload, file.bytes);
  return answerJson(200, { meterId: showId(settings.ids, 'meter', meter.id), rows: rows.length });
}

/** Shows the readings of a kind that a meter holds, those that start in `[start, end)` where these are given. */
export function readBack(backend: Backend, kind: SeriesKind, call: Call): Answer {
  const { state, settings } = backend;
  const meter = findMeter(backend, call);
  if ('refusal' in meter) {
    return meter.refusal;
  }
  const bounds = ['start', 'end'].map((name) => ({ name, text: call.query.get(name) }));
  const [start, end] = bounds.map(({ text }) => (text === null ? undefined : readTime(text)));
  const wrong = [start, end].findIndex((bound) => bound !== undefined && bound.kind !== 'instant');
  if (wrong !== -1) {
    const name = bounds[wrong]?.name ?? '';
    return refuseBody([{ loc: ['query', name], msg: 'Input should have timezone info', type: 'timezone_aware' }]);
  }
  const from = start?.kind === 'instant' ? start.time : Number.NEGATIVE_INFINITY;
  const to = end?.kind === 'instant' ? end.time : Number.POSITIVE_INFINITY;
  const rows = holdRows(state.contents(meter.id))[kind].filter((row) => row.start >= from && row.start < to);
  const header = headerOf(backend, kind);
  if (settings.readBack === 'csv') {
    const body = [header, ...rows.map(cellsOf)].map((cells) => `${cells.join(',')}\n`).join('');
    return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body };
  }
  return answerPage(
    settings,
    call,
    'rows',
    rows.map((row) => showRow(header, row)),
  );
}

function showRow(header: readonly string[], row: SeriesRow): Json {
  const cells = cellsOf(row);
  return Object.fromEntries(header.map((name, at) => [name, at === header.length - 1 ? row.kwh : (cells[at] ?? null)]));
}

function headerOf({ settings }: Backend, kind: SeriesKind): readonly string[] {
  return kind === 'intervals' ? settings.intervalColumns : settings.billColumns;
}

function overlaps({ state }: Backend, meter: StoredObject, kind: SeriesKind, rows: readonly SeriesRow[]): boolean {
  const first = rows[0]?.start ?? 0;
  const last = rows.at(-1)?.start ?? -1;
  return holdRows(state.contents(meter.id))[kind].some(({ start }) => start >= first && start <= last);
}
