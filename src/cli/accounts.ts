import type { WattCarbonClient } from '../apis/wattcarbon.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { WattCarbon } from '../steps/tools.ts';

/** The manifest's accounts as the steps see them. */
interface Accounts {
  /** Whoever asks what concerns the API and no account. */
  readonly first: WattCarbonClient;
  readonly wattcarbon: WattCarbon;
  /** By name; absent where there is only one. */
  readonly accounts: ReadonlyMap<string, WattCarbon> | undefined;
}

/** Puts the check of key and account before the first write of each client, and says once when an account looks personal. */
export function toAccounts(
  { wattcarbon: { accounts } }: Manifest,
  clients: readonly WattCarbonClient[],
  warn: (message: string) => void,
): Accounts {
  const guarded = clients.map((client, index) => guard(client, accounts[index]?.name, warn));
  const [first] = clients;
  const [wattcarbon] = guarded;
  if (first === undefined || wattcarbon === undefined) throw new TypeError('a manifest has at least one account');
  if (accounts.length === 1) return { first, wattcarbon, accounts: undefined };
  const named = guarded.map((one, index) => [accounts[index]?.name ?? '', one] as const);
  return { first, wattcarbon, accounts: new Map(named) };
}

function guard(client: WattCarbonClient, name: string | undefined, warn: (message: string) => void): WattCarbon {
  let told = false;
  return {
    ...client,
    send: async (prepared, hooks) => {
      const { looksPersonal, name: shown } = await client.checkAccount();
      if (looksPersonal && !told) {
        told = true;
        const which = name === undefined ? 'the account' : `account "${name}"`;
        warn(
          `${which} looks like a person's own${shown === undefined ? '' : ` ("${shown}")`}, and data lands where the key belongs; if an organisation is to have it, stop, and take its key and its id`,
        );
      }
      return client.send(prepared, hooks);
    },
  };
}
