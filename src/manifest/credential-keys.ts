import type { PathKey } from './document.ts';

const credentialKeys: ReadonlySet<string> = new Set(
  'apikey auth authorization credentials email key login pass passwd password secret token user username'.split(' '),
);

/**
 * What to say of a key under `watttime` or `wattcarbon` (or beside them) that asks for a password or its like; undefined for
 * any other. `path` ends with the key. Its value is never part of the message.
 */
export function credentialKeyMessage(path: readonly PathKey[]): string | undefined {
  const [api, ...more] = path;
  const key = path.length === 1 ? api : more[0];
  const known = path.length === 1 || (path.length === 2 && (api === 'watttime' || api === 'wattcarbon'));
  if (!known || typeof key !== 'string' || !credentialKeys.has(key.replaceAll(/[-_]/g, '').toLowerCase())) {
    return undefined;
  }
  const ours = 'WATTTIME_USER and WATTTIME_PASSWORD';
  const theirs = 'WATTCARBON_EMAIL and WATTCARBON_API_KEY';
  const names = api === 'watttime' ? ours : api === 'wattcarbon' ? theirs : `${ours}, ${theirs}`;
  return `"${key}": credentials are read from ${names}, never from the manifest; remove this line`;
}
