import type { WattCarbonSettings } from './switches.ts';

/** Where the operations are, below the API's address. Parameters have our names; the description may show others. */
export interface Places {
  readonly prefix: string;
  readonly token: string;
  readonly accounts: string;
  readonly meters: string;
  readonly intervals: string;
  readonly bills: string;
  readonly assets: string;
  readonly documents: string;
  /** Names of path parameters where the description has others than `account_id`, `meter_id`, `asset_id`. */
  readonly shown: { readonly [parameter: string]: string };
}

/** The paths of the contract's operation table, or where else they may have gone. */
export function placesOf({ paths }: Pick<WattCarbonSettings, 'paths'>): Places {
  const account = '/accounts/{account_id}';
  switch (paths) {
    case 'documented':
      return below('', account);
    case 'v2':
      return below('/v2', account);
    case 'flat':
      return below('', '');
    case 'renamed': {
      const meter = `${account}/manual-meters/{meter_id}`;
      return {
        ...below('', account),
        meters: `${account}/manual-meters`,
        intervals: `${meter}/readings`,
        bills: `${meter}/billing-periods`,
        assets: `${account}/projects`,
        documents: `${account}/projects/{asset_id}/files`,
        shown: { account_id: 'accountId', meter_id: 'id', asset_id: 'projectId' },
      };
    }
  }
}

function below(prefix: string, account: string): Places {
  const root = `${prefix}${account}`;
  return {
    prefix,
    token: `${prefix}/auth/token`,
    accounts: `${prefix}/accounts`,
    meters: `${root}/meters`,
    intervals: `${root}/meters/{meter_id}/intervals`,
    bills: `${root}/meters/{meter_id}/bills`,
    assets: `${root}/assets`,
    documents: `${root}/assets/{asset_id}/documents`,
    shown: {},
  };
}
