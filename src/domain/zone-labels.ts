import { openZone, type Zone } from './zone.ts';

/** What a file calls its time: an abbreviation with an offset (`EST`), or a clock that goes by its season (`Eastern`, `CET/CEST`). */
export interface ZoneLabel {
  /** As the file writes it. */
  readonly text: string;
  /** Minutes ahead of UTC, the likeliest first where an abbreviation has several meanings; empty for a clock that goes by its season. */
  readonly offsets: readonly number[];
  /** IANA zones whose clocks it may mean, the likeliest first. */
  readonly zones: readonly string[];
}

interface Family {
  /** Word in names: `Eastern`. */
  readonly word?: RegExp;
  /** Abbreviations of the clock that goes by its season: `ET`, `EPT` (prevailing). */
  readonly seasonal: readonly string[];
  readonly standard?: readonly [abbreviations: readonly string[], minutes: number];
  readonly summer?: readonly [abbreviations: readonly string[], minutes: number];
  readonly zones: readonly string[];
}

/** The likeliest meaning of an abbreviation comes first. */
const families: readonly Family[] = [
  {
    word: /eastern/i,
    seasonal: ['ET', 'EPT', 'EST5EDT'],
    standard: [['EST'], -300],
    summer: [['EDT'], -240],
    zones: ['America/New_York', 'Australia/Sydney', 'Australia/Brisbane'],
  },
  {
    word: /central/i,
    seasonal: ['CT', 'CPT', 'CST6CDT'],
    standard: [['CST'], -360],
    summer: [['CDT'], -300],
    zones: ['America/Chicago', 'Australia/Adelaide', 'Australia/Darwin'],
  },
  {
    word: /mountain/i,
    seasonal: ['MT', 'MPT', 'MST7MDT'],
    standard: [['MST'], -420],
    summer: [['MDT'], -360],
    zones: ['America/Denver', 'America/Phoenix'],
  },
  {
    word: /pacific/i,
    seasonal: ['PT', 'PPT', 'PST8PDT'],
    standard: [['PST'], -480],
    summer: [['PDT'], -420],
    zones: ['America/Los_Angeles'],
  },
  {
    word: /alaska/i,
    seasonal: ['AKT'],
    standard: [['AKST'], -540],
    summer: [['AKDT'], -480],
    zones: ['America/Anchorage'],
  },
  { word: /hawaii/i, seasonal: ['HT'], standard: [['HST', 'HAST'], -600], zones: ['Pacific/Honolulu'] },
  { word: /atlantic/i, seasonal: [], standard: [['AST'], -240], summer: [['ADT'], -180], zones: ['America/Halifax'] },
  { seasonal: [], standard: [['NST'], -210], summer: [['NDT'], -150], zones: ['America/St_Johns'] },
  { seasonal: [], summer: [['BST'], 60], zones: ['Europe/London'] },
  { seasonal: [], standard: [['WET'], 0], summer: [['WEST'], 60], zones: ['Europe/Lisbon'] },
  {
    word: /central[ _-]*europe(?:an)?/i,
    seasonal: [],
    standard: [['CET', 'MEZ'], 60],
    summer: [['CEST', 'MESZ'], 120],
    zones: ['Europe/Berlin'],
  },
  { seasonal: [], standard: [['EET'], 120], summer: [['EEST'], 180], zones: ['Europe/Athens'] },
  { seasonal: [], standard: [['MSK'], 180], zones: ['Europe/Moscow'] },
  { seasonal: [], standard: [['SAST'], 120], zones: ['Africa/Johannesburg'] },
  { seasonal: [], standard: [['IST'], 330], zones: ['Asia/Kolkata'] },
  { seasonal: [], summer: [['IST'], 60], zones: ['Europe/Dublin'] },
  { seasonal: [], standard: [['CST'], 480], zones: ['Asia/Shanghai'] },
  { seasonal: [], standard: [['SGT'], 480], zones: ['Asia/Singapore'] },
  { seasonal: [], standard: [['HKT'], 480], zones: ['Asia/Hong_Kong'] },
  { seasonal: [], standard: [['JST'], 540], zones: ['Asia/Tokyo'] },
  { seasonal: [], standard: [['KST'], 540], zones: ['Asia/Seoul'] },
  { seasonal: [], standard: [['AWST'], 480], zones: ['Australia/Perth'] },
  { seasonal: [], standard: [['ACST'], 570], summer: [['ACDT'], 630], zones: ['Australia/Adelaide'] },
  { seasonal: ['AET'], standard: [['AEST'], 600], summer: [['AEDT'], 660], zones: ['Australia/Sydney'] },
  { seasonal: [], standard: [['NZST'], 720], summer: [['NZDT'], 780], zones: ['Pacific/Auckland'] },
  { seasonal: [], standard: [['EST'], 600], summer: [['EDT'], 660], zones: ['Australia/Sydney'] },
];

