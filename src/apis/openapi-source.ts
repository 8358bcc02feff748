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
  if (named && !/^https?:\/\//.test(openapi)) return readDescriptionFile(openapi, baseUrl);

  const own = `${baseUrl}/openapi.json`;
  const fromCache = async (): Promise<(Description & { readonly at: number }) | undefined> => {
    const kept = named ? await cache.get(openapi) : await newestKept(baseUrl, cache);
    const operations = kept && readOpenApi(parseDocument(kept.body));
    const url = kept && 'url' in kept ? kept.url : openapi;
    return kept && operations && { from: url, relativeTo: url, operations, at: kept.at };
  };
  if (offline) return fromCache();

  try {
    const fetched = named ? { url: openapi, body: await fetchText(openapi) } : await fetchOwn(baseUrl, fetchText);
    const operations = fetched && readOpenApi(parseDocument(fetched.body));
    if (fetched !== undefined && operations !== undefined) {
      const { url, body } = fetched;
      await cache.set({ url, body, sha256: sha256(body), at: now() });
      if (!named && url !== own) await keepPointer(baseUrl, url, cache, now());
      return { from: url, relativeTo: url, operations };
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
    if (kept === undefined) throw error;
    warn(
      `using the description of ${new Date(kept.at).toISOString()} kept from an earlier run, since ${error.message}`,
    );
    return kept;
  }
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
async function newestKept(
  baseUrl: string,
  cache: DocumentCache,
): Promise<(Fetched & { readonly at: number }) | undefined> {
  const page = await cache.get(`${baseUrl}/`);
  const named = page && readPointer(page.body, baseUrl);
  const kept = await Promise.all(
    [`${baseUrl}/openapi.json`, ...(named === undefined ? [] : [named])].map(async (url) => {
      const document = await cache.get(url);
      return document && { url, body: document.body, at: document.at };
    }),
  );
  return kept.filter((one) => one !== undefined).toSorted((a, b) => b.at - a.at)[0];
}

async function readDescriptionFile(path: string, baseUrl: string): Promise<Description> {
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
  const operations = readOpenApi(parseDocument(body));
  if (operations === undefined) throw notADocument(path);
  return { from: path, relativeTo: `${baseUrl}/`, operations };
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
