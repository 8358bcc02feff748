import type { Json } from '../domain/json.ts';
import type { RemoteObject } from '../domain/remote.ts';
import type { Answer } from './api-client.ts';
import { isFields, readBody, readRemoteId } from './remote-answers.ts';
import type { RequestForm } from './request-form.ts';

export interface Listing {
  readonly first: URL;
  /** Parameters the list takes, as far as the document says: how to page where answers do not say where the next page is. */
  readonly query: RequestForm;
  /** `meter`, `asset`, `document`. */
  readonly resource: string;
  readonly fetchPage: (url: URL) => Promise<Answer>;
  /** An error for an answer that is not a list. */
  readonly refuse: (why: string, answer: Answer) => Error;
}

const wrappers = ['items', 'results', 'data', 'meters', 'assets', 'documents'] as const;
const cursorParameters = ['cursor', 'after', 'page_token', 'pageToken', 'next', 'starting_after'] as const;
const offsetParameters = ['offset', 'skip'] as const;
/** More pages than an account of a million objects has at a hundred a page. */
const mostPages = 10_000;

/**
 * Everything on a list, page after page: a bare array or one wrapped in an object; on to `Link: rel=next`, `next` (an
 * address or a cursor), or by the `offset` or `page` parameter the document gives the list (wattcarbon contract, "Order,
 * errors, limits"). A list that cannot be read to its end is refused, since what is missing on it would be created again.
 */
export async function* readListing({
  first,
  query,
  resource,
  fetchPage,
  refuse,
}: Listing): AsyncGenerator<RemoteObject> {
  const seenIds = new Set<string>();
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
      const id = readRemoteId(item, resource);
      if (id === undefined || !isFields(item)) throw refuse('an entry of the list has no id', answer);
      if (seenIds.has(String(id))) continue;
      seenIds.add(String(id));
      fresh += 1;
      yield { id, fields: item };
    }
    const next: URL | undefined = nextLink(answer, body, url, query, refuse);
    const total = isFields(body)
      ? [body['total'], body['total_count']].find((one) => typeof one === 'number')
      : undefined;
    // A page that shows nothing new is the end where we count the pages ourselves: a server may ignore the parameter.
    url = next ?? (fresh > 0 ? countedPage(url, body, seenIds.size, query) : undefined);
    if (url === undefined && typeof total === 'number' && total > seenIds.size) {
      throw refuse(
        `it shows ${String(seenIds.size)} of ${String(total)} entries, and not how to get the others`,
        answer,
      );
    }
  }
}

function itemsOf(body: Json): readonly Json[] | undefined {
  if (isList(body)) return body;
  if (!isFields(body)) return undefined;
  return wrappers.map((wrapper) => body[wrapper]).find((value) => value !== undefined && isList(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function nextLink(answer: Answer, body: Json, at: URL, query: RequestForm, refuse: Listing['refuse']): URL | undefined {
  const header = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(answer.headers.get('link') ?? '')?.[1];
  const inBody = isFields(body)
    ? [body['next'], body['next_cursor'], body['nextCursor'], body['next_page_token'], linksNext(body)].find(
        (next) => (typeof next === 'string' && next !== '') || typeof next === 'number',
      )
    : undefined;
  const next = header ?? inBody;
  if (next === undefined) return undefined;
  if (typeof next === 'string' && /^(?:https?:\/\/|[/?])/.test(next)) {
    const url = new URL(next, at);
    // Behind a proxy an API may think it is spoken to in plain http; the token goes only where it belongs.
    if (url.host !== at.host) throw refuse(`its next page is at ${url.host}`, answer);
    return new URL(`${url.pathname}${url.search}`, at.origin);
  }
  const url = new URL(at);
  const parameter =
    typeof next === 'number' && query.fields.has('page')
      ? 'page'
      : cursorParameters.find((name) => query.fields.has(name));
  url.searchParams.set(parameter ?? 'cursor', typeof next === 'string' ? next : JSON.stringify(next));
  return url;
}

function linksNext(body: { readonly [field: string]: Json }): Json | undefined {
  const links = body['links'] ?? body['_links'];
  const next = links !== undefined && isFields(links) ? links['next'] : undefined;
  return next !== undefined && isFields(next) ? next['href'] : next;
}

/** The page after `at` where only its parameters tell: `offset` by what has come, `page` by one. */
function countedPage(at: URL, body: Json, received: number, query: RequestForm): URL | undefined {
  const url = new URL(at);
  const offset = offsetParameters.find((name) => query.fields.has(name));
  const page = isFields(body) && typeof body['page'] === 'number' ? body['page'] : undefined;
  const pages = isFields(body) && typeof body['pages'] === 'number' ? body['pages'] : undefined;
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
