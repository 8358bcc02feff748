import { checkAccount } from './accounts.ts';
import { knownAssetKinds } from '../domain/asset-kinds.ts';
import type { Severity } from '../domain/problem.ts';
import { coordinateFault, postalCodeFault } from './check-place.ts';
import { eventFaults } from './check-events.ts';
import type { PathKey } from './document.ts';
import { valueAt } from './lenient-path.ts';
import type { Manifest } from './manifest.ts';
import { renamedValue, retiredKeyMessage, retiredKeyNames } from './retired.ts';
import type { WrittenSite } from './site-schema.ts';
import { didYouMean } from './suggest.ts';

/** Takes one finding about a site; `path` is within the site. */
export type Report = (
  severity: Severity,
  code: string,
  message: string,
  path: readonly PathKey[],
  part?: 'key' | 'value',
) => void;

/** What this program itself says of every asset: another value would break the tie between site and asset. */
const reservedAssetKeys: ReadonlyMap<string, string> = new Map([
  ['name', 'it is the "name" of the site; give it there'],
  ['location', 'it is the "location" or the "coordinates" of the site; give them there'],
  ['customId', 'it is the "id" of the site, by which a lost asset is found again: remove it'],
  ['meterIds', 'they are filled from the "meters" of the site: remove them'],
]);

/** A site's values with the manifest's defaults applied. */
export type CompleteSite = WrittenSite & Pick<Manifest['defaults'], 'timezone' | 'utility' | 'region'>;

function checkPlace(site: CompleteSite, raw: unknown, manifest: Manifest, report: Report): void {
  const faults = [
    site.coordinates === undefined ? undefined : coordinateFault(site.coordinates, site.location, site.timezone),
    postalCodeFault(site.location),
  ];
  for (const fault of faults) if (fault !== undefined) report(fault.severity, fault.code, fault.message, fault.path);

  // What was given but is wrong has its own problem: the raw value says whether it was given.
  const given = (key: string) => valueAt(raw, [key]) !== undefined;
  const placed = given('coordinates') || given('location');
  if (!placed && (given('asset') || given('meters'))) {
    const step = given('asset') ? 'asset' : 'meter';
    report(
      'error',
      'site.location-missing',
      `the ${step} step needs to know where the site is; give "location" or "coordinates"`,
      [],
    );
  }
  if (manifest.moer === undefined || given('coordinates') || !placed) return;
  const { region } = site;
  const lacking = manifest.watttime.signals.filter(
    (signal) => typeof region !== 'string' && region?.[signal] === undefined,
  );
  if (lacking.length === 0 || (given('region') && region === undefined)) return;
  const message =
    region === undefined
      ? 'the region step cannot place an address alone in a grid region; give "coordinates" or a "region"'
      : `the region step cannot place an address alone in a grid region, and "region" has none for ${lacking.join(', ')}; give "coordinates" or those regions`;
  report('error', 'site.region-missing', message, [given('region') ? 'region' : 'location']);
}

function checkAsset(site: CompleteSite, raw: unknown, report: Report): void {
  const { asset } = site;
  if (asset === undefined) return;
  for (const key of retiredKeyNames) {
    const message = key in asset ? retiredKeyMessage(key) : undefined;
    if (message !== undefined) report('error', 'manifest.name-retired', message, ['asset', key], 'key');
  }
  for (const [key, advice] of reservedAssetKeys) {
    if (key in asset) {
      report('error', 'asset.key-reserved', `"${key}" of the asset is not free: ${advice}`, ['asset', key], 'key');
    }
  }
  const renamed = renamedValue('kind', asset.kind);
  if (renamed !== undefined) {
    report('error', 'manifest.name-retired', `"${asset.kind}" is a retired name; it is "${renamed}" now`, [
      'asset',
      'kind',
    ]);
  } else if (!knownAssetKinds.includes(asset.kind)) {
    const hint = didYouMean(asset.kind, knownAssetKinds, '; it is sent as it is');
    report('warning', 'asset.kind-unknown', `"${asset.kind}" is not an asset kind that is known here${hint}`, [
      'asset',
      'kind',
    ]);
  }
  if (valueAt(raw, ['meters']) === undefined) {
    report(
      'warning',
      'site.meters-none',
      'the site has an asset and no meters, so nothing will be measured of it',
      ['asset'],
      'key',
    );
  }
  if (asset.kind.startsWith('demand_response') && valueAt(raw, ['events']) === undefined) {
    report(
      'warning',
      'events.none',
      'a demand-response asset needs its events before it can be measured; give "events"',
      ['asset', 'kind'],
    );
  }
}

function checkEvents(site: CompleteSite, raw: unknown, report: Report): void {
  if (site.events === undefined) return;
  if (valueAt(raw, ['asset']) === undefined) {
    report(
      'error',
      'events.asset-missing',
      'the events step attaches events to an asset, and the site has none; give "asset"',
      ['events'],
      'key',
    );
  }
  if (typeof site.events === 'string') return;
  for (const { code, message, index, key } of eventFaults(site.events, site.timezone)) {
    report('error', code, message, ['events', index, key]);
  }
}

function checkMeters(site: CompleteSite, report: Report): void {
  const seen = new Map<string, number>();
  for (const [index, meter] of (site.meters ?? []).entries()) {
    const first = seen.get(meter.id);
    if (first === undefined) {
      seen.set(meter.id, index);
      continue;
    }
    const message = `"${meter.id}" is the id of meter no. ${String(first + 1)} of this site too; give each its own`;
    report('error', 'meter.id-doubled', message, ['meters', index, 'id']);
  }
}

/** What the schema cannot see of a site: its place, its parts together, the names WattCarbon has retired. */
export function checkSite(site: CompleteSite, raw: unknown, manifest: Manifest, report: Report): void {
  checkAccount(site, raw, manifest, report);
  checkPlace(site, raw, manifest, report);
  checkMeters(site, report);
  checkAsset(site, raw, report);
  checkEvents(site, raw, report);
}
