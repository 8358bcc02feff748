import type { PathKey } from './document.ts';

/** What to write instead of a text that was meant as a number, or as true or false: `; write 41.4, with a point`. */
export function numberHint(expected: string, value: unknown, key: PathKey | undefined): string {
  if (typeof value !== 'string') return '';
  const text = value.trim();
  if (expected === 'boolean') return /^(?:true|false)$/.test(text) ? '; remove the quotes' : '';
  if (expected !== 'number' && expected !== 'int') return '';
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return '; remove the quotes';
  if (/^[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+$|^[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}$/.test(text)) {
    return `; write ${text.replaceAll(',', '')}, without commas`;
  }
  if (!/^[+-]?\d+,\d+$/.test(text)) return '';
  const point = text.replace(',', '.');
  const whole = text.replace(',', '');
  if (expected === 'int') return `; write ${whole}, without a comma`;
  // "1,850" square feet may be thousands; "41,480" degrees are not.
  const thousands = /^[+-]?[1-9]\d{0,2},\d{3}$/.test(text) && key !== 'latitude' && key !== 'longitude';
  return thousands ? `; write ${whole}, or ${point} if the comma is a decimal mark` : `; write ${point}, with a point`;
}
