import { manifestJsonSchema } from '../manifest/schema.ts';
import { exitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** `wattlift schema`: the manifest's JSON Schema, as `pipeline.schema.json` holds it. */
export function schema(terminal: Terminal): number {
  terminal.stdout.write(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
  return exitCode.done;
}
