import type { SandboxLimits } from './start.ts';
import { type ManifestForms, type WattCarbonSettings, readWattCarbonOptions } from './wattcarbon/switches.ts';
import type { WattTimeSettings } from './watttime/settings.ts';
import { isWattTimeOption, readWattTimeOptions } from './watttime/switches.ts';

/** What `--sandbox-option` chose, as `startSandbox` takes it. */
export interface ChosenOptions {
  readonly watttime: WattTimeSettings;
  readonly wattcarbon: WattCarbonSettings;
  readonly limits: Pick<SandboxLimits, 'watttime' | 'login'>;
}

/**
 * Reads `NAME=VALUE` texts: those that begin with `watttime.` are about that side, the others about WattCarbon, of which a
 * manifest may say more. Throws `WattliftError` `sandbox.option-unknown` and `sandbox.option-invalid`.
 */
export function readSandboxOptions(texts: readonly string[], manifest?: ManifestForms): ChosenOptions {
  const { settings, limits } = readWattTimeOptions(texts.filter(isWattTimeOption));
  const others = texts.filter((text) => !isWattTimeOption(text));
  return { watttime: settings, wattcarbon: readWattCarbonOptions(others, manifest), limits };
}
