const missing: ReadonlySet<string> = new Set([
  '', '-', '--', '–', '—', 'nan', 'null', 'none', 'n/a', 'na', '#n/a', 'nanstt', 'no consumption', 'no data', 'nodata', 'missing', 'no ct',
]); // prettier-ignore

/** A cell of a value column under both readings of `.` and `,`; NaN where a reading does not fit. */
export interface WrittenNumber {
  readonly point: number;
  readonly comma: number;
}

const dotDecimal =
  /^[+-]?(?:[1-9]\d{0,2}(?:([, '’])\d{3})(?:\1\d{3})*|\d+(?=\.|e|$)|(?=\.\d))(?:\.\d*)?(?:e[+-]?\d{1,3})?$/i;
const commaDecimal =
  /^[+-]?(?:[1-9]\d{0,2}(?:([. '’])\d{3})(?:\1\d{3})*|\d+(?=,|e|$)|(?=,\d))(?:,\d*)?(?:e[+-]?\d{1,3})?$/i;

/**
 * Reads a value: undefined when the cell says that there is none (blank, `-`, `NaN`, `null`), which is not zero; both
 * members NaN when it is no number. Thousands separators count only in whole groups of three.
 */
export function readNumber(cell: string): WrittenNumber | undefined {
  let text = cell.replace(/[\u00a0\u202f\u2009]/g, ' ').trim();
  const guarded = /^(?:="([^"]*)"|'(.*)|[\u201c\u201e](.*)[\u201c\u201d])$/.exec(text);
  if (guarded !== null) text = (guarded[1] ?? guarded[2] ?? guarded[3] ?? '').trim();
  if (missing.has(text.toLowerCase())) return undefined;
  text = text.replace(/^[\u2212\u2013]/, '-');
  if (/^[+-]?\d+$/.test(text)) return { point: Number(text), comma: Number(text) };
  const point = dotDecimal.test(text) ? Number(text.replace(/[, '’]/g, '')) : Number.NaN;
  const comma = commaDecimal.test(text) ? Number(text.replace(/[. '’]/g, '').replace(',', '.')) : Number.NaN;
  return { point, comma };
}

interface Example {
  readonly cell: string;
  readonly line: number;
}

/** What a whole column says about its decimal mark: the first value that only one reading fits, for each. */
export class DecimalEvidence {
  point: Example | undefined;
  comma: Example | undefined;
  /** A value that both readings fit with different results. */
  either: Example | undefined;

  add(number: WrittenNumber, cell: string, line: number): void {
    const pointFits = !Number.isNaN(number.point);
    const commaFits = !Number.isNaN(number.comma);
    if (pointFits && !commaFits) this.point ??= { cell, line };
    else if (commaFits && !pointFits) this.comma ??= { cell, line };
    else if (pointFits && number.point !== number.comma) this.either ??= { cell, line };
  }
}

/** The decimal mark of a column, or why there is no saying. Between commas, a decimal comma would need quotes: a point is decimal. */
export function decideDecimal(
  evidence: DecimalEvidence,
  delimiter: string,
): '.' | ',' | { readonly code: string; readonly message: string; readonly line: number } {
  const { point, comma, either } = evidence;
  if (point !== undefined && comma !== undefined) {
    return {
      code: 'meter.decimal-contradictory',
      message: `"${comma.cell}" on line ${String(comma.line)} has a decimal comma and "${point.cell}" on line ${String(point.line)} a decimal point; set decimal to "." or "," and correct the other`,
      line: Math.max(point.line, comma.line),
    };
  }
  if (comma !== undefined) return ',';
  if (point !== undefined || either === undefined) return '.';
  if (delimiter === ',' && !either.cell.includes(',')) return '.';
  const [asPoint, asComma] = [readNumber(either.cell)?.point, readNumber(either.cell)?.comma];
  return {
    code: 'meter.decimal-ambiguous',
    message: `"${either.cell}" may be ${String(asPoint)} (decimal: ".") or ${String(asComma)} (decimal: ","), and no value in the file decides; set decimal`,
    line: either.line,
  };
}
