import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts';

/** A clock that moves only when told to; sleepers wake when it passes their time. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

/** Noon of 2026-02-01 UTC: all of 2025 is published. */
const startOfTests = Date.UTC(2026, 1, 1, 12);

export function createManualClock(): ManualClock {
  let elapsed = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => startOfTests + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ at: elapsed + ms, wake: resolve });
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
    advance: (ms) => {
      elapsed += ms;
      for (const sleeper of sleepers.filter(({ at }) => at <= elapsed)) {
        sleeper.wake();
      }
    },
  };
}

/** A sandbox on a manual clock, closed when the test ends. */
export async function openSandbox(
  options: Partial<SandboxOptions> = {},
): Promise<Sandbox & { readonly clock: ManualClock }> {
  const clock = createManualClock();
  const sandbox = await startSandbox({ clock, ...options });
  onTestFinished(() => sandbox.close());
  return Object.assign(sandbox, { clock });
}

/** A state file in a folder of its own, removed when the test ends. */
export async function createStateFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'state', 'sandbox.db');
}

/** An answer with its body as text, and parsed where it is JSON. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** One bare fetch. */
export async function ask(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** The headers of a logged-in WattTime user. */
export async function logIn(
  sandbox: Sandbox,
  user = 'ada',
  password = 'pass-1234',
): Promise<{ authorization: string }> {
  const { text } = await ask(`${sandbox.watttimeUrl}/login`, { headers: { authorization: basic(user, password) } });
  return { authorization: `Bearer ${/"token":"([^"]+)"/.exec(text)?.[1] ?? ''}` };
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** WattCarbon as one account sees it. */
export interface Account {
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  /** A multipart upload of a CSV in the part `file`. */
  upload(path: string, csv: string, fields?: { readonly [name: string]: string }): Promise<Reply>;
}

/** Obtains a token, and returns the account `acme` (or another) with it. */
export async function openAccount(sandbox: Sandbox, account = 'acme', username = 'ada@example.org'): Promise<Account> {
  const { text } = await ask(`${sandbox.wattcarbonUrl}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username, password: 'key' }),
  });
  const authorization = `Bearer ${/"access_token":"([^"]+)"/.exec(text)?.[1] ?? ''}`;
  const root = `${sandbox.wattcarbonUrl}/accounts/${account}`;
  return {
    get: (path) => ask(root + path, { headers: { authorization } }),
    post: (path, body) =>
      ask(root + path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    upload: (path, csv, fields = {}) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) {
        form.set(name, value);
      }
      form.set('file', new Blob([csv], { type: 'text/csv' }), 'data.csv');
      return ask(root + path, { method: 'POST', headers: { authorization }, body: form });
    },
  };
}

/** A meter that is accepted. */
export const meter = { apiProvider: 'manual', meterType: 'electricity', location: '60 Greene St Riverside IA' };

/** The id that a creation answered. */
export function idOf(reply: Reply): number {
  const body: { readonly id: number } = JSON.parse(reply.text);
  return body.id;
}

/** An account with one meter. */
export async function openMeter(): Promise<Account & { readonly meterId: number }> {
  const account = await openAccount(await openSandbox());
  return { ...account, meterId: idOf(await account.post('/meters', meter)) };
}

/** An asset that is accepted. */
export const solar = { name: 'Roof', kind: 'solar', location: '60 Greene St Riverside IA', customId: 'SP123' };
