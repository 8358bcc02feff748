import { expect, test } from 'vitest';
import { openPayloadJudge, type BodyFault } from '../../src/apis/payload-judge.ts';

/** Schemas as FastAPI writes them (3.1), and beside them as OpenAPI 3.0 did. */
const schemas = {
  Base: {
    type: 'object',
    required: ['name', 'id'],
    properties: {
      name: { type: 'string' },
      id: { type: 'integer', readOnly: true },
      meterIds: { anyOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'null' }] },
      date: { type: 'string', format: 'date' },
    },
  },
  Solar: {
    allOf: [
      { $ref: '#/components/schemas/Base' },
      {
        required: ['kind', 'kw'],
        properties: {
          kind: { const: 'solar' },
          kw: {
            type: 'number',
            minimum: 0,
            exclusiveMinimum: true,
            maximum: 9,
            exclusiveMaximum: false,
            nullable: true,
          },
          share: { type: 'number', exclusiveMinimum: 0 },
        },
      },
    ],
  },
  Storage: {
    allOf: [
      { $ref: '#/components/schemas/Base' },
      { properties: { kind: { enum: ['storage'] }, child: { $ref: '#/components/schemas/Storage' } } },
    ],
  },
  Asset: {
    oneOf: [{ $ref: '#/components/schemas/Solar' }, { $ref: '#/components/schemas/Storage' }],
    discriminator: { propertyName: 'kind' },
  },
  Mapped: {
    oneOf: [{ $ref: '#/components/schemas/Solar' }, { $ref: '#/components/schemas/Base' }],
    discriminator: { propertyName: 'kind', mapping: { sun: '#/components/schemas/Solar', any: 'Base' } },
  },
  Place: {
    properties: {
      at: {
        anyOf: [
          { type: 'string', minLength: 2 },
          { type: 'object', required: ['street'], properties: { street: {} }, additionalProperties: false },
          { type: 'object', required: ['lat', 'lon'], properties: { lat: { type: 'number', maximum: 90 } } },
        ],
      },
    },
  },
  'Odd/name here': { required: ['x'] },
  Odd: { $ref: '#/components/schemas/Odd~1name%20here' },
  Upload: {
    required: ['file', 'count'],
    properties: {
      file: { type: 'string', format: 'binary' },
      more: { type: 'array', items: { type: 'string', contentMediaType: 'text/csv' } },
      count: { type: 'integer' },
    },
  },
  Loop: { $ref: '#/components/schemas/Loop' },
  Gone: { properties: { a: { $ref: '#/components/schemas/Nobody' } } },
  Elsewhere: { $ref: 'other.json#/X' },
};

async function judged(
  name: keyof typeof schemas,
  body: object,
  asText = false,
): Promise<readonly BodyFault[] | string> {
  const judge = await openPayloadJudge();
  const schema = { schema: { $ref: `#/components/schemas/${name}` }, document: { components: { schemas } } };
  const result = judge.judge(schema, { ...body }, { asText });
  return 'faults' in result ? result.faults : result.unusable;
}

const fields = (faults: readonly BodyFault[] | string): unknown =>
  typeof faults === 'string' ? faults : faults.map(({ path }) => path.join('.'));

test.each<[string, keyof typeof schemas, object, readonly string[]]>([
  [
    'a body that fits has no fault',
    'Asset',
    { kind: 'solar', name: 'a', kw: 3, meterIds: [1], date: '2024-02-29' },
    [],
  ],
  ['what only answers have is not demanded', 'Base', { name: 'a' }, []],
  ['nullable lets null pass', 'Solar', { kind: 'solar', name: 'a', kw: null, meterIds: null }, []],
  ['the old form of an exclusive limit holds', 'Solar', { kind: 'solar', name: 'a', kw: 0 }, ['kw']],
  ['an old limit that is not exclusive holds', 'Solar', { kind: 'solar', name: 'a', kw: 9 }, []],
  ['the new form of an exclusive limit holds', 'Solar', { kind: 'solar', name: 'a', kw: 1, share: 0 }, ['share']],
  ['every part of allOf is asked', 'Solar', { kind: 'solar' }, ['name', 'kw']],
  ['a list item is named', 'Base', { name: 'a', meterIds: [1, 'x'] }, ['meterIds.1']],
  ['a day that does not exist is none', 'Base', { name: 'a', date: '2023-02-30' }, ['date']],
  ['the discriminator chooses the form', 'Asset', { kind: 'solar', name: 'a' }, ['kw']],
  ['a discriminator of no form is its own fault', 'Asset', { kind: 'sollar', name: 'a' }, ['kind']],
  ['a discriminator that is missing is', 'Asset', {}, ['kind']],
  ['a mapping names forms', 'Mapped', { kind: 'any', name: 'a' }, []],
  ['a mapping of another name leads to its form', 'Mapped', { kind: 'sun', name: 'a' }, ['kw', 'kind']],
  ['a form may hold itself', 'Storage', { kind: 'storage', name: 'a', child: { kind: 'storage' } }, ['child.name']],
  ['of several forms the nearest speaks', 'Place', { at: { street: 'x', town: 'y' } }, ['at.town']],
  ['also inside an object', 'Place', { at: { lat: 91, lon: 0 } }, ['at.lat']],
  ['a value of no form is a fault of the field', 'Place', { at: 5 }, ['at']],
  ['a reference is decoded', 'Odd', {}, ['x']],
])('%s', async (_name, schema, body, expected) => {
  expect(fields(await judged(schema, body))).toEqual(expected);
});

test('a fault says what is wanted and what is there', async () => {
  expect(await judged('Asset', { kind: 'sollar' })).toEqual([
    { path: ['kind'], message: 'may be one of "solar", "storage", not "sollar"' },
  ]);
  expect(await judged('Place', { at: 5 })).toEqual([
    { path: ['at'], message: 'must be of type string or object, not 5' },
  ]);
  expect(await judged('Base', { name: 7 })).toEqual([{ path: ['name'], message: 'must be of type string, not 7' }]);
});

test('a form sends numbers as text, and its files are not looked at', async () => {
  expect(fields(await judged('Upload', { file: '', count: '3', more: '' }, true))).toEqual([]);
  expect(fields(await judged('Upload', { file: '', count: 'x' }, true))).toEqual(['count']);
  expect(fields(await judged('Upload', { file: '', count: '3' }))).toEqual(['count']);
});

test.each<[string, keyof typeof schemas, string]>([
  ['refers to nothing but itself', 'Loop', 'call stack'],
  ['has a reference that leads nowhere', 'Gone', '"#/components/schemas/Nobody" leads nowhere'],
  ['refers to another document', 'Elsewhere', '"other.json#/X" leads nowhere'],
])('a schema that %s is unusable, and says why', async (_name, schema, why) => {
  const unusable = await judged(schema, {});
  expect(unusable).toBeTypeOf('string');
  expect(unusable).toContain(why);
});

test('a schema is compiled once', async () => {
  const judge = await openPayloadJudge();
  let read = 0;
  const schema = {
    document: {},
    get schema() {
      read += 1;
      return { required: ['a'] };
    },
  };
  for (let n = 0; n < 100; n++) judge.judge(schema, {}, { asText: false });
  expect(read).toBe(1);
});
