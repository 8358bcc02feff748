import type { Clock } from '../domain/clock.ts';
import { AccessError, WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Creation, Endpoint, PayloadFault, Prepared, RemoteId } from '../domain/remote.ts';
import type { RequestCount } from '../domain/request-count.ts';
import { askAccount, countAccountRequests, mostAccountRequests, type AccountCheck } from './account-check.ts';
import { createApiClient, type ApiClientOptions } from './api-client.ts';
import type { DocumentCache } from './openapi-source.ts';
import { summarizeDescription, type DescriptionSummary } from './operation-changes.ts';
import { openOperationDesk } from './operation-desk.ts';
import { describeEndpoints, type EndpointSetting, type Operations } from './operations.ts';
import { demandValid, inspectCreation, type PayloadDesk } from './payload-check.ts';
import { openPayloadJudge } from './payload-judge.ts';
import type { RetryPolicy } from './repeats.ts';
import { layOutRequest } from './request-layout.ts';
import { Secrets } from './secrets.ts';
import { sendWithToken } from './token.ts';
import type { Wire, WireHooks } from './wire.ts';
import { listCalls, type ListCalls } from './wattcarbon-lists.ts';
import { openTokenDesk } from './wattcarbon-token.ts';
import { sendWrite } from './write.ts';

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
export interface WattCarbonClient extends ListCalls {
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

/** How the ledger's rows name an account at an address: by its id, so that another name in the manifest changes nothing. */
export function scopeOf(url: string, account: string | undefined): string {
  return `${url}/accounts/${account ?? ''}`;
}

/** The client of WattCarbon's API (wattcarbon contract). */
export function createWattCarbon(options: WattCarbonOptions): WattCarbonClient {
  const { account, accountName, apiKey, warn } = options;
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
  const { operations, operationsBy } = openOperationDesk({ ...options, baseUrl, client, warn: warnOnce });
  let opening: Promise<PayloadDesk> | undefined;
  const payloadDesk = (): Promise<PayloadDesk> =>
    (opening ??= openPayloadJudge().then((judge) => ({ judge, warn: warnOnce })));

  const keeper = openTokenDesk({ ...options, client, operations, variables });
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

    ...listCalls({ client, keeper, operations, addressee, warn: warnOnce }),

    assetUpdate: async () => {
      const { verified, method } = (await operations()).resolve('update_asset');
      if (!verified) return undefined;
      return method === 'PUT' ? 'whole' : 'changes';
    },

    endpoints: async (how) => describeEndpoints(await operationsBy(how), baseUrl),

    description: async (how) => summarizeDescription(await operationsBy(how)),
  };
}
