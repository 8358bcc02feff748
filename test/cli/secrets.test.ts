import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FaultHook } from '../../src/sandbox/serve/fault.ts';
import { serveApis } from './apis.ts';
import { createFolder, filesBelow } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { runWattlift } from './wattlift.ts';

const failing =
  (status: number, operation: RegExp): FaultHook =>
  (request) =>
    operation.test(request.operation) ? { kind: 'status', status, body: '<html>no</html>' } : undefined;

interface Story {
  readonly story: string;
  readonly code: number;
  readonly fault?: FaultHook;
  /** In a process of its own. */
  readonly apart?: true;
  /** Set to something else than the secret. */
  readonly env?: Readonly<Record<string, string>>;
}

const stories: readonly Story[] = [
  { story: 'all goes well', code: 0, apart: true },
  { story: 'the WattTime password is refused', code: 3, env: { WATTTIME_PASSWORD: 'wrong' } },
  { story: 'the WattCarbon key is refused', code: 3, env: { WATTCARBON_API_KEY: 'wrong' } },
  { story: 'every token is refused', code: 3, fault: failing(401, /region|create/) },
  { story: 'writing is forbidden', code: 3, fault: failing(403, /create/) },
  { story: 'an upload meets a server in trouble', code: 1, apart: true, fault: failing(500, /intervals/) },
];

test.each(stories)('no secret is printed or kept when $story', async ({ code, fault, env, apart }) => {
  const secrets = Object.fromEntries(
    ['WATTTIME_PASSWORD', 'WATTCARBON_API_KEY'].map((name) => [name, `s3cret-${randomBytes(12).toString('hex')}!`]),
  );
  const apis = await serveApis(fault);
  const cwd = createFolder();
  writePipeline(cwd, [site('A')]);
  const everything = { ...apis.env, ...secrets, ...env };
  const words = ['--json', '--log-level', 'trace'] as const;
  const run = await (apart
    ? runWattlift(['run', ...words], { cwd, env: everything })
    : call(cwd, ['run', '@', ...words], { env: everything }));
  expect(run.code).toBe(code);

  const user = `${String(everything['WATTTIME_USER'])}:${secrets['WATTTIME_PASSWORD'] ?? ''}`;
  const forms = [...Object.values(secrets), user].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    // The inner part of a base64 text does not depend on what stands around it.
    ...['', 'x', 'xx'].map((before) =>
      Buffer.from(before + secret)
        .toString('base64')
        .slice(4, -4),
    ),
    Buffer.from(secret).toString('hex'),
  ]);
  const texts = [
    run.stdout,
    run.stderr,
    ...filesBelow(join(cwd, '.wattlift')).map((file) => readFileSync(file, 'latin1')),
  ];
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) for (const form of forms) expect(text.includes(form)).toBe(false);
  // Neither are the tokens.
  for (const text of texts) expect(text).not.toMatch(/Bearer |"?(access_)?token"?[:=] *"?[\w.-]{12,}/i);
});
