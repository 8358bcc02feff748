import { AccessError } from '../domain/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { StepName } from '../steps/step.ts';
import { steps } from '../steps/index.ts';
import type { Survey } from './manifest-input.ts';
import type { Terminal } from './terminal.ts';

/** Who we are at the two APIs. Never printed. */
export interface Credentials {
  readonly wattTimeUser: string | undefined;
  readonly wattTimePassword: string | undefined;
  /** Of each of the manifest's accounts, in its order. */
  readonly wattCarbon: readonly AccountCredentials[];
}

interface AccountCredentials {
  readonly email: string | undefined;
  readonly apiKey: string | undefined;
}

/** From the environment; a rehearsal fills in what is absent. An empty variable counts as absent. */
export function readCredentials(
  { wattcarbon: { accounts } }: Pick<Manifest, 'wattcarbon'>,
  { env }: Pick<Terminal, 'env'>,
  sandbox: boolean,
): Credentials {
  const read = (name: string, rehearsal: string): string | undefined => env[name] || (sandbox ? rehearsal : undefined);
  return {
    wattTimeUser: read('WATTTIME_USER', 'rehearsal'),
    wattTimePassword: read('WATTTIME_PASSWORD', 'rehearsal-1!'),
    wattCarbon: accounts.map(({ emailVariables, keyVariable }) => ({
      email: read(emailVariables.find((name) => env[name]) ?? '', 'rehearsal@example.com'),
      apiKey: read(keyVariable, 'rehearsal-key'),
    })),
  };
}

/** Throws `AccessError` that names every variable which the selected steps need and which is not set. Sends nothing. */
export function demandCredentials(
  manifest: Manifest,
  credentials: Credentials,
  uses: Survey['uses'],
  selected: ReadonlySet<StepName>,
): void {
  const needs = (api: 'watttime' | 'wattcarbon'): boolean =>
    uses[api] && steps.some((step) => step.api === api && selected.has(step.name));
  const missing: string[] = [];
  const demand = (name: string, value: string | undefined): void => {
    if (!value && !missing.includes(name)) missing.push(name);
  };
  if (needs('watttime')) {
    demand('WATTTIME_USER', credentials.wattTimeUser);
    demand('WATTTIME_PASSWORD', credentials.wattTimePassword);
  }
  if (needs('wattcarbon')) {
    for (const [index, { name, id, emailVariables, keyVariable }] of manifest.wattcarbon.accounts.entries()) {
      if (name !== undefined && !uses.accounts.has(name)) continue;
      const { email, apiKey } = credentials.wattCarbon[index] ?? {};
      demand(emailVariables.join(' or '), email);
      demand(keyVariable, apiKey);
      demand(id.unset ?? 'wattcarbon.account (in the manifest)', id.value);
    }
  }
  if (missing.length > 0) {
    throw new AccessError(
      'credentials.missing',
      `not set: ${missing.join(', ')}; set them in the environment, or rehearse with --sandbox. Nothing was sent`,
    );
  }
}
