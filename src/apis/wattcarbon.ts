import type { Clock } from '../domain/clock.ts';
import { AccessError, ApiError, WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type {
  Creation,
  Endpoint,
  PayloadFault,
  Prepared,
  RemoteId,
  RemoteObject,
  RemoteReading,
} from '../domain/remote.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Span } from '../domain/span.ts';
import { askAccount, countAccountRequests, mostAccountRequests, type AccountCheck } from './account-check.ts';
import {
  createApiClient,
  readAnswer,
  type Answer,
  type ApiClientOptions,
  type Call,
  type RetryPolicy,
} from './api-client.ts';
import { readListing } from './listing.ts';
import type { DocumentCache } from './openapi-source.ts';
import { summarizeDescription, type DescriptionSummary } from './operation-changes.ts';
import { describeEndpoints, resolveOperations, type EndpointSetting, type Operations } from './operations.ts';
import { demandValid, inspectCreation, type PayloadDesk } from './payload-check.ts';
import { openPayloadJudge } from './payload-judge.ts';
import { tokenAnswer } from './remote-answers.ts';
import { narrow, readReadings } from './read-back.ts';
import { layOutList, layOutRequest, textOf } from './request-layout.ts';
import { Secrets } from './secrets.ts';
import { createTokenKeeper, sendWithToken, type Token } from './token.ts';
import type { Wire, WireHooks } from './wire.ts';
import { resourceOf, sendWrite } from './write.ts';

export interface WattCarbonOptions {
  readonly url: string;
  /** Goes into the paths; needed only where a path has it. */
  readonly account: string | undefined;
  /** How the manifest calls the account, where there are several: what it is refused concerns its own sites only. */
  readonly accountName?: string | undefined;
  /** Absent ones are an error only when a call needs them. */
  readonly email: string | undefined;
  readonly apiKey: string | undefined;
  /** The environment variables that hold the two; by default `WATTCARBON_EMAIL` and `WATTCARBON_API_KEY`. */
  readonly variables?: { readonly email: string; readonly apiKey: string };
  /** Where another account's client of the same API has resolved the operations already. */
  readonly operations?: () => Promise<Operations>;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly version: string;
  /** Uniform in [0, 1), for the jitter between retries. */
  readonly random: () => number;
  readonly retry?: RetryPolicy | undefined;
  readonly onAnswer?: ApiClientOptions['onAnswer'];
  /** `auto`, `off`, a URL, or the absolute path of a file (`wattcarbon.openapi`). */
  readonly openapi: string;
  readonly endpoints: { readonly [operation: string]: EndpointSetting };
  readonly allowUnverifiedEndpoints: boolean;
  /** Where the API's description is kept between runs. */
  readonly cache: DocumentCache;
  /** Told what is worth a person's attention, once each. */
  readonly warn: (message: string) => void;
  /** Open no socket to learn how operations are called: go by what is kept of the API's description. */
  readonly offline?: boolean;
  /** How the ledger names API and account, where the address is not to be part of it (a rehearsal on any port). */
  readonly scope?: string | undefined;
}

/** WattCarbon as this program uses it. */
export interface WattCarbonClient {
  /** API and account, as the ledger's rows name them. */
  readonly scope: string;
  /** The operations, resolved once for all who ask. */
  readonly operations: () => Promise<Operations>;
  /** Attempts repeated so far, logins included. */
  readonly retries: number;
  /** Logs in unless there is a good token. Throws `AccessError`. */
  login(): Promise<void>;
  /**
   * Resolves the operation and lays the request out. Throws `wattcarbon.endpoint-unverified` where only a guess says how
   * the operation is called, and as `layOutRequest` does.
   */
  prepare(creation: Creation): Promise<Prepared>;
  /** What is wrong with a creation's body; its path and the account may still be open. With `offline` no socket is opened. */
  inspect(creation: Creation, how: { readonly offline: boolean }): Promise<readonly PayloadFault[]>;
  /**
   * Sends once; once more, `hooks` included, when the token was refused. Throws `wattcarbon.payload-invalid` for a body that
   * the operation's schema does not allow, and `ApiError`: unless its `outcomeUnknown`
   * is true, nothing was done. Any other error, `AccessError` too, means that nothing was done.
   */
  send(prepared: Prepared, hooks: WireHooks): Promise<{ readonly id?: RemoteId; readonly answer: Json }>;
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
  /** How an asset is changed: all of it is sent, or only what changes; undefined where no operation is resolved. */
  assetUpdate(): Promise<'whole' | 'changes' | undefined>;
  /**
   * Asks, once, whether the key belongs to the account, without changing anything. Throws `AccessError` when it does not.
   */
  checkAccount(): Promise<AccountCheck>;
  /** How many requests `checkAccount` will make, as far as is known without asking anybody. */
  checkRequests(): Promise<RequestCount>;
  /** Every operation and who said how it is called; with `offline` no socket is opened. */
  endpoints(how?: { readonly offline: boolean }): Promise<readonly Endpoint[]>;
  /** The document that the operations come from, and what has moved since the time before; undefined where there is none. */
  description(how?: { readonly offline: boolean }): Promise<DescriptionSummary | undefined>;
}

const dayMs = 24 * 3_600_000;
const marginMs = 10 * 60_000;
/** Answers to a reading back that will not get better. */
const notReadable: ReadonlySet<string> = new Set(['absent', 'forbidden', 'invalid', 'unreadable']);

/** How the ledger's rows name an account at an address: by its id, so that another name in the manifest changes nothing. */
export function scopeOf(url: string, account: string | undefined): string {
  return `${url}/accounts/${account ?? ''}`;
}

/** The client of WattCarbon's API (wattcarbon contract). */
export function createWattCarbon(options: WattCarbonOptions): WattCarbonClient {
  const { account, accountName, email, apiKey, clock, warn } = options;
  const variables = options.variables ?? { email: 'WATTCARBON_EMAIL', apiKey: 'WATTCARBON_API_KEY' };
  const secrets = new Secrets();
  secrets.add(apiKey);
  const client = createApiClient({ ...options, api: 'wattcarbon', secrets });
  const { baseUrl } = client;
  const scope = options.scope ?? scopeOf(baseUrl, account);
  const addressee = { scope, baseUrl, account };

  const warned = new Set<string>();
  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
  const resolve = async (offline: boolean): Promise<Operations> => {
    const resolved = await resolveOperations({
      baseUrl,
      openapi: options.openapi,
      endpoints: options.endpoints,
      cache: options.cache,
      offline,
      now: () => clock.now(),
      warn: warnOnce,
      fetchText: async (path) =>
        (await client.send({ doing: "reading WattCarbon's description of its API", method: 'GET', path })).text,
    });
    const { changes = [], since } = (offline ? undefined : summarizeDescription(resolved)) ?? {};
    if (changes.length > 0) {
      const then = since === undefined ? 'the last run' : new Date(since).toISOString();
      warnOnce(`WattCarbon's description of its API has changed since ${then}: ${changes.join('. ')}`);
    }
    return resolved;
  };
  let resolving: Promise<Operations> | undefined;
  /** Once for all who ask; a failure is not kept, since the next one may have better luck. */
  const resolveOnce = (): Promise<Operations> => {
    resolving ??= resolve(options.offline ?? false).catch((error: unknown) => {
      resolving = undefined;
      throw error;
    });
    return resolving;
  };
  const operations = options.operations ?? resolveOnce;
  let kept: Promise<Operations> | undefined;
  const operationsBy = (how?: { readonly offline: boolean }): Promise<Operations> => {
    if (how?.offline === true) return (kept ??= resolve(true));
    kept = undefined;
    return operations();
  };
  let opening: Promise<PayloadDesk> | undefined;
  const payloadDesk = (): Promise<PayloadDesk> =>
    (opening ??= openPayloadJudge().then((judge) => ({ judge, warn: warnOnce })));

  const login = async (): Promise<Token> => {
    const { method, url: path, fields } = (await operations()).resolve('create_token');
    const wrong = `check ${variables.email} and ${variables.apiKey}; the login is not tried again in this run`;
    const call: Call = {
      doing: 'logging in to WattCarbon',
      method,
      path,
      body: new URLSearchParams([
        ['grant_type', 'password'],
        ['username', email ?? ''],
        ['password', apiKey ?? ''],
        ...Object.entries(fields).map(([name, value]): [string, string] => [name, textOf(value)]),
      ]),
      retry: 'always',
      advice: { credentials: wrong, forbidden: wrong, invalid: wrong },
    };
    const { access_token: token, expires_in: seconds } = readAnswer(client, call, await client.send(call), tokenAnswer);
    secrets.add(token);
    return { token, lifetimeMs: seconds ? seconds * 1000 : dayMs };
  };
  const keeper = createTokenKeeper({
    api: 'wattcarbon',
    clock,
    account: accountName,
    credentials: { [variables.email]: email, [variables.apiKey]: apiKey },
    login,
    refusals: [400, 401, 403, 422],
    marginMs,
  });

  let checking: Promise<AccountCheck> | undefined;

  return {
    scope,
    operations,
    get retries() {
      return client.retries;
    },
    login: async () => void (await keeper.current()),

    prepare: async (creation) => {
      const operation = (await operations()).resolve(creation.operation);
      if (!operation.verified && !options.allowUnverifiedEndpoints) {
        throw new WattliftError(
          'wattcarbon.endpoint-unverified',
          `preparing ${creation.operation}: nothing confirms that it is ${operation.method} ${operation.url}; name its method and path in wattcarbon.endpoints.${creation.operation}, or, to send to this guess all the same, set wattcarbon.allowUnverifiedEndpoints to true`,
        );
      }
      return layOutRequest(creation, operation, addressee);
    },

    inspect: async (creation, how) => {
      const operation = (await operationsBy(how)).resolve(creation.operation);
      return inspectCreation(creation, operation, addressee, await payloadDesk());
    },

    checkAccount: () => {
      const ask = async (): Promise<AccountCheck> =>
        askAccount({
          operations: await operations(),
          addressee,
          accountName,
          keyVariable: variables.apiKey,
          get: (call) => sendWithToken(client, keeper, call),
          unreadable: (why, call, answer) => client.unreadable(why, call, answer),
        });
      checking ??= ask().catch((error: unknown) => {
        // A refusal stands; what failed in the network may go better the next time.
        if (!(error instanceof AccessError)) checking = undefined;
        throw error;
      });
      return checking;
    },

    checkRequests: async () => {
      const known = await operationsBy({ offline: true });
      const certain = countAccountRequests(known);
      const isKnown = options.openapi === 'off' || known.description !== undefined;
      return { certain, atMost: isKnown ? certain : mostAccountRequests };
    },

    send: async (prepared, hooks) => {
      const operation = (await operations()).resolve(prepared.operation);
      if (operation.schema !== undefined) demandValid(prepared, operation, await payloadDesk());
      return sendWrite(client, keeper, prepared, hooks);
    },

    list: async (creation) => {
      const resource = resourceOf(creation.operation);
      const list = resource === 'upload' ? undefined : (await operations()).list(creation.operation);
      if (list === undefined) return undefined;
      const first = layOutList(creation, list, addressee);
      const call: Call = { doing: `listing what ${creation.operation} has made`, method: 'GET', path: first.href };
      return readListing({
        first,
        query: list.query,
        resource,
        fetchPage: (url) => sendWithToken(client, keeper, { ...call, path: url.href }),
        refuse: (why, answer) => client.unreadable(why, { ...call, path: answer.url }, answer),
      });
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
      const listing = {
        first,
        query: list.query,
        fetchPage: (url: URL) => sendWithToken(client, keeper, { ...call, path: url.href }),
        refuse: (why: string, answer: Answer) => client.unreadable(why, { ...call, path: answer.url }, answer),
      };
      try {
        return await readReadings(listing, header.split(','), span);
      } catch (error) {
        if (!(error instanceof ApiError) || !notReadable.has(error.details.kind)) throw error;
        warnOnce(`what was uploaded cannot be read back: ${error.message}`);
        return undefined;
      }
    },

    assetUpdate: async () => {
      const { verified, method } = (await operations()).resolve('update_asset');
      if (!verified) return undefined;
      return method === 'PUT' ? 'whole' : 'changes';
    },

    endpoints: async (how) => describeEndpoints(await operationsBy(how), baseUrl),

    description: async (how) => summarizeDescription(await operationsBy(how)),
  };
}
