import { assert, constantFrom, array, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { combine, compareIdentities, compareValues, shownField } from '../../src/steps/likeness.ts';
import { comparePlaces } from '../../src/steps/place-likeness.ts';
import { compareTexts } from '../../src/steps/text-likeness.ts';

const greene = '60 Greene St Riverside IA';

describe('texts', () => {
  test.each([
    [greene, '60 Greene St, Riverside, IA', 'same'],
    [greene, '60 GREENE ST. RIVERSIDE   IA', 'same'],
    [greene, 'Riverside IA, 60 Greene St', 'same'],
    ['Av. São João 5', 'AV SAO JOAO, 5', 'same'],
    ['électricité', 'Electricite', 'same'],
    [greene, '60 Greene Street, Riverside, Iowa 52327, United States', 'unclear'],
    ['60 Greene St Apt 3, Riverside IA', '60 Greene St, Riverside, IA 52327', 'unclear'],
    [greene, '61 Greene St, Riverside, IA', 'different'],
    ['100 Main St Apt 1, Riverside IA', '100 Main St Apt 2, Riverside IA', 'different'],
    [`${greene} 52327`, `${greene} 52328`, 'different'],
    [greene, 'Somewhere else entirely', 'different'],
    ['electricity', 'ELECTRICITY', 'same'],
    ['electricity', 'electric', 'unclear'],
    ['electricity', 'gas', 'different'],
    ['', greene, 'unclear'],
  ])('"%s" and "%s" are %s', (a, b, likeness) => {
    expect(compareTexts(a, b)).toBe(likeness);
    expect(compareTexts(b, a)).toBe(likeness);
  });

  test('whatever is done to case, spaces and punctuation, a text stays the same', () => {
    const word = string({
      minLength: 1,
      maxLength: 6,
      unit: constantFrom('a', 'b', 'Y', 'Z', '0', '1', '8', 'é', 'ñ'),
    });
    const between = constantFrom(' ', ', ', '. ', ' - ', '  ');
    assert(
      property(array(tuple(word, between), { minLength: 1, maxLength: 7 }), (parts) => {
        const plain = parts.map(([text]) => text).join(' ');
        const shown = parts.map(([text, gap]) => `${text.toUpperCase()}${gap}`).join('');
        expect(compareTexts(plain, shown)).toBe('same');
      }),
    );
  });
});

describe('places', () => {
  const parts = { street: '60 Greene St', city: 'Riverside', state: 'IA' };
  const spot = { latitude: 41.4797, longitude: -91.5813 };
  test.each<[string, Json, Json, string]>([
    ['text in parts', greene, parts, 'same'],
    ['text in parts with coordinates added', greene, { ...parts, lat: 41.4, lng: -91.5 }, 'same'],
    ['parts with more parts', parts, { ...parts, country: 'US', id: 7 }, 'same'],
    ['parts as text', { ...parts, postalCode: '52327' }, '60 Greene St, Riverside, IA 52327', 'same'],
    ['parts of another place', parts, { ...parts, street: '62 Greene St' }, 'different'],
    ['parts of which some are left out', parts, { city: 'Riverside', state: 'IA' }, 'unclear'],
    ['text as coordinates', greene, spot, 'unclear'],
    ['coordinates as text', spot, greene, 'unclear'],
    ['coordinates under other names', spot, { lat: 41.4797, lng: -91.5813 }, 'same'],
    ['coordinates as texts', spot, { latitude: '41.4797', longitude: '-91.5813' }, 'same'],
    ['coordinates with an address found for them', spot, { ...parts, ...spot }, 'same'],
    ['coordinates rounded', spot, { latitude: 41.48, longitude: -91.58 }, 'unclear'],
    ['coordinates as GeoJSON', spot, { type: 'Point', coordinates: [-91.5813, 41.4797] }, 'unclear'],
    ['coordinates of a neighbour', spot, { latitude: 41.4798, longitude: -91.5813 }, 'different'],
  ])('%s', (_name, sent, shown, likeness) => {
    expect(comparePlaces(sent, shown)).toBe(likeness);
  });
});

test('lists are compared as sets, their numbers as texts too', () => {
  expect(compareValues([7, 'm8'], ['m8', 7])).toBe('same');
  expect(compareValues([7], ['7'])).toBe('same');
  expect(compareValues([7], [7, 8])).toBe('different');
  expect(compareValues([7], [{ id: 7 }])).toBe('unclear');
});

test('an identity is compared to the letter, and one that is nearly it is a doubt', () => {
  expect(compareIdentities('SP-1', 'SP-1')).toBe('same');
  expect(compareIdentities('123', 123)).toBe('same');
  expect(compareIdentities('SP-1', 'sp1')).toBe('unclear');
  expect(compareIdentities('SP-1', 'SP-2')).toBe('different');
});

test('one difference decides, then one doubt, and nothing at all is a doubt', () => {
  expect(combine(['same', 'unclear', 'different'])).toBe('different');
  expect(combine(['same', 'unclear'])).toBe('unclear');
  expect(combine(['same', 'same'])).toBe('same');
  expect(combine([])).toBe('unclear');
});

test('a field is found under another spelling of its name; null says nothing', () => {
  expect(shownField({ custom_id: 'SP1' }, 'customId')).toBe('SP1');
  expect(shownField({ MeterType: 'gas' }, 'meterType')).toBe('gas');
  expect(shownField({ customId: null }, 'customId')).toBeUndefined();
});
