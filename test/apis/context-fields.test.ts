import { expect, test } from 'vitest';
import { contextFields } from '../../src/apis/context-fields.ts';
import type { Json } from '../../src/domain/json.ts';
import type { RequestForm } from '../../src/apis/request-form.ts';

const minute = 60_000;

function formOf(name: string, choices?: readonly Json[], isRequired = true): RequestForm {
  const rule = { choices, fallback: undefined, isFile: false };
  return { fields: new Map([[name, rule]]), required: new Set(isRequired ? [name] : []) };
}

test.each<[readonly Json[], number | undefined, Json | undefined]>([
  [['15min', '30min', 'hourly', 'daily'], 15 * minute, '15min'],
  [['15min', '30min', 'hourly', 'daily'], 60 * minute, 'hourly'],
  [['FIFTEEN_MINUTES', 'HALF_HOUR', 'HOUR', 'DAY'], 30 * minute, 'HALF_HOUR'],
  [['PT15M', 'PT1H', 'P1D'], 1440 * minute, 'P1D'],
  [['15-minute', '60-minute'], 60 * minute, '60-minute'],
  [['1h', '1d'], 60 * minute, '1h'],
  [[15, 60, 1440], 60 * minute, 60],
  [[900, 3600], 15 * minute, 900],
  [['billing'], undefined, 'billing'],
  [['hourly', 'Monthly'], undefined, 'Monthly'],
  [['hourly', 'daily'], 10 * minute, undefined],
])('of the granularities %j, readings %s ms apart are %j', (choices, intervalMs, expected) => {
  const about = { commodity: 'electricity', intervalMs, unit: 'kWh' } as const;
  expect(contextFields(about, [formOf('granularity', choices)])['granularity']).toBe(expected);
});

test('fields are known by their names, and free ones filled only where the name leaves no doubt', () => {
  const about = { commodity: 'gas', intervalMs: 15 * minute, unit: 'therm' } as const;
  const filled = (name: string, choices?: readonly Json[], isRequired = true): Json | undefined =>
    contextFields(about, [undefined, formOf(name, choices, isRequired)])[name];
  expect(filled('interval_minutes')).toBe(15);
  expect(filled('intervalLengthSeconds')).toBe(900);
  expect(filled('meter_type')).toBe('gas');
  expect(filled('type', ['ELECTRIC', 'NATURAL_GAS'])).toBe('NATURAL_GAS');
  expect(filled('unit', ['kWh', 'therms'])).toBe('therms');
  expect(filled('timezone')).toBe('UTC');
  expect(filled('type')).toBeUndefined();
  expect(filled('granularity')).toBeUndefined();
  expect(filled('timezone', undefined, false)).toBeUndefined();
  expect(filled('source', ['gas'])).toBeUndefined();
  expect(contextFields(undefined, [formOf('timezone')])).toEqual({});
});
