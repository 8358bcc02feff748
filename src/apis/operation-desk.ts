import type { Clock } from '../domain/clock.ts';
import type { ApiClient } from './api-client.ts';
import type { DocumentCache } from './openapi-source.ts';
import { summarizeDescription } from './operation-changes.ts';
import { resolveOperations, type EndpointSetting, type Operations } from './operations.ts';

interface OperationDeskOptions {
  readonly baseUrl: string;
  readonly client: ApiClient;
  readonly clock: Clock;
  /** `auto`, `off`, a URL, or the absolute path of a file. */
  readonly openapi: string;
  readonly endpoints: { readonly [operation: string]: EndpointSetting };
  readonly cache: DocumentCache;
  readonly warn: (message: string) => void;
  /** Open no socket, whoever asks. */
  readonly offline?: boolean;
  /** Where another account's client of the same API has resolved the operations already. */
  readonly operations?: () => Promise<Operations>;
}

/** WattCarbon's operations, resolved once for all who ask. */
export interface OperationDesk {
  readonly operations: () => Promise<Operations>;
  /** The same; with `offline` by what is kept of the API's description, and no socket is opened. */
  readonly operationsBy: (how?: { readonly offline: boolean }) => Promise<Operations>;
}

/** Resolves WattCarbon's operations when they are first asked for, and says once what has moved since the last run. */
export function openOperationDesk(options: OperationDeskOptions): OperationDesk {
  const { baseUrl, client, clock, openapi, endpoints, cache, warn } = options;
  const resolve = async (offline: boolean): Promise<Operations> => {
    const resolved = await resolveOperations({
      baseUrl,
      openapi,
      endpoints,
      cache,
      offline,
      now: () => clock.now(),
      warn,
      fetchText: async (path) =>
        (await client.send({ doing: "reading WattCarbon's description of its API", method: 'GET', path })).text,
    });
    const { changes = [], since } = (offline ? undefined : summarizeDescription(resolved)) ?? {};
    if (changes.length > 0) {
      const then = since === undefined ? 'the last run' : new Date(since).toISOString();
      warn(`WattCarbon's description of its API has changed since ${then}: ${changes.join('. ')}`);
    }
    return resolved;
  };
  let resolving: Promise<Operations> | undefined;
  /** A failure is not kept, since the next one may have better luck. */
  const resolveOnce = (): Promise<Operations> => {
    resolving ??= resolve(options.offline ?? false).catch((error: unknown) => {
      resolving = undefined;
      throw error;
    });
    return resolving;
  };
  const operations = options.operations ?? resolveOnce;
  let kept: Promise<Operations> | undefined;
  return {
    operations,
    operationsBy: (how) => {
      if (how?.offline === true) return (kept ??= resolve(true));
      kept = undefined;
      return operations();
    },
  };
}
