import type { Quality } from '../../domain/meter-data.ts';

const cells: ReadonlyMap<string, Quality> = new Map([
  ...['a', 'act', 'actual', 'm', 'measured', 'metered', 'r', 'read', 'real', 'regular', 'raw', 'ok', 'good', 'normal',
    'abgelesen', 'gemessen', 'w', 'wahrer wert'].map((text) => [text, 'measured'] as const),
  ...['v', 'val', 'valid', 'validated', 'verified', 'final', 'plausibilisiert', 'geprüft', 'geprueft']
    .map((text) => [text, 'validated'] as const),
  ...['e', 'est', 'estimated', 'estimate', 'estimation', 'interpolated', 'geschätzt', 'geschaetzt', 'estimado', 'estimada', 'estimé', 'estimée']
    .map((text) => [text, 'estimated'] as const),
  ...['s', 'sub', 'subst', 'substitute', 'substituted', 'edited', 'ersatz', 'ersatzwert'].map((text) => [text, 'substituted'] as const),
]); // prettier-ignore

/** Answers to a column that asks: `Estimated: 1`. */
const answers: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'y', 'yes', 'true', 'ja', 'j', 'x'].map((text) => [text, true] as const),
  ...['0', 'n', 'no', 'false', 'nein'].map((text) => [text, false] as const),
]);

/**
 * The quality that a cell gives its reading, by the name of its column: a bare 1 or yes counts only below a name that asks
 * whether the reading is estimated. An empty cell says nothing: measured. Undefined for a code that is not known.
 */
export function readQuality(cell: string, name: string): Quality | undefined {
  const text = cell.normalize('NFC').trim().toLowerCase();
  if (text === '') return 'measured';
  const asked = /ersatz|subst/i.test(name)
    ? 'substituted'
    : /estim|gesch(?:ä|ae)tzt/i.test(name)
      ? 'estimated'
      : undefined;
  const answer = asked === undefined ? undefined : answers.get(text);
  if (answer !== undefined) return answer ? asked : 'measured';
  return cells.get(text);
}
