import type { Json } from '../domain/json.ts';
import { isFields } from './remote-answers.ts';

/** Parameters that take a list's cursor. */
export const cursorParameters = ['cursor', 'after', 'page_token', 'pageToken', 'next', 'starting_after'] as const;

/** What a page of a list says of the others, in any of the forms that are in use. */
export interface Paging {
  /** The next page's address, cursor or number. */
  readonly next: string | number | undefined;
  readonly nextIsPage: boolean;
  /** True for a bare `cursor`, which may also be the one that was asked for. */
  readonly nextIsEcho: boolean;
  readonly hasMore: boolean | undefined;
  readonly total: number | undefined;
  readonly page: number | undefined;
  readonly pages: number | undefined;
  /** True when it says nothing: neither that there is more nor that there is no more. */
  readonly isSilent: boolean;
}

type Fields = { readonly [field: string]: Json };

const envelopes = ['meta', 'pagination', 'paging', 'page_info', 'pageInfo', 'links', '_links'] as const;
const nextFields = [
  'next',
  'next_cursor',
  'nextCursor',
  'next_page_token',
  'nextPageToken',
  'next_url',
  'nextUrl',
] as const;
const nextPageFields = ['next_page', 'nextPage'] as const;
const echoFields = ['cursor', 'end_cursor', 'endCursor'] as const;
const moreFields = ['has_more', 'hasMore', 'has_next', 'hasNext', 'has_next_page', 'hasNextPage'] as const;
const totalFields = ['total', 'total_count', 'totalCount', 'total_items', 'totalItems', 'count'] as const;
const pagesFields = ['pages', 'total_pages', 'totalPages', 'page_count', 'pageCount'] as const;

/** Reads it from the answer itself and from what it wraps its paging in. */
export function readPaging(body: Json): Paging {
  const places = isFields(body) ? [body, ...envelopes.map((name) => body[name]).filter(isFields)] : [];
  const next = valuesOf(places, nextFields).map(addressOf).find(isPointer);
  const nextPage = valuesOf(places, nextPageFields).map(addressOf).find(isPointer);
  const hasMore = valuesOf(places, moreFields).find((value) => typeof value === 'boolean');
  const echo = hasMore === false ? undefined : valuesOf(places, echoFields).find(isPointer);
  const totals = valuesOf(places, totalFields).filter((value) => typeof value === 'number');
  const total = totals.length === 0 ? undefined : Math.max(...totals);
  const said = valuesOf(places, [...nextFields, ...nextPageFields, ...moreFields]);
  const pages = numberOf(places, pagesFields);
  return {
    next: next ?? nextPage ?? echo,
    nextIsPage: next === undefined && typeof nextPage === 'number',
    nextIsEcho: next === undefined && nextPage === undefined,
    hasMore,
    total,
    page: numberOf(places, ['page', 'current_page', 'currentPage']),
    pages,
    isSilent: said.length === 0 && total === undefined && pages === undefined,
  };
}

function valuesOf(places: readonly Fields[], fields: readonly string[]): readonly Json[] {
  return places.flatMap((place) => fields.flatMap((field) => place[field] ?? (field in place ? [null] : [])));
}

function numberOf(places: readonly Fields[], fields: readonly string[]): number | undefined {
  return valuesOf(places, fields).find((value) => typeof value === 'number');
}

/** A link may be an object with an `href`. */
function addressOf(value: Json): Json {
  return isFields(value) ? (value['href'] ?? null) : value;
}

function isPointer(value: Json): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}
