import type { CanonicalForm } from '../domain/meter-data.ts';
import type { Position } from '../domain/problem.ts';
import type { ManifestDocument } from './document.ts';
import type { Moment } from './moments.ts';
import type { WrittenHead, WrittenPortfolio } from './schema.ts';

/** At most `requests` may count at once within a rolling window. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

/** How WattTime is reached and what is asked of it. */
export interface WattTimeSettings {
  /** Without a slash at its end; `WATTTIME_API_URL` is already applied. */
  readonly url: string;
  readonly limit: RateLimit;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly signals: readonly string[];
  readonly regions: 'auto' | 'api' | 'map';
}

/** An operation as the manifest lays it down; it wins over what the API says of itself. */
export type EndpointSettings = WrittenHead['wattcarbon']['endpoints'][string];

/** Where the API's own description comes from. */
export type OpenApiSource =
  | { readonly kind: 'auto' }
  | { readonly kind: 'off' }
  | { readonly kind: 'url'; readonly url: string }
  /** An absolute path. */
  | { readonly kind: 'file'; readonly path: string };

/** The account that receives the data; `unset` names the environment variable it should have come from. */
export interface AccountReference {
  readonly value?: string;
  readonly unset?: string;
}

/** One account at WattCarbon, and the environment variables that hold its credentials. */
export interface AccountSettings {
  /** As sites name it; undefined for the only one, `wattcarbon.account`. */
  readonly name: string | undefined;
  readonly id: AccountReference;
  /** The first that is set holds the user. */
  readonly emailVariables: readonly string[];
  readonly keyVariable: string;
}

/** How WattCarbon is reached and what it wants to see. */
export interface WattCarbonSettings {
  /** Without a slash at its end; `WATTCARBON_API_URL` is already applied. */
  readonly url: string;
  /** Never empty: `wattcarbon.account` alone, or `wattcarbon.accounts` in their order. */
  readonly accounts: readonly AccountSettings[];
  readonly limit: RateLimit;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly settleMs: number;
  readonly reupload: 'replace' | 'refuse' | 'append';
  readonly form: CanonicalForm;
  readonly coordinateKeys: readonly [latitude: string, longitude: string];
  readonly openapi: OpenApiSource;
  readonly endpoints: { readonly [operation: string]: EndpointSettings };
  readonly allowUnverifiedEndpoints: boolean;
}

/** The window of emissions to keep, before "now" is known; see `resolveWindow`. */
export interface MoerSettings {
  readonly from: Moment;
  readonly to: Moment;
  /** Points younger than this, counted back from now, are asked again. */
  readonly revisionsMs: number;
  /** Date that names the model; undefined for the one WattTime uses. */
  readonly model: string | undefined;
  readonly imputed: boolean;
  /** Longest span of one request; at most 32 days. */
  readonly chunkMs: number;
  /** Where `moer` stands in the manifest. */
  readonly at: Position;
}

/** A manifest, read: paths absolute, durations in milliseconds, defaults filled in. Its sites are read by `readSites`. */
export interface Manifest {
  /** As the operator typed it. */
  readonly file: string;
  /** Absolute path of the folder the manifest is in; its paths are relative to it. */
  readonly folder: string;
  readonly name: string | undefined;
  readonly watttime: WattTimeSettings;
  readonly wattcarbon: WattCarbonSettings;
  readonly moer: MoerSettings | undefined;
  /** Absolute path of the ledger's file. */
  readonly ledger: string;
  /** Absolute path of the emissions dataset's folder. */
  readonly store: string;
  /** Absolute path of the permits' file; undefined when they are in the ledger. */
  readonly budget: string | undefined;
  readonly defaults: WrittenHead['defaults'];
  readonly portfolio: WrittenPortfolio | undefined;
  /** The entries of `sites` as written, not yet checked. */
  readonly inlineSites: readonly unknown[];
  readonly document: ManifestDocument;
}
