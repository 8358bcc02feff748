import { describeFaults } from './serve/fault-spec.ts';
import { describeWattCarbonOptions } from './wattcarbon/switches.ts';
import { describeWattTimeOptions } from './watttime/switches.ts';

/** What `--sandbox-fault` and `--sandbox-option` take, as a text for people. */
export function describeChoices(): string {
  return `${describeFaults()}\noptions of the WattCarbon side:\n${describeWattCarbonOptions()}\noptions of the WattTime side:\n${describeWattTimeOptions()}`;
}
