import type { ApiError } from '../domain/errors.ts';
import type { Tools } from '../steps/tools.ts';

/**
 * The same tools where WattCarbon cannot be asked anything: whoever asks has `why` for an answer, at once. The name under
 * which the ledger knows the account stays.
 */
export function nobodyThere(tools: Tools, why: ApiError): Tools {
  const refuse = (): Promise<never> => Promise.reject(why);
  const wattcarbon: Tools['wattcarbon'] = {
    scope: tools.wattcarbon.scope,
    prepare: refuse,
    inspect: refuse,
    send: refuse,
    list: refuse,
    readings: refuse,
    assetUpdate: refuse,
  };
  return { ...tools, wattcarbon };
}
