import type { Logger } from 'pino';
import type { AnsweredRequest } from '../apis/api-client.ts';
import type { DocumentCache } from '../apis/openapi-source.ts';
import { createWattCarbon, type WattCarbonClient } from '../apis/wattcarbon.ts';
import { createWattTime, type WattTimeClient } from '../apis/watttime.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Credentials } from './credentials.ts';
import type { Terminal } from './terminal.ts';
import { readVersion } from './version.ts';
import type { Wires } from './wires.ts';

/** Both APIs, as the manifest says they are reached. */
export interface Clients {
  readonly watttime: WattTimeClient;
  /** One for each of the manifest's accounts, in its order. */
  readonly wattcarbon: readonly WattCarbonClient[];
}

/** Puts the clients on their wires. Opens no socket by itself; `cache` keeps WattCarbon's description between runs. */
export function createClients(
  { watttime, wattcarbon, moer }: Manifest,
  credentials: Credentials,
  {
    wires,
    cache,
    terminal: { clock, random },
    log,
    offline = false,
  }: {
    readonly wires: Wires;
    readonly cache: DocumentCache;
    readonly terminal: Terminal;
    readonly log: Logger;
    /** Open no socket, not even to learn how operations are called. */
    readonly offline?: boolean;
  },
): Clients {
  const shared = {
    clock,
    random,
    version: readVersion(),
    onAnswer: (answered: AnsweredRequest): void => log.debug({ ...answered }, 'answered'),
  };
  const { openapi, accounts } = wattcarbon;
  const toWattCarbon: WattCarbonClient[] = [];
  for (const [index, { name, id, emailVariables, keyVariable }] of accounts.entries()) {
    const wire = wires.wattcarbon[index];
    if (wire === undefined) throw new TypeError('every account has a wire');
    toWattCarbon.push(
      createWattCarbon({
        ...shared,
        url: wattcarbon.url,
        account: id.value,
        // Of several, one that is refused stops its own sites; a single one stops the run.
        accountName: accounts.length > 1 ? name : undefined,
        email: credentials.wattCarbon[index]?.email,
        apiKey: credentials.wattCarbon[index]?.apiKey,
        variables: { email: emailVariables.join(' or '), apiKey: keyVariable },
        wire,
        openapi: openapi.kind === 'url' ? openapi.url : openapi.kind === 'file' ? openapi.path : openapi.kind,
        endpoints: wattcarbon.endpoints,
        allowUnverifiedEndpoints: wattcarbon.allowUnverifiedEndpoints,
        cache,
        offline,
        warn: (message) => log.warn(message),
        ...(toWattCarbon[0] && { operations: toWattCarbon[0].operations }),
      }),
    );
  }
  return {
    watttime: createWattTime({
      ...shared,
      url: watttime.url,
      user: credentials.wattTimeUser,
      password: credentials.wattTimePassword,
      wire: wires.watttime,
      loginWire: wires.login,
      model: moer?.model,
      imputed: moer?.imputed,
    }),
    wattcarbon: toWattCarbon,
  };
}