interface Meaning {
  readonly offsets: number[];
  readonly zones: string[];
}

const meanings: ReadonlyMap<string, Meaning> = (() => {
  const all = new Map<string, Meaning>();
  const note = (names: readonly string[], offset: number | undefined, zones: readonly string[]): void => {
    for (const name of names) {
      const meaning = all.get(name) ?? { offsets: [], zones: [] };
      if (offset !== undefined) meaning.offsets.push(offset);
      meaning.zones.push(...zones);
      all.set(name, meaning);
    }
  };
  for (const { seasonal, standard, summer, zones } of families) {
    note(seasonal, undefined, zones);
    note(standard?.[0] ?? [], standard?.[1], zones);
    note(summer?.[0] ?? [], summer?.[1], zones);
  }
  return all;
})();

/** The label that a text is, alone: `EST`, `America/Chicago`, `CST/CDT`; undefined for any other text. */
export function zoneLabelOf(text: string): ZoneLabel | undefined {
  const label = text.trim();
  const meaning = meanings.get(label);
  if (meaning !== undefined) return { text: label, ...meaning };
  if (/^(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|US|Canada)\/[\w+/-]+$/.test(label))
    return { text: label, offsets: [], zones: [label] };
  const pair = /^([A-Z]{3,4}) ?[/|&-] ?([A-Z]{3,4})$/.exec(label);
  const [first, second] = [meanings.get(pair?.[1] ?? ''), meanings.get(pair?.[2] ?? '')];
  const both = second?.zones.filter((zone) => pair?.[1] === 'GMT' || first?.zones.includes(zone)) ?? [];
  return both.length === 0 ? undefined : { text: label, offsets: [], zones: both };
}

/**
 * The label that stands in a column's name: `Time (EST)`, `Timestamp (Eastern)`, `Local time (Pacific)`, `Hour Ending CST/CDT`.
 * Abbreviations count in capitals or in brackets. Undefined where there is none.
 */
export function zoneLabelIn(name: string): ZoneLabel | undefined {
  const iana = /[A-Z]\w+\/[A-Z][\w/+-]+/.exec(name)?.[0];
  if (iana !== undefined && zoneLabelOf(iana) !== undefined) return zoneLabelOf(iana);
  const pair = /(?:^|[^A-Za-z])([A-Z]{3,4} ?[/|&-] ?[A-Z]{3,4})(?=$|[^A-Za-z])/.exec(name)?.[1];
  if (pair !== undefined && zoneLabelOf(pair) !== undefined) return zoneLabelOf(pair);
  // The longest of the words that fit: `Central European` before `Central`.
  const words = families.flatMap(({ word, standard, summer, zones }) => {
    const found = word?.exec(name)?.[0];
    return found === undefined ? [] : [{ found, standard, summer, zones }];
  });
  const best = words.toSorted((a, b) => b.found.length - a.found.length)[0];
  if (best !== undefined && isOfTime(name, best.found)) {
    const season = /\bstandard\b/i.test(name) ? best.standard : /\bdaylight\b/i.test(name) ? best.summer : undefined;
    const offsets = season === undefined ? [] : (meanings.get(season[0][0] ?? '')?.offsets ?? []);
    return { text: best.found, offsets, zones: best.zones };
  }
  const bracketed = [...name.matchAll(/[([]([^)\]]*)[)\]]/g)].map((found) => (found[1] ?? '').trim().toUpperCase());
  const capitals = name.split(/[^A-Za-z0-9]+/).filter((word) => /^[A-Z]{2,5}\d?[A-Z]*$/.test(word));
  return [...bracketed, ...capitals].map((word) => zoneLabelOf(word)).find((label) => label !== undefined);
}

/** True where a word for a region stands for its time: in brackets, at the end, or before what says of which kind. */
function isOfTime(name: string, word: string): boolean {
  const after = name.slice(name.indexOf(word) + word.length);
  return /^\s*(?:$|[)\]]|(?:local|prevailing|standard|daylight|summer|time)\b)/i.test(after.replaceAll('_', ' '));
}

/**
 * True where a zone's clock stands at `minutes` ahead of UTC when the clock that the label names does: in New York's winter
 * for EST. Chicago's summer has the same offset, but does not call it so.
 */
export function isLabelOf(zone: Zone, label: ZoneLabel, minutes: number, year: number): boolean {
  const moments = [0, 6].map((month) => Date.UTC(year, month, 1));
  return label.zones.some((name) => {
    const own = openZone(name);
    return moments.some((at) => own?.offsetMsAt(at) === minutes * 60_000 && zone.offsetMsAt(at) === minutes * 60_000);
  });
}

/** Minutes ahead of UTC as they are written after a time: `-05:00`. */
export function formatOffset(minutes: number): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
