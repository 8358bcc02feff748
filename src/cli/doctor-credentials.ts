import type { Manifest } from '../manifest/manifest.ts';
import type { Credentials } from './credentials.ts';
import { denied, fine, type Finding } from './finding.ts';
import type { Survey } from './manifest-input.ts';
import type { Terminal } from './terminal.ts';

/** For which of the APIs and accounts something is missing to log in with. */
export interface Lacks {
  readonly watttime: boolean;
  /** Places in the manifest's list of accounts. */
  readonly accounts: ReadonlySet<number>;
}

/** Where nobody could log in: nothing is asked there. */
export function lacksCredentials(manifest: Manifest, credentials: Credentials, uses: Survey['uses']): Lacks {
  const wanted = listWanted(manifest, credentials, uses);
  return {
    watttime: wanted.some(({ account, missing }) => account === undefined && missing.length > 0),
    accounts: new Set(
      wanted.flatMap(({ account, missing }) => (account !== undefined && missing.length > 0 ? [account] : [])),
    ),
  };
}

/** Are the credentials there that the sites need? Says where they come from, and never what they are. */
export function examineCredentials(
  manifest: Manifest,
  credentials: Credentials,
  uses: Survey['uses'],
  env: Terminal['env'],
): readonly Finding[] {
  return listWanted(manifest, credentials, uses).map(({ check, about, names, missing, isNeeded }) => {
    if (missing.length > 0) {
      const message = `${about}not set: ${missing.join(', ')}`;
      return isNeeded
        ? denied(check, message, 'set them in the environment, or rehearse with --sandbox')
        : fine(check, `${message}; no site needs them`);
    }
    const isSet = (name: string): boolean => name === inManifest || name.split(' or ').some((one) => env[one]);
    const madeUp = names.filter((name) => !isSet(name));
    const set = names.filter(isSet);
    return fine(
      check,
      [
        set.length > 0 ? `${about}set: ${set.join(', ')}` : about,
        madeUp.length > 0 ? `made up for the rehearsal: ${madeUp.join(', ')}` : '',
      ]
        .filter(Boolean)
        .join('; '),
    );
  });
}

/** Stands for an account that the manifest itself names. */
const inManifest = 'the account, in the manifest';

interface Wanted {
  readonly check: string;
  readonly about: string;
  /** Place in the manifest's list; undefined for WattTime. */
  readonly account: number | undefined;
  readonly names: readonly string[];
  readonly missing: readonly string[];
  readonly isNeeded: boolean;
}

function listWanted(
  { wattcarbon: { accounts } }: Manifest,
  { wattTimeUser, wattTimePassword, wattCarbon }: Credentials,
  uses: Survey['uses'],
): readonly Wanted[] {
  const toWanted = (
    check: string,
    given: Readonly<Record<string, string | undefined>>,
    isNeeded: boolean,
    { about = '', account }: { readonly about?: string; readonly account?: number } = {},
  ): Wanted => ({
    check,
    about,
    account,
    names: Object.keys(given),
    missing: Object.keys(given).filter((name) => !given[name]),
    isNeeded,
  });
  return [
    toWanted(
      'watttime-credentials',
      { WATTTIME_USER: wattTimeUser, WATTTIME_PASSWORD: wattTimePassword },
      uses.watttime,
    ),
    ...accounts.map(({ name, id, emailVariables, keyVariable }, account) =>
      toWanted(
        'wattcarbon-credentials',
        {
          [emailVariables.join(' or ')]: wattCarbon[account]?.email,
          [keyVariable]: wattCarbon[account]?.apiKey,
          [id.unset ?? inManifest]: id.value,
        },
        uses.wattcarbon && (name === undefined || uses.accounts.has(name)),
        { account, ...(name !== undefined && { about: `${name}: ` }) },
      ),
    ),
  ];
}
