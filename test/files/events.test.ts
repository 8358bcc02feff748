import { expect, test } from 'vitest';
import { sha256 } from '../../src/domain/json.ts';
import type { EventWindow, Site } from '../../src/domain/site.ts';
import { inFolder, openFiles, problemsOf, siteOf } from './site-at.ts';

const header = 'Event Start Time,Event End Time';
const chicago = 'America/Chicago';

async function fromFile(text: string, timezone?: string) {
  return await inFolder(async (put) => {
    const events = await put('events.csv', text);
    return await openFiles().events(siteOf(timezone === undefined ? { events } : { events, timezone }));
  });
}

async function fromList(
  events: readonly EventWindow[],
  timezone: string | undefined = chicago,
  more: Partial<Site> = {},
) {
  return await openFiles().events(siteOf({ events, ...(timezone === undefined ? {} : { timezone }), ...more }));
}

const text = (document: { readonly bytes: Uint8Array }): string => new TextDecoder().decode(document.bytes);

test('the documented form goes through as it is, its offsets kept', async () => {
  const written = `${header}\n2021-01-01 17:00:00-05:00,2021-01-01 20:00:00-05:00\n2021-07-01 17:00:00-04:00,2021-07-01 20:00:00-04:00\n`;
  const document = await fromFile(written, chicago);
  expect(text(document)).toBe(written);
  expect(document).toMatchObject({ events: 2, sha256: sha256(written), findings: [] });
});

test('local times get the offset of their own day, UTC times that of the site', async () => {
  const document = await fromFile(
    'Start;End\n7/15/2025 4:00 PM;7/15/2025 8:00 PM\n12/15/2025 16:00;12/15/2025 20:00\n',
    chicago,
  );
  expect(text(document)).toBe(
    `${header}\n2025-07-15 16:00:00-05:00,2025-07-15 20:00:00-05:00\n2025-12-15 16:00:00-06:00,2025-12-15 20:00:00-06:00\n`,
  );
  const utc = [{ start: '2025-07-15T21:00:00Z', end: '2025-07-16T01:00:00Z' }];
  expect(text(await fromList(utc))).toBe(`${header}\n2025-07-15 16:00:00-05:00,2025-07-15 20:00:00-05:00\n`);
  const nowhere = await openFiles().events(siteOf({ events: utc }));
  expect(text(nowhere)).toBe(`${header}\n2025-07-15 21:00:00+00:00,2025-07-16 01:00:00+00:00\n`);
});

test('an event across midnight, and one over the change of the clocks, keep an offset each side', async () => {
  expect(text(await fromList([{ start: '2024-11-02 22:00', end: '2024-11-03 03:00' }]))).toContain(
    '2024-11-02 22:00:00-05:00,2024-11-03 03:00:00-06:00',
  );
});

test.each<[string, EventWindow, string]>([
  ['a time that came twice', { start: '2024-11-03 01:30', end: '2024-11-03 05:00' }, 'events.time-ambiguous'],
  ['a time that never was', { start: '2025-03-09 02:30', end: '2025-03-09 05:00' }, 'events.time-nonexistent'],
  ['an end before its start', { start: '2025-07-01 20:00', end: '2025-07-01 17:00' }, 'events.order'],
  ['an end at its start', { start: '2025-07-01 20:00', end: '2025-07-01 20:00' }, 'events.order'],
  ['a date alone', { start: '2025-07-01', end: '2025-07-02' }, 'events.time'],
  ['prose', { start: 'August 17 at 4', end: '2025-07-02' }, 'events.time'],
])('%s is refused at its place', async (_what, event, code) => {
  const where = (path?: string) => ({ file: 'pipeline.yaml', line: path === 'events.0' ? 12 : 1, column: 9 });
  const [problem] = await problemsOf(fromList([event], chicago, { where }));
  expect(problem).toMatchObject({ code, file: 'pipeline.yaml', line: 12, column: 9, site: 'S1' });
});

test('local times without a zone are refused on every line', async () => {
  const problems = await problemsOf(fromFile(`${header}\n\n2025-07-01 17:00,2025-07-01 20:00\n`));
  expect(problems).toMatchObject([
    { code: 'events.timezone-missing', file: 'events.csv', line: 3 },
    { code: 'events.timezone-missing', line: 3 },
  ]);
});

test('events are put in order, repeated ones written once, touching ones kept, overlapping ones refused', async () => {
  const [a, b, c] = [
    { start: '2025-07-01 17:00', end: '2025-07-01 19:00' },
    { start: '2025-07-01 19:00', end: '2025-07-01 21:00' },
    { start: '2025-07-01 20:00', end: '2025-07-01 22:00' },
  ] as const;
  const document = await fromList([b, a, b]);
  expect(document.events).toBe(2);
  expect(document.findings.map((finding) => finding.code)).toEqual(['events.unordered', 'events.duplicate']);
  expect(text(document).split('\n')[1]).toContain('17:00:00');
  expect(await problemsOf(fromList([a, b, c]))).toMatchObject([{ code: 'events.overlap' }]);
});

test('a list without events, a file without a header, and dates that may be either are refused', async () => {
  expect(await problemsOf(fromFile(`${header}\n`))).toMatchObject([{ code: 'events.empty' }]);
  expect(await problemsOf(fromFile('name\n2025-07-01\n'))).toMatchObject([{ code: 'events.header-not-found' }]);
  expect(await problemsOf(fromFile(`${header}\n7/8/2025 17:00,7/8/2025 19:00\n`, chicago))).toMatchObject([
    { code: 'events.date-order-ambiguous' },
  ]);
});
