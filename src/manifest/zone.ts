import { IANAZone } from 'luxon';
import { nearestWord } from './suggest.ts';
import { zoneAliases } from './zone-aliases.ts';

// Asking the runtime about a name it does not list builds a formatter: 90 microseconds and kilobytes a row.
const knownZones: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), ...zoneAliases]);

/** Names that spreadsheets, Windows and people use, and what they mean. */
const foreignNames: ReadonlyMap<string, string> = new Map([
  ['eastern standard time', 'America/New_York'],
  ['us eastern standard time', 'America/Indiana/Indianapolis'],
  ['central standard time', 'America/Chicago'],
  ['canada central standard time', 'America/Regina'],
  ['mountain standard time', 'America/Denver'],
  ['us mountain standard time', 'America/Phoenix'],
  ['pacific standard time', 'America/Los_Angeles'],
  ['alaskan standard time', 'America/Anchorage'],
  ['hawaiian standard time', 'Pacific/Honolulu'],
  ['atlantic standard time', 'America/Halifax'],
  ['newfoundland standard time', 'America/St_Johns'],
  ['gmt standard time', 'Europe/London'],
  ['w. europe standard time', 'Europe/Berlin'],
  ['romance standard time', 'Europe/Paris'],
  ['central european standard time', 'Europe/Warsaw'],
  ['e. south america standard time', 'America/Sao_Paulo'],
  ['aus eastern standard time', 'Australia/Sydney'],
  ['tokyo standard time', 'Asia/Tokyo'],
  ['india standard time', 'Asia/Kolkata'],
  ['eastern', 'America/New_York'],
  ['et', 'America/New_York'],
  ['edt', 'America/New_York'],
  ['central', 'America/Chicago'],
  ['ct', 'America/Chicago'],
  ['cst', 'America/Chicago'],
  ['cdt', 'America/Chicago'],
  ['mountain', 'America/Denver'],
  ['mt', 'America/Denver'],
  ['mdt', 'America/Denver'],
  ['pacific', 'America/Los_Angeles'],
  ['pt', 'America/Los_Angeles'],
  ['pst', 'America/Los_Angeles'],
  ['pdt', 'America/Los_Angeles'],
  ['akst', 'America/Anchorage'],
  // These know daylight saving, but stand for a continent of zones with different pasts.
  ['wet', 'Europe/Lisbon'],
  ['cet', 'Europe/Berlin'],
  ['met', 'Europe/Berlin'],
  ['eet', 'Europe/Athens'],
]);

/** Names of the IANA database that are a fixed offset, and the zone that is mostly meant by each. */
const fixedNames: ReadonlyMap<string, readonly [offset: string, meant: string, fixed: string]> = new Map([
  ['est', ['-05:00', 'America/New_York', 'Etc/GMT+5']],
  ['mst', ['-07:00', 'America/Denver', 'Etc/GMT+7']],
  ['hst', ['-10:00', 'Pacific/Honolulu', 'Etc/GMT+10']],
]);

/** Abbreviations that the runtime takes for zones although they are none: each means another one elsewhere. */
const abbreviations =
  /^(?:ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|SST|VST)$/i;

/** What is wrong with a time zone's name, as a sentence; undefined when it is an IANA zone. */
export function zoneFault(name: string): string | undefined {
  const fixed = fixedNames.get(name.trim().toLowerCase());
  if (fixed !== undefined) {
    const [offset, meant, etc] = fixed;
    return `"${name}" is a fixed ${offset} and knows no daylight saving: use "${meant}"; if the meter really stays on standard time, "${etc}"`;
  }
  if (knownZones.has(name)) return undefined;
  const meant = foreignNames.get(name.trim().toLowerCase());
  if (meant !== undefined) return `"${name}" is not an IANA time zone; use "${meant}"`;
  // Newer runtimes take offsets for zones; a fixed offset has no daylight saving, which is never what a site has.
  const offset = /^(?:utc|gmt)?\s*[+-]\d/i.test(name);
  if (!offset && !abbreviations.test(name) && IANAZone.isValidZone(name)) return undefined;
  if (offset) return `"${name}" is an offset, not a time zone; name the zone, like "America/Chicago"`;
  const near = nearestWord(name, knownZones);
  return near === undefined
    ? `"${name}" is not a time zone; use an IANA name, like "America/Chicago"`
    : `"${name}" is not a time zone; did you mean "${near}"?`;
}
