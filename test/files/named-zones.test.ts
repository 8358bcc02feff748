import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { openZone } from '../../src/domain/zone.ts';
import { problemsOf, readTexts } from './site-at.ts';

const newYork = 'America/New_York';
const hourMs = 3_600_000;
const zone = openZone(newYork);

/** Hourly rows from one instant up to another, each time as `write` has it: from the digits of the clock in New York, and its offset. */
function hours(
  from: string,
  to: string,
  header: string,
  write: (local: string, summer: boolean, instant: number) => string,
): string {
  const lines = [header];
  for (let instant = Date.parse(from); instant < Date.parse(to); instant += hourMs) {
    const offsetMs = zone?.offsetMsAt(instant) ?? 0;
    const local = new Date(instant + offsetMs).toISOString().slice(0, 16).replace('T', ' ');
    lines.push(`${write(local, offsetMs === -4 * hourMs, instant)},${String(((instant / hourMs) * 7) % 11)}`);
  }
  return `${lines.join('\n')}\n`;
}

const autumn: readonly [string, string] = ['2024-11-02T04:00Z', '2024-11-05T05:00Z'];
const spring: readonly [string, string] = ['2024-03-08T05:00Z', '2024-03-12T04:00Z'];
const summer: readonly [string, string] = ['2024-07-02T04:00Z', '2024-07-05T04:00Z'];
const winter: readonly [string, string] = ['2025-01-02T05:00Z', '2025-01-04T05:00Z'];
const local = (text: string): string => text;
const named = (text: string, isSummer: boolean): string => `${text} ${isSummer ? 'EDT' : 'EST'}`;
const standard = (_text: string, _summer: boolean, instant: number): string =>
  new Date(instant - 5 * hourMs).toISOString().slice(0, 16).replace('T', ' ');

const read = async (text: string, timezone = newYork, more: Partial<Meter> = {}) =>
  await readTexts([text], more, timezone);
const instants = (rows: readonly string[]): readonly string[] => rows.map((row) => row.slice(0, 16));
const inUtc = ([from, to]: readonly [string, string]): readonly string[] =>
  Array.from({ length: (Date.parse(to) - Date.parse(from)) / hourMs }, (_, at) =>
    new Date(Date.parse(from) + at * hourMs).toISOString().slice(0, 16),
  );

test('EDT and EST after the times tell the doubled hour apart, whatever the order of rows', async () => {
  const text = hours(...autumn, 'Time,kWh', named);
  const found = await read(text);
  expect(instants(found.rows)).toEqual(inUtc(autumn));
  expect(found.inferred[0]).toContain('"EDT" and "EST" after the times fit America/New_York');
  const [header = '', ...rows] = text.trimEnd().split('\n');
  // Without the names this order would leave the two passes in doubt.
  const mixed = [...rows.slice(0, 20), ...rows.slice(30), ...rows.slice(20, 30).toReversed()];
  expect((await read([header, ...mixed].join('\n'))).rows).toEqual(found.rows);
});

test('a column of zones, and AM and PM before the name, are read alike', async () => {
  const column = hours(...autumn, 'Time,Time Zone,kWh', (text, isSummer) => `${text},${isSummer ? 'EDT' : 'EST'}`);
  expect(instants((await read(column)).rows)).toEqual(inUtc(autumn));
  const halves = hours(...winter, 'Time,kWh', (text) => {
    const hour = Number(text.slice(11, 13));
    return `${text.slice(0, 11)}${String(hour % 12 || 12)}:00 ${hour < 12 ? 'AM' : 'PM'} EST`;
  });
  expect(instants((await read(halves)).rows)).toEqual(inUtc(winter));
});

test('UTC after the times is believed', async () => {
  const text = hours(...autumn, 'Time,kWh', (_text, _summer, at) => `${new Date(at).toISOString().slice(0, 16)} UTC`);
  expect(instants((await read(text, 'America/Chicago')).rows)).toEqual(inUtc(autumn));
});

test.each<[string, string, readonly [string, string], (text: string) => string]>([
  ['spring skips an hour', 'Time (EST),kWh', spring, local],
  ['autumn doubles one', 'Time (EST),kWh', autumn, local],
])('EST in a name means the clock of the season where %s', async (_what, header, span, write) => {
  const found = await read(hours(...span, header, write));
  expect(instants(found.rows)).toEqual(inUtc(span));
  expect(found.inferred[0]).toContain('means the clock of America/New_York');
});

