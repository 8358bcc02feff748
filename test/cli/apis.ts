import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { FaultHook } from '../../src/sandbox/serve/fault.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts';
import { credentials } from './portfolios.ts';
import type { Environment } from './wattlift.ts';

/** Both APIs in the tests' own process, as a user with credentials would reach them. */
export interface Apis extends Sandbox {
  /** Credentials and addresses. */
  readonly env: Environment;
  /** Decides from now on what goes wrong. */
  setFault(fault: FaultHook | undefined): void;
  /** Operations in the order in which they arrived, those that never end too. */
  readonly arrived: readonly string[];
}

/** Serves both APIs until the test ends. */
export async function serveApis(fault?: FaultHook): Promise<Apis> {
  let decide = fault;
  const arrived: string[] = [];
  const sandbox = await startSandbox({
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    },
    fault: (request) => {
      arrived.push(request.operation);
      return decide?.(request);
    },
  });
  onTestFinished(() => sandbox.close());
  return {
    ...sandbox,
    env: { ...credentials, WATTTIME_API_URL: sandbox.watttimeUrl, WATTCARBON_API_URL: sandbox.wattcarbonUrl },
    setFault: (next) => {
      decide = next;
    },
    arrived,
  };
}

/** A server that counts who connects, in the place of both APIs. */
export async function serveNobody(): Promise<{ readonly env: Environment; connections(): number; close(): void }> {
  let connections = 0;
  const server = createServer((_, response) => response.writeHead(500).end());
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const url = `http://127.0.0.1:${String(address.port)}`;
  return {
    env: { ...credentials, WATTTIME_API_URL: url, WATTCARBON_API_URL: url },
    connections: () => connections,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
