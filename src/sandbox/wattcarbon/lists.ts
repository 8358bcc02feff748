import type { Json } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { Backend } from './backend.ts';
import { refuseBody } from './refusals.ts';
import type { Listed, WattCarbonSettings } from './switches.ts';

type Schema = { readonly [keyword: string]: Json };
type Shown = { readonly [field: string]: Json };

/** What a list can be narrowed by. */
const filterFields: { readonly [list in Listed | 'rows']: readonly string[] } = {
  meters: ['meterType'],
  assets: ['customId', 'kind'],
  documents: ['type'],
  rows: [],
};

/** A list of what was made up to `list-lag` ago: shape, pages and filters as the switches say. */
export function answerList<T extends { readonly at: number }>(
  { settings }: Backend,
  call: Call,
  list: Listed,
  all: readonly T[],
  show: (one: T) => Json,
): Answer {
  const shownUntil = call.now - settings.listLag * 1000;
  return answerPage(settings, call, list, all.filter(({ at }) => at <= shownUntil).map(show));
}

/** A page of entries that are there already. */
export function answerPage(
  settings: WattCarbonSettings,
  call: Call,
  list: Listed | 'rows',
  entries: readonly Json[],
): Answer {
  const known = new Set([...queryOf(settings, list).map(({ name }) => name), 'account_id', 'after', 'start', 'end']);
  const foreign = [...call.query.keys()].filter((name) => !known.has(name));
  if (settings.listFilters === 'refused' && foreign.length > 0) {
    return refuseBody(
      foreign.map((name) => ({ loc: ['query', name], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' })),
    );
  }
  const kept = settings.listFilters === 'working' ? entries.filter((entry) => fits(entry, call.query, list)) : entries;
  const page = readPage(settings, call.query);
  if (typeof page === 'string') {
    return refuseBody([{ loc: ['query', page], msg: 'Input should be a valid integer', type: 'int_parsing' }]);
  }
  const shown = kept.slice(page.from, page.from + page.size);
  const end = page.from + shown.length;
  return wrap(settings, call, shown, { end, size: page.size, total: kept.length });
}

/** The query parameters of a list, as the description has them. */
export function queryOf(
  { paging, pageSize, listFilters }: WattCarbonSettings,
  list: Listed | 'rows',
): readonly { readonly name: string; readonly schema: Schema }[] {
  const size = { name: 'limit', schema: { type: 'integer', default: pageSize, minimum: 1, maximum: pageSize } };
  const paged: { readonly [form in typeof paging]: readonly { readonly name: string; readonly schema: Schema }[] } = {
    none: [],
    link: [size],
    'bare-link': [size],
    next: [size],
    cursor: [{ name: 'cursor', schema: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, size],
    page: [{ name: 'page', schema: { type: 'integer', default: 1, minimum: 1 } }, size],
    offset: [{ name: 'offset', schema: { type: 'integer', default: 0, minimum: 0 } }, size],
  };
  const filters = listFilters === 'working' || listFilters === 'ignored' ? filterFields[list] : [];
  return [...paged[paging], ...filters.map((name) => ({ name, schema: { type: 'string' } }))];
}

/** The schema of a list's answer. */
export function describeList({ listShape, paging }: WattCarbonSettings, entry: Schema): Schema {
  const array = { type: 'array', items: entry };
  if (listShape === 'array') return array;
  const text = { anyOf: [{ type: 'string' }, { type: 'null' }] };
  const further: { readonly [form in typeof paging]: Schema } = {
    none: {},
    link: {},
    'bare-link': {},
    next: { next: text },
    cursor: { next_cursor: text },
    page: { total: { type: 'integer' }, page: { type: 'integer' }, pages: { type: 'integer' } },
    offset: { total: { type: 'integer' } },
  };
  return { type: 'object', properties: { [listShape]: array, ...further[paging] }, required: [listShape] };
}

function fits(entry: Json, query: URLSearchParams, list: Listed | 'rows'): boolean {
  return filterFields[list].every((field) => {
    const wanted = query.get(field);
    return wanted === null || (isShown(entry) && entry[field] === wanted);
  });
}

function isShown(entry: Json): entry is Shown {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry);
}

/** Which stretch is asked for, or the parameter that is no number. */
function readPage(
  { paging, pageSize }: WattCarbonSettings,
  query: URLSearchParams,
): { readonly from: number; readonly size: number } | string {
  if (paging === 'none') return { from: 0, size: Number.POSITIVE_INFINITY };
  const whole = (name: string, standard: number): number => {
    const text = query.get(name);
    return text === null ? standard : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  };
  const size = Math.min(whole('limit', pageSize), pageSize);
  if (!(size >= 1)) return 'limit';
  if (paging === 'page') {
    const page = whole('page', 1);
    return page >= 1 ? { from: (page - 1) * size, size } : 'page';
  }
  const pointer = paging === 'cursor' || paging === 'offset' ? paging : 'after';
  const text = query.get(pointer);
  const from = paging === 'offset' || text === null ? whole(pointer, 0) : readCursor(text);
  return from >= 0 ? { from, size } : pointer;
}

function wrap(
  { paging, listShape }: WattCarbonSettings,
  call: Call,
  shown: readonly Json[],
  { end, size, total }: { readonly end: number; readonly size: number; readonly total: number },
): Answer {
  const after = end < total ? writeCursor(end) : null;
  const further: { readonly [form in typeof paging]: Shown } = {
    none: {},
    link: {},
    'bare-link': {},
    next: { next: after === null ? null : nextAddress(call, after) },
    cursor: { next_cursor: after },
    page: { total, page: Number(call.query.get('page') ?? 1), pages: Math.max(1, Math.ceil(total / size)) },
    offset: { total },
  };
  const links = [
    ...(paging === 'link' ? [`<${call.path}>; rel="first"`] : []),
    ...((paging === 'link' || paging === 'bare-link') && after !== null
      ? [`<${nextAddress(call, after)}>; rel="next"`]
      : []),
  ];
  const headers: Answer['headers'] = links.length > 0 ? { link: links.join(', ') } : {};
  return answerJson(200, listShape === 'array' ? shown : { [listShape]: shown, ...further[paging] }, headers);
}

/** Without the host: a rehearsal knows this server by another name. */
function nextAddress({ path, query }: Call, after: string): string {
  const next = new URLSearchParams(query);
  next.set('after', after);
  return `${path}?${next.toString()}`;
}

/** Opaque, as cursors are: nobody shall count with one. */
function writeCursor(from: number): string {
  return Buffer.from(`after:${String(from)}`).toString('base64url');
}

function readCursor(text: string): number {
  const from = /^after:(\d{1,9})$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  return from === undefined ? Number.NaN : Number(from);
}
