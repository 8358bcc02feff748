import { AccessError } from '../domain/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { StepName } from '../steps/step.ts';
import { steps } from '../steps/index.ts';
import type { Terminal } from './terminal.ts';

/** Who we are at the two APIs. Never printed. */
export interface Credentials {
  readonly wattTimeUser: string | undefined;
  readonly wattTimePassword: string | undefined;
  readonly wattCarbonEmail: string | undefined;
  readonly wattCarbonApiKey: string | undefined;
}

/** From the environment; a rehearsal fills in what is absent. An empty variable counts as absent. */
export function readCredentials({ env }: Terminal, sandbox: boolean): Credentials {
  const read = (name: string, rehearsal: string): string | undefined => env[name] || (sandbox ? rehearsal : undefined);
  return {
    wattTimeUser: read('WATTTIME_USER', 'rehearsal'),
    wattTimePassword: read('WATTTIME_PASSWORD', 'rehearsal-1!'),
    wattCarbonEmail: read('WATTCARBON_EMAIL', 'rehearsal@example.com'),
    wattCarbonApiKey: read('WATTCARBON_API_KEY', 'rehearsal-key'),
  };
}

/** Throws `AccessError` that names every variable which the selected steps need and which is not set. Sends nothing. */
export function demandCredentials(
  manifest: Manifest,
  credentials: Credentials,
  uses: { readonly watttime: boolean; readonly wattcarbon: boolean },
  selected: ReadonlySet<StepName>,
): void {
  const needs = (api: 'watttime' | 'wattcarbon'): boolean =>
    uses[api] && steps.some((step) => step.api === api && selected.has(step.name));
  const missing: string[] = [];
  const demand = (name: string, value: string | undefined): void => {
    if (!value) missing.push(name);
  };
  if (needs('watttime')) {
    demand('WATTTIME_USER', credentials.wattTimeUser);
    demand('WATTTIME_PASSWORD', credentials.wattTimePassword);
  }
  if (needs('wattcarbon')) {
    const { value, unset } = manifest.wattcarbon.account;
    demand('WATTCARBON_EMAIL', credentials.wattCarbonEmail);
    demand('WATTCARBON_API_KEY', credentials.wattCarbonApiKey);
    demand(unset ?? 'wattcarbon.account (in the manifest)', value);
  }
  if (missing.length > 0) {
    throw new AccessError(
      'credentials.missing',
      `not set: ${missing.join(', ')}; set them in the environment, or rehearse with --sandbox. Nothing was sent`,
    );
  }
}
