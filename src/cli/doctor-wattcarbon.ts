import type { CachedDocument, DocumentCache } from '../apis/openapi-source.ts';
import type { WattCarbonClient } from '../apis/wattcarbon.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { StepName } from '../steps/step.ts';
import { count } from './check-document.ts';
import { examine, fine, warning, wrong, type Finding } from './finding.ts';
import { guessedOf, listCalls } from './guessed-endpoints.ts';

/** Logs in to one account and asks whether the key leads to it. Changes nothing. */
export async function examineAccount(client: WattCarbonClient, label: string): Promise<readonly Finding[]> {
  const about = label === '' ? '' : `${label}: `;
  let isIn = false;
  const login = await examine('wattcarbon-login', async () => {
    await client.login();
    isIn = true;
    return [fine('wattcarbon-login', `${about}accepted`)];
  });
  if (!isIn) return login;
  const account = await examine('wattcarbon-account', async () => {
    const { outcome, asked = '', name, looksPersonal } = await client.checkAccount();
    const called = name === undefined ? '' : `, "${name}"`;
    const data = { scope: client.scope, outcome, looksPersonal, ...(name !== undefined && { name }) };
    if (outcome === 'unknown') {
      const message = `${about}nothing that is known could be asked whether the key belongs to the account`;
      return [
        warning('wattcarbon-account', message, 'compare the account in the manifest with the key yourself', data),
      ];
    }
    return looksPersonal
      ? [
          warning(
            'wattcarbon-account',
            `${about}the account answers${called}, and looks like a person's own (${asked})`,
            "take the organisation's account and key, unless the data is to land there",
            data,
          ),
        ]
      : [fine('wattcarbon-account', `${about}the account answers${called} (${asked})`, data)];
  });
  return [...login, ...account];
}

/** Where each operation comes from. What `writes` would write through a guess is refused by a real run. */
export async function examineEndpoints(
  endpoints: () => Promise<readonly Endpoint[]>,
  writes: ReadonlySet<StepName>,
  { wattcarbon: { allowUnverifiedEndpoints } }: Manifest,
): Promise<{ readonly findings: readonly Finding[]; readonly endpoints: readonly Endpoint[] }> {
  let all: readonly Endpoint[] = [];
  const findings = await examine('wattcarbon-endpoints', async () => {
    all = await endpoints();
    const guessed = guessedOf(all, writes);
    const list = listCalls(guessed);
    if (guessed.length === 0) {
      const isKnown = all.every(({ source }) => !source.includes('unverified'));
      const which = isKnown ? 'each' : 'each that would be written through';
      return [
        fine(
          'wattcarbon-endpoints',
          `${count(all.length, 'operation')}, ${which} known from the guide, the manifest or a description`,
        ),
      ];
    }
    return allowUnverifiedEndpoints
      ? [
          warning(
            'wattcarbon-endpoints',
            `only a guess says how to call ${list}; the manifest allows it`,
            'name them under wattcarbon.endpoints as soon as you know them',
          ),
        ]
      : [
          wrong(
            'wattcarbon-endpoints',
            `only a guess says how to call ${list}: a real run refuses to start (exit 2)`,
            "say it under wattcarbon.endpoints, name the API's description under wattcarbon.openapi, or set wattcarbon.allowUnverifiedEndpoints: true",
          ),
        ];
  });
  return { findings, endpoints: all };
}

/** Which description of the API holds now, and whether it is another one than the last run went by. */
export async function examineDescription(description: WattCarbonClient['description']): Promise<readonly Finding[]> {
  return examine('wattcarbon-description', async () => {
    const found = await description();
    if (found === undefined) return [fine('wattcarbon-description', 'WattCarbon shows no description of its API')];
    const { from, sha256, since, changes } = found;
    const hash = sha256.slice(0, 12);
    const data = {
      from,
      sha256,
      changes: [...changes],
      ...(since !== undefined && { since: new Date(since).toISOString() }),
    };
    if (since === undefined) return [fine('wattcarbon-description', `${from}, ${hash}`, data)];
    const what = changes.length === 0 ? 'nothing that is used here has moved' : changes.join('. ');
    const message = `${from}, ${hash}, has changed since ${new Date(since).toISOString()}: ${what}`;
    return changes.length === 0
      ? [fine('wattcarbon-description', message, data)]
      : [warning('wattcarbon-description', message, 'look at wattlift plan before the next run', data)];
  });
}

/** The ledger's copies of fetched descriptions; what is fetched now is kept in memory, since a look changes nothing. */
export function watchDocuments(kept: Pick<DocumentCache, 'get'> | undefined): DocumentCache {
  const fetched = new Map<string, CachedDocument>();
  return {
    get: async (url) => fetched.get(url) ?? kept?.get(url),
    set: (document) => {
      fetched.set(document.url, document);
      return Promise.resolve();
    },
  };
}
