import type { ReadingOptions } from '../../domain/site.ts';

/** The places (0-based) of the columns that the manifest names; `values` are to be added where there are several. */
export interface GivenColumns extends Readonly<
  Partial<Record<'start' | 'end' | 'time' | 'unit' | 'quality' | 'meter', number>>
> {
  readonly values: readonly number[];
}

/** The 0-based column that an option names, by its header or its 1-based number; undefined when there is none. */
export function columnNamed(header: readonly string[], name: string | number): number | undefined {
  if (typeof name === 'number') return name >= 1 && name <= header.length ? name - 1 : undefined;
  const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const exact = header.findIndex((cell) => plain(cell) === plain(name));
  const loose = header.findIndex((cell) => plain(cell).toLowerCase() === plain(name).toLowerCase());
  const at = exact === -1 ? loose : exact;
  return at === -1 ? undefined : at;
}

/** Finds the columns that the manifest names in a header (empty names where there is none); or says which is not there. */
export function placeGiven(
  header: readonly string[],
  { columns = {} }: ReadingOptions,
): GivenColumns | { readonly code: 'meter.column-not-found'; readonly message: string } {
  const { value, ...single } = columns;
  const given: { [key: string]: number } = {};
  const values: number[] = [];
  for (const [key, name] of [
    ...Object.entries(single),
    ...[value ?? []].flat().map((one) => ['value', one] as const),
  ]) {
    if (name === undefined) continue;
    const at = columnNamed(header, name);
    if (at === undefined) {
      const there = header.every((cell) => cell.trim() === '')
        ? `a row has ${String(header.length)} without names`
        : `the columns are ${header.map((cell) => `"${cell.trim()}"`).join(' and ')}`;
      return { code: 'meter.column-not-found', message: `columns.${key} is ${JSON.stringify(name)}, but ${there}` };
    }
    if (key === 'value') values.push(at);
    else given[key] = at;
  }
  const { date, ...placed } = given;
  return { ...(date !== undefined && { start: date }), ...placed, values };
}
