import type { Json } from '../domain/json.ts';
import type { RemoteReading } from '../domain/remote.ts';
import type { Span } from '../domain/span.ts';
import type { Answer } from './api-client.ts';
import { readEntries, type Listing } from './listing.ts';
import { isFields } from './remote-answers.ts';
import type { RequestForm } from './request-form.ts';

/** The parameters that narrow a reading back to a span, as far as names are in use. */
const bounds = { start: /^(?:start|from|since|begin)/, end: /^(?:end|to|until|stop)/ } as const;
/** Columns of what is read back, where they are not called as in the file that was sent. */
const columns = {
  start: /^(?:start|time|date|interval)/,
  end: /^end/,
  energy: /kwh|energy|therm|value|usage|consumption/,
} as const;

const dayMs = 86_400_000;

/**
 * Puts the span into the address. False where the API's description knows no parameters for both its ends: then all that a
 * meter holds comes back.
 */
export function narrow(url: URL, query: RequestForm, { start, end }: Span): boolean {
  const names = [...query.fields.keys()];
  const from = names.find((name) => bounds.start.test(plain(name)));
  const to = names.find((name) => bounds.end.test(plain(name)));
  if (from === undefined || to === undefined) return false;
  const write = (name: string, instant: number): string => {
    const text = new Date(instant).toISOString().replace('.000Z', 'Z');
    return plain(name).endsWith('date') ? text.slice(0, 10) : text;
  };
  url.searchParams.set(from, write(from, start));
  // A date may be meant inclusively or exclusively; what comes too much is left out below.
  url.searchParams.set(to, write(to, plain(to).endsWith('date') ? end + dayMs : end));
  return true;
}

/**
 * What a meter holds of a span, from JSON (paged as any list) or CSV. `header` names the columns of the file that was sent.
 * Undefined when it cannot be read for certain: a column is not found, or a time has no offset.
 */
export async function readReadings(
  listing: Listing,
  header: readonly string[],
  { start, end }: Span,
): Promise<readonly RemoteReading[] | undefined> {
  const kept: RemoteReading[] = [];
  const rows = rowsOf(listing, header);
  for await (const row of rows) {
    if (row === undefined) return undefined;
    if (row.start >= start && row.start < end) kept.push(row);
  }
  return kept;
}

async function* rowsOf(listing: Listing, header: readonly string[]): AsyncGenerator<RemoteReading | undefined> {
  const first = await listing.fetchPage(listing.first);
  if (!/^\s*[[{]/.test(first.text)) {
    yield* rowsOfCsv(first.text, header);
    return;
  }
  let asked = false;
  const fetchPage = async (url: URL): Promise<Answer> => {
    if (asked) return listing.fetchPage(url);
    asked = true;
    return first;
  };
  // A reading has no id, and two may be equal: a server that ignores the parameter of the page shows the same page again.
  const seenPages = new Set<string>();
  let [page, isNew]: [Answer | undefined, boolean] = [undefined, true];
  const isFresh = (_entry: Json, answer: Answer): boolean => {
    if (answer !== page) [page, isNew] = [answer, seenPages.size < seenPages.add(answer.text).size];
    return isNew;
  };
  for await (const entry of readEntries({ ...listing, fetchPage }, isFresh)) {
    yield isFields(entry) ? toReading(entry, header) : undefined;
  }
}

function* rowsOfCsv(text: string, header: readonly string[]): Generator<RemoteReading | undefined> {
  const [first = '', ...lines] = text.trim().split(/\r?\n/);
  const names = first.replace(/^\uFEFF/, '').split(',');
  for (const line of lines) {
    const cells = line.split(',').map((cell) => cell.replaceAll(/^"|"$/g, ''));
    yield toReading(Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null])), header);
  }
}

function toReading(row: { readonly [column: string]: Json }, header: readonly string[]): RemoteReading | undefined {
  const [startName = '', ...others] = header;
  const start = instantOf(cellOf(row, startName, columns.start));
  const energyCell = cellOf(row, others.at(-1) ?? '', columns.energy);
  const energy = typeof energyCell === 'string' && energyCell.trim() !== '' ? Number(energyCell) : energyCell;
  if (start === undefined || typeof energy !== 'number' || !Number.isFinite(energy)) return undefined;
  if (others.length < 2) return { start, end: undefined, energy };
  const end = instantOf(cellOf(row, others[0] ?? '', columns.end));
  return end === undefined ? undefined : { start, end, energy };
}

function cellOf(row: { readonly [column: string]: Json }, name: string, pattern: RegExp): Json | undefined {
  const names = Object.keys(row);
  const own = names.find((one) => plain(one) === plain(name)) ?? names.find((one) => pattern.test(plain(one)));
  return own === undefined ? undefined : row[own];
}

/** A date is its UTC midnight; a time without an offset could be any. */
function instantOf(cell: Json | undefined): number | undefined {
  if (typeof cell !== 'string' || !/^\d{4}-\d\d-\d\d(?:$|[T ].*(?:Z|[+-]\d\d:?\d\d)$)/i.test(cell)) return undefined;
  const instant = Date.parse(cell.replace(' ', 'T'));
  return Number.isNaN(instant) ? undefined : instant;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, '');
}
