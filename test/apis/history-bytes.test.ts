import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyAnswerFor } from '../../src/apis/history-answer.ts';
import { parseHistory, PlainPoints } from '../../src/apis/history-bytes.ts';

const series = { region: 'CAISO_NORTH', signal: 'co2_moer' };
const span = { start: Date.UTC(2025, 0, 1), end: Date.UTC(2025, 0, 3) };

/** What is made of an answer: a history, or what is wrong with it. */
function outcomeOf(value: unknown): unknown {
  const { success, data, error } = historyAnswerFor(series, span, undefined).safeParse(value);
  return success ? { ...data, points: [...data.points] } : error.issues.map(({ path, message }) => ({ path, message }));
}

const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
};

const stamp = fc
  .integer({ min: span.start / 60_000 - 600, max: span.end / 60_000 + 600 })
  .map((minute) => new Date(minute * 60_000).toISOString().replace('.000Z', '+00:00'));
const value = fc.oneof(
  fc.integer({ min: -50, max: 3000 }),
  fc.integer({ min: 0, max: 30_000 }).map((tenths) => tenths / 10),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const point = fc.record({ time: stamp, value, updated: fc.option(stamp), imputed: fc.option(fc.boolean()) });
const answer = fc.record({ points: fc.array(point, { maxLength: 30 }), model: fc.option(fc.constant('2023-03-01')) });

function textOf({ points, model }: typeof answer extends fc.Arbitrary<infer T> ? T : never, gap: string): string {
  const body = {
    data: points.map(({ time, value, updated, imputed }) => ({
      point_time: time,
      value,
      ...(updated !== null && { last_updated: updated }),
      ...(imputed !== null && { imputed_data_used: imputed }),
    })),
    meta: { data_point_period_seconds: 300, region: 'CAISO_NORTH', signal_type: 'co2_moer', model: { date: model } },
  };
  const text = JSON.stringify(body);
  // No text in these answers has a colon or comma beside a quote.
  return gap === '' ? text : text.replaceAll('":', '": ').replaceAll(',"', ', "').replaceAll(',{', ', {');
}

test('an answer in the form of the API is read as numbers, compact and spaced', () => {
  fc.assert(
    fc.property(answer, fc.constantFrom('', ' '), (said, gap) => {
      const text = textOf(said, gap);
      const read = parseHistory(Buffer.from(text));
      const plain = said.points.every(({ value: number }) => /^-?\d{1,15}$|^-?\d{1,10}\.\d{1,5}$/.test(String(number)));
      if (plain) expect(read).toMatchObject({ data: expect.any(PlainPoints) });
      expect(outcomeOf(read)).toEqual(outcomeOf(parsed(text)));
    }),
    { numRuns: 300 },
  );
});

test('any other text comes to what JSON.parse makes of it', () => {
  const edit = fc.tuple(
    fc.nat(4000),
    fc.constantFrom(
      '',
      'null',
      '0',
      '.',
      '-',
      'e5',
      '"',
      '\\',
      ' ',
      '\n',
      '}',
      ']',
      ',',
      'T24',
      '{"data":[]}',
      ',"data":[1]',
    ),
    fc.nat(3),
  );
  fc.assert(
    fc.property(answer, fc.constantFrom('', ' '), fc.array(edit, { maxLength: 3 }), (said, gap, edits) => {
      let text = textOf(said, gap);
      for (const [place, what, cut] of edits) {
        const at = place % (text.length + 1);
        text = text.slice(0, at) + what + text.slice(at + cut);
      }
      expect(outcomeOf(parseHistory(Buffer.from(text)))).toEqual(outcomeOf(parsed(text)));
    }),
    { numRuns: 1000 },
  );
});
