import { resolve } from 'node:path';
import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import { describeChoices } from '../sandbox/describe-choices.ts';
import { readSandboxOptions } from '../sandbox/read-options.ts';
import { startSandbox } from '../sandbox/start.ts';
import { exitCode } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import { openLog } from './log.ts';
import type { SandboxOptions } from './program.ts';
import type { Terminal } from './terminal.ts';

/** `wattlift sandbox`: serves both APIs on loopback until it is interrupted. Each request is logged at level `debug`. */
export async function sandbox(options: SandboxOptions, terminal: Terminal): Promise<number> {
  if (options.choices) {
    terminal.stdout.write(describeChoices());
    return exitCode.done;
  }
  const chosen = readSandboxOptions(options.sandboxOption ?? []);
  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const { stopping, stopListening } = listenForInterrupts(terminal, () => log.info('stopping'));
  const served = await startSandbox({
    ...chosen,
    stateFile: options.state === undefined ? undefined : resolve(terminal.cwd, options.state),
    watttimePort: options.watttimePort,
    wattcarbonPort: options.wattcarbonPort,
    clock: terminal.clock,
    faults: { specs: options.sandboxFault ?? [], seed: options.sandboxSeed },
    log: (entry) => log.debug({ ...entry }, 'request'),
  }).catch((error: unknown) => {
    stopListening();
    throw describeListening(error);
  });
  const { watttimeUrl, wattcarbonUrl } = served;
  terminal.stdout.write(
    options.json
      ? `${JSON.stringify({ watttime: watttimeUrl, wattcarbon: wattcarbonUrl })}\n`
      : `WATTTIME_API_URL=${watttimeUrl}\nWATTCARBON_API_URL=${wattcarbonUrl}\n`,
  );
  await new Promise<void>((ended) => {
    stopping.addEventListener('abort', () => ended(), { once: true });
  });
  stopListening();
  await served.close();
  return exitCode.done;
}

/** A port that is taken or forbidden, as a sentence. */
function describeListening(error: unknown): unknown {
  const said = z.looseObject({ code: z.enum(['EADDRINUSE', 'EACCES']), port: z.number() }).safeParse(error);
  if (!said.success) return error;
  const { code, port } = said.data;
  const why = code === 'EACCES' ? 'may not be used by this user' : 'is in use';
  return new WattliftError('sandbox.port', `port ${String(port)} ${why}; choose another`, { cause: error });
}
