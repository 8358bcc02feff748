/** What a column of an event list holds. Whether a start is a date, a time or both is seen in its cells. */
export interface EventColumns {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly dates: readonly number[];
  /** Columns of whole windows: `1300-2200`, `10/1/2020 15:00:00 through 22:00:00`. */
  readonly windows: readonly number[];
  readonly year: number | undefined;
}

type Role = 'start' | 'end' | 'date' | 'window' | 'year';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** When a notice was written says nothing of when the event is. */
const notices = words(
  'issue issued issuance notice noticed notified notification posted created sent published received updated announced announcement registered',
);
const strangers = words(
  'id name type program programme number no status reason notes note comment zone timezone region duration length minutes kw mw price level season utility weekday',
);
const startWords = words('start starting starts begin begins beginning from von beginn');
const endWords = words('end ending ends until till to bis ende stop finish');
const dateWords = words('date day datum tag');
const windowWords = words('event events window windows time times hours hour period when zeit uhrzeit');

function roleOf(name: string): Role | undefined {
  const all = name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const has = (set: ReadonlySet<string>): boolean => all.some((word) => set.has(word));
  // A cell with digits or much prose is content, or a title.
  if (all.length === 0 || all.length > 5 || /\d/.test(name) || has(notices)) return undefined;
  if (all.length <= 2 && (all.includes('year') || all.includes('jahr'))) return 'year';
  if (has(startWords)) return 'start';
  if (has(endWords)) return 'end';
  if (has(strangers)) return undefined;
  if (has(dateWords)) return 'date';
  return has(windowWords) ? 'window' : undefined;
}

/** The columns of an event list by the names in its header; undefined when the row is no header of one. */
export function eventColumns(cells: readonly string[]): EventColumns | undefined {
  const roles = cells.map((cell) => roleOf(cell));
  const of = (role: Role): readonly number[] => [...roles.keys()].filter((at) => roles[at] === role);
  const [starts, ends, dates, windows] = [of('start'), of('end'), of('date'), of('window')];
  if (starts.length > 0 && ends.length > 0) return { starts, ends, dates, windows, year: of('year')[0] };
  if (windows.length === 0 || starts.length > 0 !== ends.length > 0) return undefined;
  return { starts, ends, dates, windows, year: of('year')[0] };
}
