import { expect, test } from 'vitest';
import { inFolder, openFiles, problemsOf, siteOf } from './site-at.ts';

const losAngeles = 'America/Los_Angeles';

async function eventsOf(lines: readonly string[], timezone: string | undefined = losAngeles) {
  return await inFolder(async (put) => {
    const events = await put('events.csv', `${lines.join('\n')}\n`);
    const document = await openFiles().events(siteOf(timezone === undefined ? { events } : { events, timezone }));
    const rows = new TextDecoder().decode(document.bytes).trimEnd().split('\n').slice(1);
    return { rows, codes: document.findings.map((finding) => finding.code), findings: document.findings };
  });
}

const august17 = '2024-08-17 16:00:00-07:00,2024-08-17 21:00:00-07:00';

test.each<[string, readonly string[]]>([
  ['a date, and hours as 1600-2100', ['Event Date,Event Hours', '8/17/2024,1600-2100']],
  ['a date, and hours with a colon', ['Date;Window', '17.08.2024;16:00-21:00']],
  ['a date, and hours with one PM for both', ['Date,Time', '2024-08-17,4-9 PM']],
  ['a date, a start time and an end time', ['Date,Start Time,End Time', '08/17/2024,4:00 PM,9:00 PM']],
  ['hours without minutes', ['Date,Start Time,End Time', '2024-08-17,4 PM,9 p.m.']],
  ['times as 1600 and 2100', ['Date,Start,End', '20240817,1600,2100']],
  [
    'start and end date, start and end time',
    ['Start Date,Start Time,End Date,End Time', '2024-08-17,16:00,2024-08-17,21:00'],
  ],
  ['the end as a time alone', ['Event Start,Event End', '2024-08-17 16:00,21:00']],
  ['through', ['Event', '8/17/2024 16:00:00 through 21:00:00']],
  ['prose with the year', ['Event Window', '"Saturday, August 17, 2024 at 4:00 PM to 9:00 PM"']],
  ['prose without quotes around its comma', ['Event Window', 'August 17, 2024 from 4:00 PM until 9:00 PM']],
  ['prose, the day first', ['Event', '17 Aug 2024 16:00 - 21:00']],
  ['prose and a column of years', ['Year,Event', '2024,August 17 at 4:00 PM to 9 PM']],
  ['a date and a dash', ['Event Period', '2024-08-17, 4 PM – 9 PM']],
  ['an abbreviated zone', ['Start,End', '2024-08-17 4:00 PM PDT,2024-08-17 9:00 PM PDT']],
  ['UTC, written with the site’s offset', ['Start,End', '2024-08-17 23:00 UTC,2024-08-18T04:00:00Z']],
  [
    'the issue date is not the event date',
    ['Issue Date,Event Date,Start Time,End Time,Event ID', '8/16/2024,8/17/2024,16:00,21:00,77'],
  ],
  [
    'a title, a notice time and reasons beside',
    ['Smart Days 2024,,,', 'Notified at,Start,End,Reason', '2024-08-16 11:00,2024-08-17 16:00,2024-08-17 21:00,heat'],
  ],
])('%s', async (_what, lines) => {
  expect(await eventsOf(lines)).toMatchObject({ rows: [august17], codes: [] });
});

test('a notice without a year takes the only one in the file, and says so', async () => {
  const { rows, findings } = await eventsOf(['Issued,Event', '8/16/2024,August 17 at 4:00 PM to 9:00 PM']);
  expect(rows).toEqual([august17]);
  expect(findings).toMatchObject([{ code: 'events.year-inferred', line: 2 }]);
});

test('a year that nothing says, or that the file says in two ways, is asked for', async () => {
  const none = eventsOf(['Event', 'August 17 at 4:00 PM to 9:00 PM']);
  expect(await problemsOf(none)).toMatchObject([{ code: 'events.year-missing', line: 2 }]);
  const two = eventsOf(['Issued,Event', '8/16/2024,August 17 4-9 PM', '8/16/2025,August 17 4-9 PM']);
  expect(await problemsOf(two)).toMatchObject([{ code: 'events.year-missing', line: 2 }, { line: 3 }]);
});

