import { z } from 'zod';
import { pointedAt, type DescribedSchema } from './body-schema.ts';
import { isObject, listOf, type JsonObject } from './json-object.ts';
import { readForm, type Follow, type RequestForm } from './request-form.ts';

/** How a request's body is laid out; `csv` is the file's bytes and nothing else. */
export type Media = 'json' | 'form' | 'multipart' | 'csv';

/** One way in which an operation takes its body. */
export interface RequestBody {
  readonly media: Media;
  /** Undefined when the document does not describe the body's fields. */
  readonly form: RequestForm | undefined;
  /** What bodies are checked against; undefined when the document gives no schema. */
  readonly schema: DescribedSchema | undefined;
}

/** One operation of an OpenAPI document, its references followed. */
export interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  /** Upper case. */
  readonly method: string;
  /** As in the document, with its `{parameters}`. */
  readonly path: string;
  /** Addresses in front of the path: absolute, or relative to the document; none when the document names no server. */
  readonly servers: readonly string[];
  readonly query: RequestForm;
  readonly bodies: readonly RequestBody[];
}

const methods = ['get', 'post', 'put', 'patch'] as const;

const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.unknown()),
  servers: z.unknown().optional(),
});

const parameterSchema = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().catch(false),
  schema: z.unknown().optional(),
});

/** The operations of an OpenAPI 3 document. Undefined when it is none; parts that cannot be read are passed over. */
export function readOpenApi(document: unknown): readonly DescribedOperation[] | undefined {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return undefined;
  const follow = followIn(parsed.data);
  return Object.entries(parsed.data.paths).flatMap(([path, item]) => {
    const pathItem = follow(item);
    if (!isObject(pathItem)) return [];
    return methods.flatMap((method): DescribedOperation[] => {
      const operation = follow(pathItem[method]);
      if (!isObject(operation)) return [];
      return [
        {
          operationId: typeof operation['operationId'] === 'string' ? operation['operationId'] : '',
          tags: listOf(operation['tags']).filter((tag) => typeof tag === 'string'),
          deprecated: operation['deprecated'] === true,
          method: method.toUpperCase(),
          path,
          servers:
            [operation['servers'], pathItem['servers'], parsed.data.servers]
              .map(readServers)
              .find((servers) => servers.length > 0) ?? [],
          query: readQuery([...listOf(pathItem['parameters']), ...listOf(operation['parameters'])], follow),
          bodies: readBodies(operation['requestBody'], follow, parsed.data),
        },
      ];
    });
  });
}

function followIn(document: JsonObject): Follow {
  return (value) => {
    const seen = new Set<string>();
    let current = value;
    while (isObject(current) && typeof current['$ref'] === 'string') {
      const reference = current['$ref'];
      if (seen.has(reference)) return undefined;
      seen.add(reference);
      current = pointedAt(document, reference);
    }
    return current;
  };
}

/** The servers' addresses, their variables at their defaults. */
function readServers(servers: unknown): readonly string[] {
  return listOf(servers).flatMap((server) => {
    if (!isObject(server) || typeof server['url'] !== 'string') return [];
    const { variables } = server;
    return server['url'].replaceAll(/\{([^}]+)\}/g, (whole, name: string) => {
      const variable = isObject(variables) ? variables[name] : undefined;
      return isObject(variable) && typeof variable['default'] === 'string' ? variable['default'] : whole;
    });
  });
}

function readQuery(parameters: readonly unknown[], follow: Follow): RequestForm {
  const query = parameters
    .map((parameter) => parameterSchema.safeParse(follow(parameter)).data)
    .filter((parameter) => parameter?.in === 'query');
  return readForm(
    {
      type: 'object',
      properties: Object.fromEntries(query.map((parameter) => [parameter?.name, parameter?.schema])),
      required: query.filter((parameter) => parameter?.required).map((parameter) => parameter?.name),
    },
    follow,
  );
}

function readBodies(body: unknown, follow: Follow, document: JsonObject): readonly RequestBody[] {
  const requestBody = follow(body);
  const content = isObject(requestBody) ? requestBody['content'] : undefined;
  if (!isObject(content)) return [];
  return Object.entries(content).flatMap(([type, entry]): RequestBody[] => {
    const media = mediaOf(type);
    if (media === undefined) return [];
    const written = isObject(entry) ? entry['schema'] : undefined;
    return isObject(follow(written))
      ? [{ media, form: readForm(written, follow), schema: { schema: written, document } }]
      : [{ media, form: undefined, schema: undefined }];
  });
}

function mediaOf(contentType: string): Media | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') return 'multipart';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  return ['text/csv', 'application/csv', 'application/octet-stream', 'text/plain'].includes(type) ? 'csv' : undefined;
}
