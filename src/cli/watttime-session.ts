import { dirname, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { createWattTime, type WattTimeClient } from '../apis/watttime.ts';
import { AccessError, InterruptedError, ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import { type LoadedManifest, bareManifest, loadManifest } from '../manifest/load.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readCredentials, type Credentials } from './credentials.ts';
import { exitCode, exitCodeOfSignal } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import type { LogFlags } from './log-choices.ts';
import { logProblem, openLog } from './log.ts';
import { rehearse, startRehearsal, type Rehearsal } from './rehearsal.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
import type { Terminal } from './terminal.ts';
import { readVersion } from './version.ts';
import { openWires } from './wires.ts';

/** What every endpoint of `wattlift watttime` takes. */
export interface SessionFlags extends LogFlags, SandboxFlags {
  readonly manifest?: string;
  readonly sandbox?: true;
}

/** What an endpoint may use. */
export interface WattTimeUse {
  readonly client: WattTimeClient;
  /** For the settings that hold where it is called: address, ledger, store. */
  readonly manifest: Manifest;
  readonly user: string | undefined;
  readonly log: Logger;
}

export interface SessionNeeds {
  /** `both`: a token is needed; `user`: a name will do; `none`. What the environment does not have is asked for on a terminal. */
  readonly credentials: 'both' | 'user' | 'none';
  /** Model and marker to ask history for. */
  readonly model?: string | undefined;
  readonly imputed?: boolean | undefined;
}

/**
 * Opens the way to WattTime as a run of the manifest would: its address, its limit, the permits in its ledger, so that all
 * requests of one user count in one budget. Returns the exit code; throws what the endpoint throws.
 */
export async function withWattTime(
  flags: SessionFlags,
  needs: SessionNeeds,
  terminal: Terminal,
  use: (session: WattTimeUse) => Promise<void>,
): Promise<number> {
  const { clock, random } = terminal;
  const log = openLog(terminal, flags, (line) => terminal.stderr.write(line));
  const manifest = await settle(flags, terminal, log);
  const credentials = await askCredentials(
    readCredentials(manifest, terminal, flags.sandbox === true),
    needs,
    terminal,
  );
  const interrupts = listenForInterrupts(terminal, (message) => log.warn(message));
  let rehearsal: Rehearsal | undefined;
  let wires: Awaited<ReturnType<typeof openWires>> | undefined;
  try {
    rehearsal = flags.sandbox ? await startRehearsal(manifest, flags, terminal) : undefined;
    const reach = { kind: 'network', fetch: rehearsal?.fetch ?? fetch } as const;
    wires = await openWires(manifest, credentials, { terminal, stopping: interrupts.stopping, reach });
    const client = createWattTime({
      url: manifest.watttime.url,
      user: credentials.wattTimeUser,
      password: credentials.wattTimePassword,
      wire: wires.watttime,
      loginWire: wires.login,
      clock,
      random,
      version: readVersion(),
      model: needs.model,
      imputed: needs.imputed,
      onAnswer: (answered) => log.debug({ ...answered }, 'answered'),
    });
    await use({ client, manifest, user: credentials.wattTimeUser, log });
    return exitCode.done;
  } catch (error) {
    if (error instanceof InterruptedError && interrupts.signal) return exitCodeOfSignal(interrupts.signal);
    throw error;
  } finally {
    interrupts.stopListening();
    await wires?.close();
    await rehearsal?.close();
  }
}

/** The manifest named, else the one in this folder, else the defaults in its place. Throws `ProblemError`. */
async function settle(flags: SessionFlags, terminal: Terminal, log: Logger): Promise<Manifest> {
  const options = { env: terminal.env, sandbox: flags.sandbox === true, nowMs: terminal.clock.now() };
  const usual = 'pipeline.yaml';
  const loaded: LoadedManifest =
    flags.manifest === undefined && !existsSync(resolve(terminal.cwd, usual))
      ? bareManifest(usual, options)
      : await loadManifest(flags.manifest ?? usual, options);
  // What is wrong with its sites is no business of a single request.
  const [first, ...rest] = loaded.problems.filter(isError);
  if (first !== undefined) throw new ProblemError([first, ...rest]);
  for (const problem of loaded.problems) logProblem(log, problem);
  if (loaded.manifest === undefined)
    throw new TypeError(`a manifest in ${dirname(usual)} without an error was not read`);
  return flags.sandbox ? rehearse(loaded.manifest) : loaded.manifest;
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

/** Asks for what the environment does not have; only on a terminal, and only for what is needed. Throws `AccessError`. */
async function askCredentials(
  given: Credentials,
  { credentials: needed }: SessionNeeds,
  { stdin, stderr }: Terminal,
): Promise<Credentials> {
  let { wattTimeUser, wattTimePassword } = given;
  if (needed !== 'none' && stdin.isTerminal && stderr.isTerminal) {
    wattTimeUser ??= await stdin.ask('WattTime user: ', { hidden: false });
    if (needed === 'both' && wattTimeUser) wattTimePassword ??= await stdin.ask('Password: ', { hidden: true });
  }
  const missing = [
    needed !== 'none' && !wattTimeUser && 'WATTTIME_USER',
    needed === 'both' && !wattTimePassword && 'WATTTIME_PASSWORD',
  ].filter((name) => name !== false);
  if (missing.length === 0) return { ...given, wattTimeUser, wattTimePassword };
  throw new AccessError(
    'credentials.missing',
    `not set: ${missing.join(', ')}; set them in the environment, call this on a terminal to be asked, or rehearse with --sandbox. Nothing was sent`,
  );
}