test('a notice of several days means the same window on each of them, over the change of the clocks too', async () => {
  const threeDays = [
    '2024-11-02 16:00:00-07:00,2024-11-02 21:00:00-07:00',
    '2024-11-03 16:00:00-08:00,2024-11-03 21:00:00-08:00',
    '2024-11-04 16:00:00-08:00,2024-11-04 21:00:00-08:00',
  ];
  for (const lines of [
    ['Event', '"November 2, 2024 through November 4, 2024, 4 PM to 9 PM"'],
    ['Event Dates,Window', '2024-11-02 - 2024-11-04,1600-2100'],
    ['Start Date,End Date,Start Time,End Time', '2024-11-02,2024-11-04,16:00,21:00'],
  ]) {
    const { rows, codes } = await eventsOf(lines);
    expect(rows).toEqual(threeDays);
    expect(codes).toEqual(['events.days-repeated']);
  }
});

test('two full times days apart are one long event, which is remarked', async () => {
  const { rows, codes } = await eventsOf(['Start,End', '2024-08-17 16:00,2024-08-19 21:00']);
  expect(rows).toEqual(['2024-08-17 16:00:00-07:00,2024-08-19 21:00:00-07:00']);
  expect(codes).toEqual(['events.long']);
});

test('an event across midnight ends on the next day where its end has no date of its own', async () => {
  const { rows } = await eventsOf(['Date,Hours', '8/17/2024,2200-0200']);
  expect(rows).toEqual(['2024-08-17 22:00:00-07:00,2024-08-18 02:00:00-07:00']);
  const dated = eventsOf(['Start,End', '2024-08-17 22:00,2024-08-17 02:00']);
  expect(await problemsOf(dated)).toMatchObject([{ code: 'events.order', line: 2 }]);
});

test('events end to start are kept apart', async () => {
  const { rows, codes } = await eventsOf(['Date,Window', '2024-08-17,1600-1800', '2024-08-17,1800-2100']);
  expect(rows).toHaveLength(2);
  expect(codes).toEqual([]);
});

test('day and month are decided from the whole file', async () => {
  const { rows } = await eventsOf(['Date,Window', '07/08/2024,1600-2100', '17/08/2024,1600-2100']);
  expect(rows[0]).toBe('2024-08-07 16:00:00-07:00,2024-08-07 21:00:00-07:00');
});

test.each<[string, readonly string[], string]>([
  ['half a window', ['Date,Window', '8/17/2024,from 1600'], 'events.time'],
  ['hours whose half of the day is not said', ['Date,Window', '8/17/2024,11-2 PM'], 'events.time'],
  ['midnight, which is either end of a day', ['Date,Window', '8/17/2024,midnight to 4 AM'], 'events.time'],
  ['a day that does not exist', ['Event', '"June 31, 2024 4 PM to 9 PM"'], 'events.time'],
  ['two dates for one start', ['Date,Start,End', '8/17/2024,8/18/2024 16:00,21:00'], 'events.time'],
  ['a notice of a whole season', ['Start Date,End Date,Window', '2024-06-01,2024-09-30,1600-2100'], 'events.long'],
  ['a window in the hour that came twice', ['Date,Window', '2024-11-03,0130-0400'], 'events.time-ambiguous'],
])('%s is refused at its line', async (_what, lines, code) => {
  expect(await problemsOf(eventsOf(lines))).toMatchObject([{ code, file: 'events.csv', line: 2 }]);
});

test('a window without a zone is refused', async () => {
  const nowhere = eventsOf(['Date,Window', '8/17/2024,1600-2100'], '');
  expect(await problemsOf(nowhere)).toMatchObject([{ code: 'events.timezone-unknown' }]);
});
