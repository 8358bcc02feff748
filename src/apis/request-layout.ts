import { AccessError, WattliftError } from '../domain/errors.ts';
import { canonicalJson, sha256, type Json } from '../domain/json.ts';
import type { Creation, Prepared, RemoteId } from '../domain/remote.ts';
import type { ListOperation, ResolvedOperation } from './operations.ts';
import { contextFields } from './context-fields.ts';
import { fillForm } from './form-fill.ts';

/** Whose API and account a request is for. */
export interface Addressee {
  /** API and account, as the ledger names them. */
  readonly scope: string;
  readonly baseUrl: string;
  readonly account: string | undefined;
}

/** The values for path parameters that we know, in the order in which paths have them. */
type PathValues = readonly (readonly [name: string, value: RemoteId | undefined])[];

type Fields = Record<string, Json>;

/**
 * Lays a creation out as the resolved operation wants it: parameters into the path, fields into body and query, gaps filled
 * from constants and defaults. Throws `wattcarbon.field-unknown` for a required field nobody can fill,
 * `wattcarbon.field-invalid` for a value that is not among those allowed, `wattcarbon.media-unsupported` for a body we
 * cannot write, and `AccessError` `wattcarbon.account-missing`.
 */
export function layOutRequest(creation: Creation, operation: ResolvedOperation, to: Addressee): Prepared {
  const { method, media, form, query } = operation;
  const { name } = operation;
  const canCarry = creation.file === undefined ? media !== 'csv' : media === 'multipart' || media === 'csv';
  if (!canCarry) {
    throw new WattliftError(
      'wattcarbon.media-unsupported',
      `preparing ${name}: ${method} ${operation.url} takes its body as ${media}, which this program cannot send; say how in wattcarbon.endpoints.${name} (path, media, file)`,
    );
  }
  const placed = fillPath(operation.url, valuesOf(creation, to), operation.fields, name);
  const given: Fields = { ...creation.fields };
  for (const [key, value] of placed.left) {
    const field = [...query.fields.keys(), ...(form?.fields.keys() ?? [])].find((known) => plain(known) === plain(key));
    if (field !== undefined && value !== undefined) given[field] = value;
    else if (key !== 'account_id') throw unknownField(name, operation.url, key);
  }
  const isKnown = (field: string): boolean => query.fields.has(field) || form?.fields.has(field) === true;
  const optional = { ...contextFields(creation.about, [query, form]), ...creation.optional };
  const offered = Object.entries(optional).filter(([field]) => isKnown(field));
  const values = { ...Object.fromEntries(offered), ...given, ...operation.fields };
  const yielding = new Set(offered.map(([field]) => field).filter((field) => !(field in given)));

  const inQuery: Fields = {};
  const inBody: Fields = {};
  for (const [field, value] of Object.entries(values)) {
    if (placed.used.has(field)) continue;
    // A raw file leaves no room for fields: what must be said is said in the query.
    const toQuery = media === 'csv' || (query.fields.has(field) && form?.fields.has(field) !== true);
    (toQuery ? inQuery : inBody)[field] = value;
  }
  const where = { name, url: operation.url, yielding };
  const queryFields = fillForm(inQuery, query, where);
  const bodyFields = media === 'csv' ? {} : fillForm(inBody, form, where);

  const url = new URL(placed.url);
  for (const [field, value] of Object.entries(queryFields)) url.searchParams.set(field, textOf(value));
  // Without the address, so that an intent is known again when a rehearsal listens on another port.
  const address = url.href.startsWith(`${to.baseUrl}/`) ? url.href.slice(to.baseUrl.length) : url.href;
  const file = creation.file === undefined ? null : sha256(creation.file.bytes);
  return {
    operation: creation.operation,
    method,
    url: url.href,
    fingerprint: sha256(canonicalJson({ operation: name, scope: to.scope, url: address, fields: bodyFields, file })),
    sent: { ...queryFields, ...bodyFields },
    request: {
      media,
      fields: bodyFields,
      ...(creation.file !== undefined && { file: creation.file }),
      ...(media === 'multipart' && creation.file !== undefined && { filePart: operation.filePart }),
    },
  };
}

/** The address of the list that shows what a creation made. Throws like `layOutRequest`. */
export function layOutList(creation: Creation, list: ListOperation, to: Addressee): URL {
  const placed = fillPath(list.url, valuesOf(creation, to), {}, creation.operation);
  const url = new URL(placed.url);
  for (const [key, value] of placed.left) {
    const field = [...list.query.fields.keys()].find((known) => plain(known) === plain(key));
    if (field !== undefined && value !== undefined) url.searchParams.set(field, String(value));
    else if (key !== 'account_id') throw unknownField(creation.operation, list.url, key);
  }
  return url;
}

/** A field's value as text, for forms and queries. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function valuesOf(creation: Creation, { account }: Addressee): PathValues {
  return [['account_id', account], ...Object.entries(creation.path)];
}

/**
 * Fills a path's parameters: by name, by the resource the name or the segment before it speaks of (`/meters/{id}`), and
 * what is left by position, counted from the end.
 */
function fillPath(
  template: string,
  values: PathValues,
  fixed: { readonly [field: string]: Json },
  name: string,
): { readonly url: string; readonly left: PathValues; readonly used: ReadonlySet<string> } {
  const parameters = [...template.matchAll(/([^/]*)\/?\{([^}]+)\}/g)].map(([, before = '', parameter = '']) => ({
    before,
    parameter,
  }));
  const filled = new Map<string, RemoteId | undefined>();
  const used = new Set<string>();
  let left = [...values];
  const take = (parameter: string, value: PathValues[number] | undefined): void => {
    if (value === undefined || filled.has(parameter)) return;
    filled.set(parameter, value[1]);
    left = left.filter((one) => one !== value);
  };
  for (const { parameter } of parameters) {
    const value = fixed[parameter];
    if (value === undefined) continue;
    filled.set(parameter, textOf(value));
    used.add(parameter);
  }
  for (const { parameter } of parameters)
    take(
      parameter,
      left.find(([key]) => plain(key) === plain(parameter)),
    );
  for (const { parameter, before } of parameters) {
    take(
      parameter,
      left.find(([key]) => [parameter, before].some((text) => plain(text).startsWith(resourceOf(key)))),
    );
  }
  for (const { parameter } of parameters.toReversed()) take(parameter, left.at(-1));

  const url = template.replaceAll(/\{([^}]+)\}/g, (_whole, parameter: string) => {
    if (!filled.has(parameter)) throw unknownField(name, template, parameter);
    const value = filled.get(parameter);
    if (value !== undefined) return encodeURIComponent(value);
    throw new AccessError(
      'wattcarbon.account-missing',
      `preparing ${name}: ${template} needs the account; set wattcarbon.account in the manifest (usually \${WATTCARBON_ACCOUNT_ID})`,
    );
  });
  return { url, left, used };
}

/** `account_id`, `accountId` and `Account-ID` are one name. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z\d]/g, '');
}

function resourceOf(key: string): string {
  return plain(key.replace(/_id$/, ''));
}

function unknownField(name: string, url: string, field: string): WattliftError {
  return new WattliftError(
    'wattcarbon.field-unknown',
    `preparing ${name}: nothing says where "${field}" goes in ${url}; set its path in wattcarbon.endpoints.${name}.path, or a value in wattcarbon.endpoints.${name}.fields`,
  );
}
