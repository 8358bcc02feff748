import type { Json } from '../domain/json.ts';
import type { DescribedSchema } from './body-schema.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { DescribedOperation, Media, RequestBody } from './openapi.ts';
import { loadDescription, type Description, type DescriptionOptions } from './openapi-source.ts';
import { afterTag, matchOperation, matchReader } from './operation-match.ts';
import { operationNames, operationTable, tableNames, type OperationName } from './operation-table.ts';
import type { RequestForm } from './request-form.ts';
import { serverAddress } from './server-address.ts';

/** One entry of `wattcarbon.endpoints` in the manifest; what it leaves out is resolved as usual. */
export interface EndpointSetting {
  readonly method?: string | undefined;
  /** Below the API's address. */
  readonly path?: string | undefined;
  readonly media?: Media | undefined;
  /** Name of the multipart part that carries the file. */
  readonly file?: string | undefined;
  /** Further fields to send; they win over ours. */
  readonly fields?: { readonly [field: string]: Json } | undefined;
}

/** How an operation is called, and who said so. */
export interface ResolvedOperation {
  readonly name: OperationName;
  readonly method: string;
  /** The whole address, with its `{parameters}`. */
  readonly url: string;
  readonly source: string;
  /** False for a default that nobody has confirmed: no write goes through it without leave. */
  readonly verified: boolean;
  readonly media: Media;
  readonly filePart: string;
  /** The body's fields, where the document describes them. */
  readonly form: RequestForm | undefined;
  /** What the body is checked against, where the document has it. */
  readonly schema: DescribedSchema | undefined;
  readonly query: RequestForm;
  readonly fields: { readonly [field: string]: Json };
}

/** The GET that shows what a create operation made. */
export interface ListOperation {
  readonly url: string;
  readonly source: string;
  readonly query: RequestForm;
}

/** WattCarbon's operations, resolved. Both functions throw `wattcarbon.operation-ambiguous`. */
export interface Operations {
  /** The document that they were resolved from; undefined where there is none. */
  readonly description: Description | undefined;
  /** The same operations by the document of the time before, where it was another one. */
  readonly before: Operations | undefined;
  resolve(name: OperationName): ResolvedOperation;
  /** Undefined where reading back is not known to be possible. */
  list(name: OperationName): ListOperation | undefined;
  /** A GET that the API describes, by how its path ends; undefined where none does. */
  reader(path: RegExp): ListOperation | undefined;
}

export interface OperationsOptions extends DescriptionOptions {
  readonly endpoints: { readonly [operation: string]: EndpointSetting };
}

const nothing: RequestForm = { fields: new Map(), required: new Set() };

/**
 * Resolves the operation table (wattcarbon contract): the manifest's `endpoints`, then the API's own description, then the
 * default. With `offline`, only what is known without asking anybody. Throws as `loadDescription` does.
 */
export async function resolveOperations(options: OperationsOptions): Promise<Operations> {
  warnOfUnknown(options.endpoints, options.warn);
  const description = await loadDescription(options);
  const before = description?.before && readOperations(description.before, { ...options, warn: () => undefined });
  return readOperations(description, options, before);
}

