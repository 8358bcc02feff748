import { type ManualClock, type Reply, ask, openSandbox } from './open-sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.ts';
import { readWattCarbonOptions } from '../../src/sandbox/wattcarbon/switches.ts';

/** A WattCarbon under switches, as someone with a token sees it. */
export interface Switched {
  readonly sandbox: Sandbox & { readonly clock: ManualClock };
  readonly get: (path: string) => Promise<Reply>;
  readonly send: (method: string, path: string, body: unknown) => Promise<Reply>;
  readonly post: (path: string, body: unknown) => Promise<Reply>;
  /** A form with a file. */
  readonly upload: (path: string, csv: string, how?: UploadHow) => Promise<Reply>;
  /** The bare CSV. */
  readonly raw: (path: string, csv: string) => Promise<Reply>;
}

export interface UploadHow {
  readonly method?: string;
  readonly part?: string;
  readonly name?: string;
  readonly fields?: { readonly [name: string]: string };
}

/** Starts a sandbox under `NAME=VALUE` switches and obtains a token from `tokenPath` with `key`. */
export async function openSwitched(
  switches: readonly string[],
  {
    key = 'key',
    tokenPath = '/auth/token',
    ...options
  }: Partial<SandboxOptions> & { key?: string; tokenPath?: string } = {},
): Promise<Switched> {
  const sandbox = await openSandbox({ wattcarbon: readWattCarbonOptions(switches), ...options });
  const root = sandbox.wattcarbonUrl;
  const { text } = await obtainToken(root + tokenPath, key);
  const authorization = `Bearer ${/"access_token":"([^"]+)"/.exec(text)?.[1] ?? ''}`;
  const send: Switched['send'] = (method, path, body) =>
    ask(root + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    sandbox,
    get: (path) => ask(root + path, { headers: { authorization } }),
    send,
    post: (path, body) => send('POST', path, body),
    upload: (path, csv, { method = 'POST', part = 'file', name = 'data.csv', fields = {} } = {}) => {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.set(field, value);
      form.set(part, new Blob([csv], { type: 'text/csv' }), name);
      return ask(root + path, { method, headers: { authorization }, body: form });
    },
    raw: (path, csv) =>
      ask(root + path, { method: 'POST', headers: { authorization, 'content-type': 'text/csv' }, body: csv }),
  };
}

/** One login. */
export async function obtainToken(address: string, key: string): Promise<Reply> {
  const form = { grant_type: 'password', username: 'ada@example.org', password: key };
  return ask(address, { method: 'POST', body: new URLSearchParams(form) });
}

/** Hourly intervals of 2025-01-01 from an hour on. */
export function hours(from: number, ...kwh: readonly number[]): string {
  const rows = kwh.map((value, at) => `2025-01-01T${String(from + at).padStart(2, '0')}:00:00Z,${String(value)}\n`);
  return `start_datetime,energy_kwh\n${rows.join('')}`;
}

export const account = '/accounts/acme';
