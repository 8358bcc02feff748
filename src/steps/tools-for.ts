import type { Site } from '../domain/site.ts';
import type { Tools } from './tools.ts';

/** The tools with the site's own account in them: its key, its token, its budget, and its rows in the ledger. */
export function toolsFor({ account }: Pick<Site, 'account'>, tools: Tools): Tools {
  const own = account === undefined ? undefined : tools.accounts?.get(account);
  return own === undefined ? tools : { ...tools, wattcarbon: own };
}
