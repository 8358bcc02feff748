import { ApiError } from '../domain/errors.ts';
import type { Creation, RemoteObject, RemoteReading } from '../domain/remote.ts';
import type { Span } from '../domain/span.ts';
import type { Answer, ApiClient, Call } from './api-client.ts';
import { readListing } from './listing.ts';
import type { Operations } from './operations.ts';
import { narrow, readReadings } from './read-back.ts';
import { layOutList } from './request-layout.ts';
import { sendWithToken, type TokenKeeper } from './token.ts';
import { resourceOf } from './write.ts';

/** Answers to a reading back that will not get better. */
const notReadable: ReadonlySet<string> = new Set(['absent', 'forbidden', 'invalid', 'unreadable']);

/** What WattCarbon has already, as its lists tell it. */
export interface ListCalls {
  /** What is there already; undefined when no list operation is resolved, and for meter data. */
  list(creation: Creation): Promise<AsyncIterable<RemoteObject> | undefined>;
  /**
   * What a meter holds of a span, of the kind that the upload sends. Undefined when nothing is known to show it, when it
   * cannot be read, and, unless `anyhow`, when only all of the meter could be had.
   */
  readings(
    creation: Creation,
    span: Span,
    how?: { readonly anyhow: boolean },
  ): Promise<readonly RemoteReading[] | undefined>;
}

export function listCalls({
  client,
  keeper,
  operations,
  addressee,
  warn,
}: {
  readonly client: ApiClient;
  readonly keeper: TokenKeeper;
  readonly operations: () => Promise<Operations>;
  readonly addressee: Parameters<typeof layOutList>[2];
  readonly warn: (message: string) => void;
}): ListCalls {
  const pagesOf = (call: Call) => ({
    fetchPage: (url: URL): Promise<Answer> => sendWithToken(client, keeper, { ...call, path: url.href }),
    refuse: (why: string, answer: Answer): Error => client.unreadable(why, { ...call, path: answer.url }, answer),
  });
  return {
    list: async (creation) => {
      const resource = resourceOf(creation.operation);
      const list = resource === 'upload' ? undefined : (await operations()).list(creation.operation);
      if (list === undefined) return undefined;
      const first = layOutList(creation, list, addressee);
      const call: Call = { doing: `listing what ${creation.operation} has made`, method: 'GET', path: first.href };
      return readListing({ first, query: list.query, resource, ...pagesOf(call) });
    },

    readings: async (creation, span, how) => {
      const list = (await operations()).list(creation.operation);
      const [header = ''] = Buffer.from(creation.file?.bytes.subarray(0, 1000) ?? [])
        .toString('utf8')
        .split('\n');
      if (list === undefined || header === '') return undefined;
      const first = layOutList(creation, list, addressee);
      if (!narrow(first, list.query, span) && how?.anyhow !== true) return undefined;
      const call: Call = { doing: `reading back what ${creation.operation} has sent`, method: 'GET', path: first.href };
      try {
        return await readReadings({ first, query: list.query, ...pagesOf(call) }, header.split(','), span);
      } catch (error) {
        if (!(error instanceof ApiError) || !notReadable.has(error.details.kind)) throw error;
        warn(`what was uploaded cannot be read back: ${error.message}`);
        return undefined;
      }
    },
  };
}
