import type { Coordinates, Location } from '../domain/site.ts';

/** Something wrong with where a site is; `path` is the key it concerns. */
export interface PlaceFault {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

const usStates: ReadonlySet<string> = new Set(
  (
    'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA ' +
    'PR RI SC SD TN TX UT VT VA WA WV WI WY'
  ).split(' '),
);
/** Islands far from the rest, which a box around the country cannot hold. */
const farTerritories: ReadonlySet<string> = new Set(['GU', 'AS', 'MP', 'VI', 'UM']);
const canadianProvinces: ReadonlySet<string> = new Set('AB BC MB NB NL NS NT NU ON PE QC SK YT'.split(' '));
const usNames: ReadonlySet<string> = new Set([
  'us',
  'usa',
  'u.s.',
  'u.s.a.',
  'united states',
  'united states of america',
]);
const canadaNames: ReadonlySet<string> = new Set(['ca', 'can', 'canada']);

type Country = 'US' | 'Canada';
const countryNames: { readonly [country in Country]: string } = { US: 'the US', Canada: 'Canada' };

function countryOf(location: Location | undefined, timezone: string | undefined): Country | undefined {
  if (typeof location === 'object') {
    const state = location.state?.toUpperCase();
    if (state !== undefined && farTerritories.has(state)) return undefined;
    const country = location.country?.toLowerCase();
    if (country !== undefined) {
      if (usNames.has(country)) return 'US';
      return canadaNames.has(country) ? 'Canada' : undefined;
    }
    if (state !== undefined && usStates.has(state)) return 'US';
    if (state !== undefined && canadianProvinces.has(state)) return 'Canada';
  }
  if (timezone === undefined) return undefined;
  if (
    /^US\/|^America\/(?:New_York|Detroit|Chicago|Denver|Boise|Phoenix|Los_Angeles|Anchorage|Indiana\/|Kentucky\/)/.test(
      timezone,
    )
  )
    return 'US';
  return /^Canada\/|^America\/(?:Toronto|Vancouver|Edmonton|Winnipeg|Halifax|Regina|St_Johns|Montreal)$/.test(timezone)
    ? 'Canada'
    : undefined;
}

function isIn(country: Country, { latitude, longitude }: Coordinates): boolean {
  if (country === 'Canada') return latitude > 41 && latitude < 84 && longitude > -142 && longitude < -52;
  // The Aleutians cross the date line.
  return latitude > 17 && latitude < 72 && (longitude < -64 || longitude > 172);
}

function show({ latitude, longitude }: Coordinates): string {
  return `latitude ${String(latitude)}, longitude ${String(longitude)}`;
}

/** What is impossible or suspicious about a site's coordinates, given what else is known of its place. */
export function coordinateFault(
  coordinates: Coordinates,
  location: Location | undefined,
  timezone: string | undefined,
): PlaceFault | undefined {
  const { latitude, longitude } = coordinates;
  const error = (code: string, message: string, key?: string): PlaceFault => ({
    severity: 'error',
    code,
    message,
    path: key === undefined ? ['coordinates'] : ['coordinates', key],
  });
  const turned: Coordinates = { latitude: longitude, longitude: latitude };
  const latitudePossible = Math.abs(latitude) <= 90;
  if (!latitudePossible && Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90) {
    const message = `latitude ${String(latitude)} is impossible, and the two look swapped; is it ${show(turned)}?`;
    return error('site.coordinates-swapped', message, 'latitude');
  }
  if (!latitudePossible) {
    return error(
      'site.coordinates-impossible',
      `latitude ${String(latitude)} is impossible; it lies between -90 and 90`,
      'latitude',
    );
  }
  if (Math.abs(longitude) > 180) {
    const message = `longitude ${String(longitude)} is impossible; it lies between -180 and 180`;
    return error('site.coordinates-impossible', message, 'longitude');
  }
  if (latitude === 0 && longitude === 0) {
    const message =
      'latitude 0, longitude 0 is a place in the sea that stands for "unknown"; give the real coordinates or leave them out';
    return error('site.coordinates-zero', message);
  }
  const country = countryOf(location, timezone);
  if (country !== undefined && !isIn(country, coordinates)) {
    const swapped = [turned, { latitude: longitude, longitude: -latitude }].find((other) => isIn(country, other));
    if (swapped !== undefined) {
      const message = `${show(coordinates)} is not in ${countryNames[country]}, and the two look swapped; is it ${show(swapped)}?`;
      return error('site.coordinates-swapped', message);
    }
    const signed = [
      { latitude, longitude: -longitude },
      { latitude: -latitude, longitude },
    ].find((other) => isIn(country, other));
    if (signed !== undefined) {
      const message = `${show(coordinates)} is not in ${countryNames[country]}, a minus sign seems wrong; is it ${show(signed)}?`;
      return error('site.coordinates-sign', message);
    }
    const message = `${show(coordinates)} is not in ${countryNames[country]}, where the rest of the site says it is; check both`;
    return { ...error('site.coordinates-elsewhere', message), severity: 'warning' };
  }
  if (latitude < -60) {
    return error(
      'site.coordinates-swapped',
      `latitude ${String(latitude)} is in Antarctica; if the two are swapped, it is ${show(turned)}`,
    );
  }
  return undefined;
}

/** A US ZIP code that lost its leading zeros to a spreadsheet. */
export function postalCodeFault(location: Location | undefined): PlaceFault | undefined {
  if (typeof location !== 'object' || location.postalCode === undefined) return undefined;
  if (!/^\d{3,4}$/.test(location.postalCode) || countryOf(location, undefined) !== 'US') return undefined;
  const whole = location.postalCode.padStart(5, '0');
  return {
    severity: 'warning',
    code: 'site.postal-code-short',
    message: `"${location.postalCode}" looks like a ZIP code that lost its leading zero; is it "${whole}"? Write it in quotes`,
    path: ['location', 'postalCode'],
  };
}