test('EST in a name is one offset all year where spring skips no hour', async () => {
  const found = await read(hours(...spring, 'Time (EST),kWh', standard));
  expect(instants(found.rows)).toEqual(inUtc(spring));
  expect(found.inferred[0]).toContain('-05:00 all year');
  // The zone given for the file alone could only be wrong here.
  const given = await read(hours(...spring, 'Time (EST),kWh', standard), newYork, { zoneIsOfFiles: true });
  expect(given.rows).toEqual(found.rows);
});

test('EST through a summer may be either, and the timezone of the meter decides', async () => {
  const text = hours(...summer, 'Time (EST),kWh', local);
  const [problem] = await problemsOf(read(text));
  expect(problem).toMatchObject({ code: 'meter.zone-ambiguous', line: 2 });
  expect(problem?.message).toMatch(/-05:00 all year.*America\/New_York.*-04:00.*Etc\/GMT\+5.*America\/New_York/);
  expect(instants((await read(text, newYork, { timezone: newYork })).rows)[0]).toBe('2024-07-02T04:00');
  expect(instants((await read(text, newYork, { timezone: 'Etc/GMT+5' })).rows)[0]).toBe('2024-07-02T05:00');
  expect((await read(text, newYork, { zoneIsOfFiles: true })).rows).toHaveLength(72);
  // In winter both are one.
  expect(instants((await read(hours(...winter, 'Time (EST),kWh', local))).rows)).toEqual(inUtc(winter));
});

test.each([
  ['Timestamp (Eastern)', 'America/Chicago', 'America/New_York'],
  ['Local time (Pacific)', newYork, 'America/Los_Angeles'],
  ['Time CST/CDT', newYork, 'America/Chicago'],
  ['Time (Central European Time)', newYork, 'Europe/Berlin'],
  ['Time (EST)', 'America/Chicago', 'America/New_York'],
  ['Reading Time CPT', newYork, 'America/Chicago'],
])('"%s" is refused in %s', async (name, timezone, wanted) => {
  // In summer Chicago's clock has the offset of EST, and still is not EST.
  for (const span of [winter, summer]) {
    const text = hours(...span, `${name},kWh`, local);
    const [problem] = await problemsOf(read(text, timezone));
    expect(problem).toMatchObject({ code: 'meter.zone-differs', line: 2 });
    expect(problem?.message).toContain(`set timezone on the meter: ${wanted}`);
    expect((await read(text, timezone, { timezone })).rows).toHaveLength(span === winter ? 48 : 72);
  }
});

test.each([
  ['Timestamp (Eastern)', 'America/Detroit'],
  ['Time EST/EDT', newYork],
  ['Time (GMT/BST)', 'Europe/London'],
  ['Time (MST)', 'America/Phoenix'],
  ['Uhrzeit (MESZ)', 'Europe/Berlin'],
  ['Time (AEST)', 'Australia/Sydney'],
])('"%s" fits %s', async (name, timezone) => {
  const found = await read(hours(...summer, `${name},kWh`, local), timezone);
  expect(found.inferred[0]).toContain(`fits ${timezone}`);
});

test('a name that does not fit its row is told at its line', async () => {
  const text = hours(...autumn, 'Time,kWh', named).replace('2024-11-02 05:00 EDT', '2024-11-02 05:00 EST');
  expect(await problemsOf(read(text))).toMatchObject([{ code: 'meter.zone-differs', line: 7 }]);
  expect(await problemsOf(read(hours(...autumn, 'Time,kWh', named), 'America/Chicago'))).toMatchObject([
    { code: 'meter.zone-differs', line: 2, data: { named: 'EDT', timezone: 'America/Chicago' } },
  ]);
});

test.each<[string, string, (text: string) => string]>([
  ['in words, in a column', 'Time,Time Zone,kWh', (text) => `${text},Pacific`],
  ['by its IANA name, in a column', 'Time,Time Zone,kWh', (text) => `${text},America/Los_Angeles`],
  ['by its IANA name, after the times', 'Time,kWh', (text) => `${text} America/Los_Angeles`],
])('another zone is refused %s', async (_what, header, write) => {
  const text = hours(...winter, header, write);
  expect(await problemsOf(read(text))).toMatchObject([{ code: 'meter.zone-differs', line: 2 }]);
  expect((await read(text, 'America/Los_Angeles')).rows).toHaveLength(48);
});

test('an unknown word after the times is no zone', async () => {
  const [problem] = await problemsOf(read(hours(...winter, 'Time,kWh', (text) => `${text} XQT`)));
  expect(problem?.code).toBe('meter.time-unreadable');
});
