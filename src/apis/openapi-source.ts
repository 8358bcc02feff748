import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { ApiError, WattliftError } from '../domain/errors.ts';
import { sha256 } from '../domain/json.ts';
import { readOpenApi, type DescribedOperation } from './openapi.ts';

/** A document as it was fetched once. */
export interface CachedDocument {
  readonly url: string;
  readonly body: string;
  readonly sha256: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** Where fetched documents are kept between runs. */
export interface DocumentCache {
  get(url: string): Promise<Pick<CachedDocument, 'body' | 'sha256' | 'at'> | undefined>;
  set(document: CachedDocument): Promise<void>;
}

export interface DescriptionOptions {
  /** The API's address without a slash at its end. */
  readonly baseUrl: string;
  /** `auto`, `off`, a URL, or a file's path. */
  readonly openapi: string;
  readonly cache: DocumentCache;
  /** Open no socket: only a file or the cache. */
  readonly offline: boolean;
  /** One GET, redirects not followed. Throws `ApiError`. */
  readonly fetchText: (url: string) => Promise<string>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/** The API's description of itself. */
export interface Description {
  /** Its address, or the file's path. */
  readonly from: string;
  /** What relative server addresses are relative to. */
  readonly relativeTo: string;
  readonly operations: readonly DescribedOperation[];
  readonly sha256: string;
  /** When it was fetched, UTC milliseconds; undefined for a file. */
  readonly at: number | undefined;
  /** The one of the time before, when that was another. */
  readonly before: Description | undefined;
}

/** Answers that say for certain that there is no document here for us. */
const notHere: ReadonlySet<string> = new Set(['absent', 'forbidden', 'credentials', 'invalid']);

/**
 * Reads WattCarbon's OpenAPI document (wattcarbon contract, "The operation table"): a file when one is named, else the URL
 * named, else `{base}/openapi.json`, else the `spec-url` of the ReDoc page at `{base}/`. A fetched one is cached; in an
 * outage the cached one serves, with a warning. Undefined when there is none. Throws when a document named by hand cannot
 * be had, or when nobody can say whether there is one.
 */
export async function loadDescription(options: DescriptionOptions): Promise<Description | undefined> {
  const { baseUrl, openapi, cache, offline, fetchText, now, warn } = options;
  if (openapi === 'off') return undefined;
  const named = openapi !== 'auto';
  if (named && !/^https?:\/\//.test(openapi)) return readDescriptionFile(openapi, options);

  const own = `${baseUrl}/openapi.json`;
  const former = beforeOf(named ? openapi : baseUrl);
  const fromCache = async (): Promise<Kept | undefined> =>
    named ? withUrl(openapi, await cache.get(openapi)) : newestKept(baseUrl, cache);
  if (offline) return describeKept(await fromCache(), await cache.get(former));

  try {
    const fetched = named ? { url: openapi, body: await fetchText(openapi) } : await fetchOwn(baseUrl, fetchText);
    const kept = fetched && { ...fetched, sha256: sha256(fetched.body), at: now() };
    const last = await fromCache();
    const description = describeKept(kept, last);
    if (kept !== undefined && description !== undefined) {
      // Several accounts read it in one run, and what the first of them found changed is to stay in sight.
      if (last?.sha256 === kept.sha256 && kept.at - last.at < sameRunMs) return description;
      // First the old one: were this run to end here, nothing would seem to have changed, which is better than the reverse.
      if (last) await keepFormer(former, last, cache);
      await cache.set(kept);
      if (!named && kept.url !== own) await keepPointer(baseUrl, kept.url, cache, now());
      return description;
    }
    if (named) throw notADocument(openapi);
    if (fetched !== undefined)
      warn(`what ${baseUrl} gives for a description of its API is not an OpenAPI 3 document with paths`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!named && notHere.has(error.details.kind)) {
      if (error.details.kind !== 'absent') warn(`WattCarbon shows no description of its API: ${error.message}`);
      return undefined;
    }
    const kept = await fromCache();
    const description = describeKept(kept, undefined);
    if (kept === undefined || description === undefined) throw error;
    // That the API is away has been said, and nothing is sent by this description.
    if (error.details.kind === 'away') return description;
    warn(
      `using the description of ${new Date(kept.at).toISOString()} kept from an earlier run, since ${error.message}`,
    );
    return description;
  }
}

/** What was fetched no longer ago than this, was fetched by the same run. */
const sameRunMs = 10 * 60_000;

type Kept = CachedDocument;
type Unnamed = Omit<CachedDocument, 'url'>;

function withUrl(url: string, kept: Unnamed | undefined): Kept | undefined {
  return kept && { url, body: kept.body, sha256: kept.sha256, at: kept.at };
}

/** Where the cache has the document of the time before. */
function beforeOf(address: string): string {
  return `${address}#before`;
}

async function keepFormer(address: string, last: Kept, cache: DocumentCache): Promise<void> {
  const known = await cache.get(address);
  if (known?.sha256 !== last.sha256) await cache.set({ ...last, url: address });
}

/** A kept document, read, with the one before it where that was another. */
function describeKept(kept: Kept | undefined, last: Unnamed | undefined): Description | undefined {
  const operations = kept && readOpenApi(parseDocument(kept.body));
  if (kept === undefined || operations === undefined) return undefined;
  const { url, sha256: hash, at } = kept;
  const before = last && last.sha256 !== hash ? describeKept({ ...last, url }, undefined) : undefined;
  return { from: url, relativeTo: url, operations, sha256: hash, at, before };
}

interface Fetched {
  readonly url: string;
  readonly body: string;
}

/** `{base}/openapi.json`, else what the ReDoc page names; undefined when there is neither. */
async function fetchOwn(baseUrl: string, fetchText: (url: string) => Promise<string>): Promise<Fetched | undefined> {
  const page = async (url: string): Promise<Fetched | undefined> => {
    try {
      return { url, body: await fetchText(url) };
    } catch (error) {
      if (error instanceof ApiError && error.details.kind === 'absent') return undefined;
      throw error;
    }
  };
  const direct = await page(`${baseUrl}/openapi.json`);
  if (direct !== undefined && readOpenApi(parseDocument(direct.body)) !== undefined) return direct;
  const redoc = await page(`${baseUrl}/`);
  const named = redoc && readPointer(redoc.body, baseUrl);
  return named === undefined ? direct : page(named);
}

/** The address that a ReDoc page gives for the description. */
function readPointer(page: string, baseUrl: string): string | undefined {
  const named = /spec-url\s*=\s*["']([^"']+)["']/.exec(page)?.[1];
  return named !== undefined && URL.canParse(named, `${baseUrl}/`) ? new URL(named, `${baseUrl}/`).href : undefined;
}

/** Without the network the ReDoc page's word is needed too: it is kept under the page's address. */
async function keepPointer(baseUrl: string, url: string, cache: DocumentCache, at: number): Promise<void> {
  const body = `<redoc spec-url="${url}"></redoc>`;
  await cache.set({ url: `${baseUrl}/`, body, sha256: sha256(body), at });
}

/** The description that was fetched last, whether from `{base}/openapi.json` or by way of the ReDoc page. */
async function newestKept(baseUrl: string, cache: DocumentCache): Promise<Kept | undefined> {
  const page = await cache.get(`${baseUrl}/`);
  const named = page && readPointer(page.body, baseUrl);
  const kept = await Promise.all(
    [`${baseUrl}/openapi.json`, ...(named === undefined ? [] : [named])].map(async (url) =>
      withUrl(url, await cache.get(url)),
    ),
  );
  return kept.filter((one) => one !== undefined).toSorted((a, b) => b.at - a.at)[0];
}

/** A file named in the manifest. The run keeps a copy, by which the next one sees that it has changed. */
async function readDescriptionFile(path: string, options: DescriptionOptions): Promise<Description> {
  const { baseUrl, cache, offline, now } = options;
  let body: string;
  try {
    body = await readFile(path, 'utf8');
  } catch (error) {
    throw new WattliftError(
      'wattcarbon.openapi-unreadable',
      `reading the API description ${path} (wattcarbon.openapi): ${error instanceof Error ? error.message : 'failed'}; name a file that exists, a URL, auto or off`,
      { cause: error },
    );
  }
  const kept = { url: path, body, sha256: sha256(body), at: now() };
  const last = await cache.get(path);
  const description = describeKept(kept, last);
  if (description === undefined) throw notADocument(path);
  if (!offline && last?.sha256 !== kept.sha256) await cache.set(kept);
  const relativeTo = `${baseUrl}/`;
  const before = description.before && { ...description.before, relativeTo };
  return { ...description, relativeTo, at: undefined, before };
}

function notADocument(from: string): WattliftError {
  return new WattliftError(
    'wattcarbon.openapi-unreadable',
    `reading the API description ${from} (wattcarbon.openapi): it is not an OpenAPI 3 document with paths; name another one, or auto or off`,
  );
}

/** JSON, or else YAML; undefined when it is neither. */
function parseDocument(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed;
  } catch {
    try {
      const parsed: unknown = parse(body, { logLevel: 'error' });
      return parsed;
    } catch {
      return undefined;
    }
  }
}