function readOperations(
  description: Description | undefined,
  { baseUrl, endpoints, warn }: OperationsOptions,
  before?: Operations,
): Operations {
  const warned = new Set<string>();
  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
  const addressOf = ({ servers, path }: DescribedOperation): string =>
    `${serverAddress(baseUrl, servers, description?.relativeTo ?? `${baseUrl}/`, warnOnce)}${path}`;

  /** The operation in the document, by its name; or what the document says of the path the manifest gives. */
  const describe = (name: OperationName, setting: EndpointSetting): DescribedOperation | undefined => {
    if (setting.path === undefined) {
      const { changes } = operationTable[name];
      const named = matchOperation(name, description?.operations ?? []);
      return named ?? (changes && findChanging(settingFor(changes, endpoints)?.path ?? describe(changes, {})?.path));
    }
    return description?.operations.find(
      ({ path, method }) =>
        path === setting.path && (setting.method === undefined ? method !== 'GET' : method === setting.method),
    );
  };

  /** What changes one of the things that are made at this path: by part, better than as a whole. */
  const findChanging = (path: string | undefined): DescribedOperation | undefined => {
    const isOne = (of: string): boolean => path !== undefined && /^\/\{[^/]+\}$/.test(of.slice(path.length));
    const candidates = description?.operations.filter((one) => one.path.startsWith(path ?? '') && isOne(one.path));
    return ['PATCH', 'PUT']
      .map((method) => candidates?.find((one) => one.method === method && !one.deprecated))
      .find((found) => found !== undefined);
  };

  const resolved = new Map<OperationName, ResolvedOperation>();
  const resolve = (name: OperationName): ResolvedOperation => {
    const entry = operationTable[name];
    const setting = settingFor(name, endpoints) ?? {};
    const described = describe(name, setting);
    const body = described && chooseBody(name, described.bodies);
    const media = setting.media ?? (setting.file === undefined ? body?.media : 'multipart') ?? entry.media;
    const taken = body?.media === media ? body : described?.bodies.find((one) => one.media === media);
    const form = taken?.form;
    // A method alone says nothing of where: at a path that is a guess, it stays one.
    const verified = setting.path !== undefined || described !== undefined || entry.verified;
    const isNamed = verified && (setting.path !== undefined || setting.method !== undefined);
    return {
      name,
      method: setting.method ?? described?.method ?? entry.method,
      url: setting.path === undefined && described ? addressOf(described) : `${baseUrl}${setting.path ?? entry.path}`,
      source: isNamed ? 'manifest' : sourceOf(described, description, entry.verified),
      verified,
      media,
      filePart: setting.file ?? filePartOf(form) ?? 'file',
      form,
      schema: taken?.schema,
      query: described?.query ?? nothing,
      fields: setting.fields ?? {},
    };
  };

  return {
    description,
    before,
    resolve: (name) => {
      const known = resolved.get(name) ?? resolve(name);
      resolved.set(name, known);
      return known;
    },
    list: (name) => {
      const { list } = operationTable[name];
      if (list === undefined) return undefined;
      const given = settingNamed(list, endpoints);
      if (given?.path !== undefined) return { url: `${baseUrl}${given.path}`, source: 'manifest', query: nothing };
      const setting = settingFor(name, endpoints);
      const path = setting?.path ?? describe(name, setting ?? {})?.path;
      const readers = description?.operations.filter(({ method }) => method === 'GET') ?? [];
      const reader = readers.find((one) => one.path === path) ?? matchReader(list, readers);
      return reader && { url: addressOf(reader), source: sourceOf(reader, description, false), query: reader.query };
    },
    reader: (path) => {
      const reader = description?.operations.find((one) => one.method === 'GET' && path.test(one.path));
      return reader && { url: addressOf(reader), source: sourceOf(reader, description, false), query: reader.query };
    },
  };
}

/** The operations as `plan` and `doctor` print them, the list operations after those that create. */
export function describeEndpoints(operations: Operations, baseUrl: string): readonly Endpoint[] {
  const pathOf = (url: string): string => (url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url);
  const changing = tableNames.filter((name) => operationTable[name].changes && operations.resolve(name).verified);
  return [...operationNames, ...changing].flatMap((name) => {
    const { method, url, source } = operations.resolve(name);
    const list = operations.list(name);
    const listName = operationTable[name].list ?? '';
    return [
      { operation: operationTable[name].operationId, method, path: pathOf(url), source },
      ...(list ? [{ operation: listName, method: 'GET', path: pathOf(list.url), source: list.source }] : []),
    ];
  });
}

function sourceOf(
  described: DescribedOperation | undefined,
  description: Description | undefined,
  verified: boolean,
): string {
  if (described !== undefined) return `openapi (${description?.from ?? ''})`;
  return verified ? 'default (documented)' : 'default (unverified)';
}

/** Of several forms an operation takes, the one that suits what is sent; one we cannot send, when it is the only one. */
function chooseBody(name: OperationName, bodies: readonly RequestBody[]): RequestBody | undefined {
  const wanted: readonly Media[] =
    operationTable[name].media === 'multipart'
      ? ['multipart', 'csv']
      : [operationTable[name].media, 'json', 'form', 'multipart'];
  return (
    wanted.map((media) => bodies.find((body) => body.media === media)).find((body) => body !== undefined) ?? bodies[0]
  );
}

function filePartOf(form: RequestForm | undefined): string | undefined {
  return [...(form?.fields ?? [])].find(([, rule]) => rule.isFile)?.[0];
}

function settingFor(name: OperationName, endpoints: OperationsOptions['endpoints']): EndpointSetting | undefined {
  return endpoints[operationTable[name].operationId] ?? settingNamed(name, endpoints);
}

/** By the bare name, or by an operationId that ends in it. */
function settingNamed(name: string, endpoints: OperationsOptions['endpoints']): EndpointSetting | undefined {
  return Object.entries(endpoints).find(([key]) => afterTag(key) === name)?.[1];
}

function warnOfUnknown(endpoints: OperationsOptions['endpoints'], warn: (message: string) => void): void {
  const entries = Object.values(operationTable);
  const names = [...tableNames, ...entries.map(({ list }) => list).filter((list) => list !== undefined)];
  const known = new Set<string>([...names, ...entries.map(({ operationId }) => operationId)]);
  for (const key of Object.keys(endpoints)) {
    if (known.has(key) || known.has(afterTag(key))) continue;
    warn(
      `wattcarbon.endpoints: "${key}" is no operation of this program and has no effect; it knows ${names.join(', ')}`,
    );
  }
}
