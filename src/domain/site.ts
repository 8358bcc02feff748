import type { QualityRule } from './findings.ts';
import type { Json } from './json.ts';
import type { Position } from './problem.ts';

/** WGS 84 degrees; latitude -90..90, longitude -180..180. */
export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/** A postal address, as free text or in parts (wattcarbon contract, "Meter"). */
export type Location =
  | string
  | {
      readonly street?: string | undefined;
      readonly city?: string | undefined;
      readonly state?: string | undefined;
      readonly postalCode?: string | undefined;
      readonly country?: string | undefined;
    };

/** How to read a meter's files, where the manifest says more than the files do. Every key overrides what would be inferred. */
export interface ReadingOptions {
  readonly layout?: string | undefined;
  readonly encoding?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly decimal?: '.' | ',' | undefined;
  /** 1-based physical line of the header, or false when there is none. */
  readonly header?: number | false | undefined;
  /** Which column holds what: by its name in the header, or by its 1-based number. */
  readonly columns?:
    | {
        readonly start?: string | number | undefined;
        readonly end?: string | number | undefined;
        readonly date?: string | number | undefined;
        readonly time?: string | number | undefined;
        /** Several are added. */
        readonly value?: string | number | readonly (string | number)[] | undefined;
        readonly unit?: string | number | undefined;
        readonly quality?: string | number | undefined;
        readonly meter?: string | number | undefined;
      }
    | undefined;
  readonly dateOrder?: 'dmy' | 'mdy' | 'ymd' | undefined;
  readonly timezone?: string | undefined;
  /** True where the zone was given for these very files, as `convert --timezone` does: other zones that they name are passed over. */
  readonly zoneIsOfFiles?: boolean | undefined;
  readonly stamp?: 'start' | 'end' | undefined;
  readonly values?: 'interval' | 'register' | 'power' | undefined;
  readonly unit?: string | undefined;
  /** kWh in one unit of a gas volume, as the file writes it: per CCF, per m3. */
  readonly heatContent?: number | undefined;
  /** ISO 8601 duration of one interval: `PT15M`, `PT1H`, `P1D`. */
  readonly interval?: string | undefined;
  readonly sign?: 'asis' | 'invert' | undefined;
  /** What a row that cannot be read does: it fails the file (the default), or it is left out and kept apart. */
  readonly onBadRow?: 'fail' | 'quarantine' | undefined;
  /** Only rows whose named column has this value, in which a `*` stands for any text. */
  readonly select?: { readonly [column: string]: string } | undefined;
}

export interface Meter extends ReadingOptions {
  /** Unique within its site. */
  readonly id: string;
  readonly type: 'electricity' | 'gas';
  /** Absolute paths, in the order given; a glob is already expanded and sorted. Empty: a meter without data. */
  readonly data: readonly string[];
}

/** An asset as the manifest gives it; fields this program does not know pass through (wattcarbon contract, "Asset"). */
export interface Asset {
  readonly kind: string;
  readonly [field: string]: Json;
}

/** One demand-response event as written in the manifest: instants with offset, or local times of the site's zone. */
export interface EventWindow {
  readonly start: string;
  readonly end: string;
}

/** One home, building, solar roof or battery, with `defaults` already applied. `id` becomes `customId`. */
export interface Site {
  readonly id: string;
  readonly name: string;
  readonly location?: Location | undefined;
  readonly coordinates?: Coordinates | undefined;
  /** Grid region by hand: for every signal, or by signal. Skips the look-up. */
  readonly region?: string | { readonly [signal: string]: string } | undefined;
  /** IANA zone for naive times in this site's files. */
  readonly timezone?: string | undefined;
  readonly utility?: string | undefined;
  /** Which of the manifest's accounts receives its data, by name; undefined where the manifest names none. */
  readonly account?: string | undefined;
  readonly meters: readonly Meter[];
  readonly asset?: Asset | undefined;
  /** An absolute path, or the events themselves. */
  readonly events?: string | readonly EventWindow[] | undefined;
  /** What is to be made of findings in the site's data; the first rule that fits one holds, `defaults` come last. */
  readonly quality?: readonly QualityRule[] | undefined;
  /** Where the operator wrote the value at `path` (dotted, list items by number); the nearest parent when it is absent. */
  readonly where: (path?: string) => Position;
}
