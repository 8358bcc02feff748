import type { Json } from '../domain/json.ts';
import type { RemoteId, RemoteObject } from '../domain/remote.ts';
import type { Answer } from './api-client.ts';
import { isFields, readBody, readRemoteId } from './remote-answers.ts';
import { cursorParameters, readPaging, type Paging } from './paging.ts';
import type { RequestForm } from './request-form.ts';

export interface Listing {
  readonly first: URL;
  /** Parameters the list takes, as far as the document says: how to page where answers do not say where the next page is. */
  readonly query: RequestForm;
  readonly fetchPage: (url: URL) => Promise<Answer>;
  /** An error for an answer that is not a list. */
  readonly refuse: (why: string, answer: Answer) => Error;
}

const wrappers = [
  'items',
  'results',
  'data',
  'meters',
  'assets',
  'documents',
  'readings',
  'intervals',
  'bills',
  'rows',
  'accounts',
] as const;
const offsetParameters = ['offset', 'skip'] as const;
/** Names under which lists take the length of a page. */
export const sizeParameters = ['limit', 'per_page', 'perPage', 'page_size', 'pageSize', 'size'] as const;
/** More pages than an account of a million objects has at a hundred a page. */
const mostPages = 10_000;

/**
 * Everything on a list, page after page: a bare array or one wrapped in an object; on to `Link: rel=next`, `next` (an
 * address or a cursor), or by the `offset` or `page` parameter the document gives the list (wattcarbon contract, "Order,
 * errors, limits"). A list that cannot be read to its end is refused, since what is missing on it would be created again:
 * one that says there is more, and one that says nothing and is as long as its page size. `resource` is what it lists:
 * `meter`, `asset`, `document`.
 */
export async function* readListing(listing: Listing & { readonly resource: string }): AsyncGenerator<RemoteObject> {
  const seenIds = new Set<string>();
  const idOf = (item: Json): RemoteId | undefined => readRemoteId(item, listing.resource);
  const isFresh = (item: Json, answer: Answer): boolean => {
    const id = idOf(item);
    if (id === undefined || !isFields(item)) throw listing.refuse('an entry of the list has no id', answer);
    return seenIds.size < seenIds.add(String(id)).size;
  };
  for await (const item of readEntries(listing, isFresh)) {
    const id = idOf(item);
    if (id !== undefined && isFields(item)) yield { id, fields: item };
  }
}

/** The same for entries without an id: `isFresh` says whether one has not come before, and is asked once for each. */
export async function* readEntries(
  { first, query, fetchPage, refuse }: Listing,
  isFresh: (entry: Json, answer: Answer) => boolean,
): AsyncGenerator<Json> {
  let shown = 0;
  const seenPages = new Set<string>();
  let url: URL | undefined = first;
  while (url !== undefined) {
    const answer: Answer = await fetchPage(url);
    const body = readBody(answer.text);
    if (seenPages.has(url.href) || seenPages.size >= mostPages) throw refuse('its pages never end', answer);
    seenPages.add(url.href);
    const items = itemsOf(body);
    if (items === undefined) throw refuse('it is not a list', answer);
    let fresh = 0;
    for (const item of items) {
      if (!isFresh(item, answer)) continue;
      fresh += 1;
      yield item;
    }
    shown += fresh;
    const paging = readPaging(body);
    const next: URL | undefined = nextAddress(answer, paging, url, query, refuse);
    // A page that shows nothing new is the end where we count the pages ourselves: a server may ignore the parameter.
    url = next ?? (fresh > 0 ? countedPage(url, paging, shown, query) : undefined);
    if (url !== undefined) continue;
    if (paging.total !== undefined && paging.total > shown) {
      throw refuse(
        `it shows ${String(shown)} of ${String(paging.total)} entries, and not how to get the others`,
        answer,
      );
    }
    if (paging.hasMore === true) {
      throw refuse(`it shows ${String(shown)} entries and says that there are more, but not how to get them`, answer);
    }
    if (paging.isSilent && answer.headers.get('link') === null && items.length >= pageSize(query)) {
      throw refuse(
        `it shows ${String(items.length)} entries, which is its page size, and neither says whether there are more nor how to get them`,
        answer,
      );
    }
  }
}

/** How many entries a page has unless asked otherwise; no end where the document does not say, or says how to go on. */
function pageSize({ fields }: RequestForm): number {
  if (['page', ...offsetParameters].some((name) => fields.has(name))) return Number.POSITIVE_INFINITY;
  const size = sizeParameters.map((name) => fields.get(name)?.fallback).find((value) => typeof value === 'number');
  return size ?? Number.POSITIVE_INFINITY;
}

function itemsOf(body: Json): readonly Json[] | undefined {
  if (isList(body)) return body;
  if (!isFields(body)) return undefined;
  return wrappers.map((wrapper) => body[wrapper]).find((value) => value !== undefined && isList(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The page after `at` where the answer names it: by an address or a cursor. */
function nextAddress(
  answer: Answer,
  paging: Paging,
  at: URL,
  query: RequestForm,
  refuse: Listing['refuse'],
): URL | undefined {
  const header = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(answer.headers.get('link') ?? '')?.[1];
  const next = header ?? paging.next;
  if (next === undefined) return undefined;
  if (typeof next === 'string' && /^(?:https?:\/\/|[/?])/.test(next)) {
    const url = new URL(next, at);
    // Behind a proxy an API may think it is spoken to in plain http; the token goes only where it belongs.
    if (url.host !== at.host) throw refuse(`its next page is at ${url.host}`, answer);
    return new URL(`${url.pathname}${url.search}`, at.origin);
  }
  const url = new URL(at);
  const isPage = typeof next === 'number' && (paging.nextIsPage || query.fields.has('page'));
  const parameter = isPage ? 'page' : (cursorParameters.find((name) => query.fields.has(name)) ?? 'cursor');
  const value = typeof next === 'string' ? next : JSON.stringify(next);
  // Some lists repeat the cursor they were asked with when there is no further one.
  if (url.searchParams.get(parameter) === value && paging.nextIsEcho) return undefined;
  url.searchParams.set(parameter, value);
  return url;
}

/** The page after `at` where only its parameters tell: `offset` by what has come, `page` by one. */
function countedPage(at: URL, { page, pages }: Paging, received: number, query: RequestForm): URL | undefined {
  const url = new URL(at);
  const offset = offsetParameters.find((name) => query.fields.has(name));
  if (page !== undefined || query.fields.has('page')) {
    const current = page ?? Number(at.searchParams.get('page') ?? 1);
    if (pages !== undefined && current >= pages) return undefined;
    url.searchParams.set('page', String(current + 1));
    return url;
  }
  if (offset === undefined) return undefined;
  url.searchParams.set(offset, String(received));
  return url;
}
