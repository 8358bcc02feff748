import type { PathKey } from './document.ts';

const credentialKeys: ReadonlySet<string> = new Set(
  'apikey auth authorization credentials email key login pass passwd password secret token user username'.split(' '),
);

/**
 * What to say of a key under `watttime` or `wattcarbon` (or beside them) that asks for a password or its like; undefined for
 * any other. `path` ends with the key. Its value is never part of the message.
 */
export function credentialKeyMessage(path: readonly PathKey[]): string | undefined {
  const [api, section] = path;
  const key = path.at(-1);
  const inAccount = path.length === 4 && api === 'wattcarbon' && section === 'accounts';
  const known = path.length === 1 || (path.length === 2 && (api === 'watttime' || api === 'wattcarbon')) || inAccount;
  if (!known || typeof key !== 'string' || !credentialKeys.has(key.replaceAll(/[-_]/g, '').toLowerCase())) {
    return undefined;
  }
  if (inAccount) {
    return `"${key}": a manifest holds no credentials; remove this line, and name the variables that hold them under "email" and "apiKey"`;
  }
  const ours = 'WATTTIME_USER and WATTTIME_PASSWORD';
  const theirs = 'WATTCARBON_EMAIL and WATTCARBON_API_KEY';
  const names = api === 'watttime' ? ours : api === 'wattcarbon' ? theirs : `${ours}, ${theirs}`;
  return `"${key}": credentials are read from ${names}, never from the manifest; remove this line`;
}

/** Does this place name the variable that holds an account's credential? */
export function isCredentialReference(path: readonly PathKey[]): boolean {
  const [api, key, , part] = path;
  return api === 'wattcarbon' && key === 'accounts' && path.length === 4 && (part === 'email' || part === 'apiKey');
}

/** What to say of a credential that is written where the name of its variable should be; it is not repeated. */
export function literalCredentialMessage(key: string): string {
  return `"${key}": a manifest holds no credentials; name the environment variable that does, like "\${ACME_API_KEY}"`;
}
