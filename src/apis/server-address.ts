/**
 * The address in front of an operation's path: the first of the document's `servers` that stays with the API the manifest
 * names. A token is never taken to a stranger's host, and a rehearsal never leaves loopback: of such a server only
 * the path is used, and `warn` is told.
 */
export function serverAddress(
  baseUrl: string,
  servers: readonly string[],
  documentUrl: string,
  warn: (message: string) => void,
): string {
  const [first] = servers;
  if (first === undefined) return baseUrl;
  const base = new URL(baseUrl);
  const document = new URL(documentUrl);
  const relativeTo = document.origin === base.origin ? documentUrl : `${baseUrl}/`;
  const addresses = servers.filter((server) => URL.canParse(server, relativeTo)).map((one) => new URL(one, relativeTo));
  const named =
    addresses.find(({ origin }) => origin === base.origin) ??
    addresses.find((one) => areSiblings(one, base)) ??
    addresses[0];
  if (named === undefined) {
    warn(`the API description names a server "${first}" that is no address; using ${baseUrl}`);
    return baseUrl;
  }
  const path = withoutSlash(named.pathname);
  if (named.origin === base.origin || areSiblings(named, base)) return `${named.origin}${path}`;
  const used = baseUrl.endsWith(path) ? baseUrl : `${baseUrl}${path}`;
  warn(`the API description names the server ${named.origin}${path}, which is not at ${base.host}; using ${used}`);
  return used;
}

/** Both over TLS, under one domain: `api.wattcarbon.com` and `api2.wattcarbon.com`. */
function areSiblings(a: URL, b: URL): boolean {
  const domain = ({ hostname }: URL): string => hostname.split('.').slice(-2).join('.');
  const named = (url: URL): boolean => url.protocol === 'https:' && /\.[a-z]{2,}$/i.test(url.hostname);
  return named(a) && named(b) && domain(a) === domain(b);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
