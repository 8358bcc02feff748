/**
 * The address in front of an operation's path: what the document's `servers` say, as long as that stays with the API the
 * manifest names. A token is never taken to a stranger's host, and a rehearsal never leaves loopback: of such a server only
 * the path is used, and `warn` is told.
 */
export function serverAddress(
  baseUrl: string,
  server: string | undefined,
  documentUrl: string,
  warn: (message: string) => void,
): string {
  if (server === undefined) return baseUrl;
  const base = new URL(baseUrl);
  const document = new URL(documentUrl);
  const relativeTo = document.origin === base.origin ? documentUrl : `${baseUrl}/`;
  if (!URL.canParse(server, relativeTo)) {
    warn(`the API description names a server "${server}" that is no address; using ${baseUrl}`);
    return baseUrl;
  }
  const named = new URL(server, relativeTo);
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
