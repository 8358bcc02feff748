import type { Problem } from '../domain/problem.ts';
import { valueAt } from './lenient-path.ts';
import type { ManifestDocument, PathKey } from './document.ts';
import type { AccountReference, AccountSettings, Manifest } from './manifest.ts';
import type { WrittenHead } from './schema.ts';
import type { CompleteSite, Report } from './check-site.ts';
import { didYouMean, listWords } from './suggest.ts';

/**
 * `wattcarbon.account`, or `wattcarbon.accounts` in their order, with the variables that hold their credentials.
 * `unset` are the variables of ids that are not set, by account ('' for `wattcarbon.account`).
 */
export function resolveAccounts(
  { wattcarbon, defaults }: WrittenHead,
  unset: ReadonlyMap<string, string>,
  document: ManifestDocument,
  sandbox: boolean,
): { readonly accounts: readonly [AccountSettings, ...AccountSettings[]]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (
    severity: Problem['severity'],
    code: string,
    message: string,
    path: readonly PathKey[],
    part: 'key' | 'value' = 'key',
  ): void => {
    problems.push({ severity, code, message, ...document.where(path, part) });
  };
  const idOf = (name: string, written: string | undefined): AccountReference => {
    const variable = unset.get(name);
    if (variable !== undefined) return { unset: variable };
    return written === undefined ? (sandbox ? { value: 'sandbox' } : {}) : { value: written };
  };
  const only: AccountSettings = {
    name: undefined,
    id: idOf('', wattcarbon.account),
    emailVariables: ['WATTCARBON_EMAIL'],
    keyVariable: 'WATTCARBON_API_KEY',
  };
  const named = Object.entries(wattcarbon.accounts ?? {}).map(([name, { id, email, apiKey }]): AccountSettings => {
    const suffix = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
    return {
      name,
      id: idOf(name, id),
      emailVariables: email === undefined ? [`WATTCARBON_EMAIL_${suffix}`, 'WATTCARBON_EMAIL'] : [variableIn(email)],
      keyVariable: apiKey === undefined ? `WATTCARBON_API_KEY_${suffix}` : variableIn(apiKey),
    };
  });

  const accountsPath = ['wattcarbon', 'accounts'];
  if (wattcarbon.accounts !== undefined) {
    if (valueAt(document.value, ['wattcarbon', 'account']) !== undefined) {
      const message =
        '"account" and "accounts" both say who receives the data; make the one account an entry of "accounts"';
      report('error', 'manifest.account-conflict', message, accountsPath);
    }
    if (Object.keys(Object(valueAt(document.value, accountsPath))).length === 0) {
      report('error', 'manifest.list-empty', '"accounts" is empty; give it an entry, or remove the key', accountsPath);
    }
  }
  for (const [index, { name = '', id, keyVariable }] of named.entries()) {
    const before = named.slice(0, index);
    const same = id.value === undefined ? undefined : before.find((other) => other.id.value === id.value);
    if (same?.name !== undefined) {
      const message = `"${name}" and "${same.name}" are one account at WattCarbon ("${id.value ?? ''}"); keep one of them`;
      report('error', 'manifest.account-doubled', message, [...accountsPath, name, 'id'], 'value');
    }
    const sharing = before.find((other) => other.keyVariable === keyVariable);
    if (sharing?.name !== undefined) {
      const message = `"${name}" and "${sharing.name}" both take their API key from ${keyVariable}, and a key belongs to one account; name another variable under "apiKey"`;
      report('warning', 'manifest.account-key-shared', message, [...accountsPath, name]);
    }
  }
  const fault = defaults.account === undefined ? undefined : unknownAccount(defaults.account, named);
  if (fault !== undefined) report('error', 'site.account-unknown', fault, ['defaults', 'account'], 'value');
  const [first = only, ...others] = named;
  return { accounts: [first, ...others], problems };
}

/** `${ACME_KEY}` names ACME_KEY. */
function variableIn(text: string): string {
  return text.slice(2, -1);
}

function unknownAccount(name: string, accounts: readonly AccountSettings[]): string | undefined {
  const names = accounts.flatMap((account) => account.name ?? []);
  if (names.includes(name)) return undefined;
  const otherwise =
    names.length === 0
      ? '; the manifest has no "wattcarbon.accounts": list them there, or remove this key'
      : `; it has ${listWords(names)}`;
  return `"${name}" is not an account of this manifest${didYouMean(name, names, otherwise)}`;
}

/**
 * The account that receives a site's data, by name: its own, the default, or the only one of `wattcarbon.accounts`.
 * Undefined where the manifest names none.
 */
export function accountOf(site: CompleteSite, { wattcarbon: { accounts }, defaults }: Manifest): string | undefined {
  return site.account ?? defaults.account ?? (accounts.length === 1 ? accounts[0]?.name : undefined);
}

/** Reports a site's account that the manifest does not have, and one that is lacking where there are several. */
export function checkAccount(site: CompleteSite, raw: unknown, manifest: Manifest, report: Report): void {
  const { accounts } = manifest.wattcarbon;
  // A wrong default is wrong once, not on every site.
  const fault = site.account === undefined ? undefined : unknownAccount(site.account, accounts);
  if (fault !== undefined) report('error', 'site.account-unknown', fault, ['account']);
  const sends = ['meters', 'asset', 'events'].some((key) => valueAt(raw, [key]) !== undefined);
  if (!sends || valueAt(raw, ['account']) !== undefined || accountOf(site, manifest) !== undefined) return;
  const names = accounts.flatMap(({ name }) => name ?? []);
  if (names.length < 2) return;
  const message = `there are several accounts, and nothing says which one receives this site's data; give "account" here or in "defaults": ${listWords(names)}`;
  report('error', 'site.account-missing', message, []);
}
