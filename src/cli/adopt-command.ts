import { ProblemError, WattliftError } from '../domain/errors.ts';
import type { Site } from '../domain/site.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readSites } from '../manifest/sites.ts';
import { findAdoptable, type AdoptDesk } from '../run/adopt.ts';
import { steps } from '../steps/index.ts';
import { toolsFor } from '../steps/tools-for.ts';
import { adoptItem } from './adopt-item.ts';
import { demandCredentials, readCredentials } from './credentials.ts';
import { recordDeed } from './deed.ts';
import { exitCode } from './exit-code.ts';
import { interruptible } from './interrupts.ts';
import type { LogFlags } from './log-choices.ts';
import { openLog } from './log.ts';
import { demandManifest, hasError } from './manifest-input.ts';
import { leadTo, readNamedItem } from './named-item.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import { startRehearsal, type Rehearsal } from './rehearsal.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
import type { Terminal } from './terminal.ts';

export interface AdoptOptions extends LogFlags, SandboxFlags {
  readonly manifest: string;
  readonly sandbox?: true;
  /** False with `--no-check`: the person has looked, and no socket is opened. */
  readonly check: boolean;
  readonly force?: true;
}

/** What a person typed: the site, the step or one item of it, and the id that WattCarbon gave. */
export interface AdoptWords {
  readonly site: string;
  readonly step: string;
  readonly id: string | undefined;
}

/** `wattlift adopt`: a person tells the ledger which remote object an item is, or that what it sends is there. */
export async function adopt(words: AdoptWords, options: AdoptOptions, terminal: Terminal): Promise<number> {
  const sandbox = options.sandbox === true;
  const manifest = await demandManifest(options, terminal);
  const site = await findSite(manifest, words.site);
  const credentials = readCredentials(manifest, terminal, sandbox);
  if (options.check)
    demandCredentials(
      manifest,
      credentials,
      { watttime: false, wattcarbon: true, accounts: new Set(site.account === undefined ? [] : [site.account]) },
      new Set(['meter']),
    );

  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const command = ['wattlift adopt', words.site, words.step, ...(words.id === undefined ? [] : [words.id])].join(' ');
  const settle = async (stopping: AbortSignal): Promise<number> => {
    const ledger = await openSqliteLedger(manifest.ledger, { mode: 'run', clock: terminal.clock, command });
    let rehearsal: Rehearsal | undefined;
    let pipeline: Pipeline | undefined;
    try {
      rehearsal = sandbox && options.check ? await startRehearsal(manifest, options, terminal) : undefined;
      // Nothing is written to WattCarbon here, so that a guessed operation does no harm.
      const harmless = { ...manifest, wattcarbon: { ...manifest.wattcarbon, allowUnverifiedEndpoints: true } };
      pipeline = await openPipeline(harmless, {
        ledger,
        credentials,
        terminal,
        stopping,
        log,
        reach: options.check ? { kind: 'network', fetch: rehearsal?.fetch ?? fetch } : { kind: 'offline' },
      });
      const desk: AdoptDesk = { steps, ledger, tools: toolsFor(site, pipeline.tools) };
      const lead = leadTo(options);
      const adoptable = await findAdoptable(site, readNamedItem(words.step), desk, lead);
      const { check, force } = options;
      const { changed, slot, id, text } = await adoptItem(adoptable, words.id, { check, force, lead }, desk);
      if (changed) {
        const { step, item } = slot;
        const summary = { site: slot.site, step, item, ...(id !== undefined && { id }), checked: check };
        log.info(summary, 'adopted');
        await recordDeed(ledger, { command, summary }, terminal);
      }
      terminal.stdout.write(text);
      return exitCode.done;
    } finally {
      await pipeline?.close();
      await ledger.close();
      await rehearsal?.close();
    }
  };
  return interruptible(terminal, (message) => log.warn(message), settle);
}

async function findSite(manifest: Manifest, id: string): Promise<Site> {
  for await (const read of readSites(manifest)) {
    if (read.id !== id) continue;
    const [first, ...rest] = read.problems.filter((problem) => hasError([problem]));
    if (first) throw new ProblemError([first, ...rest]);
    if (read.site) return read.site;
  }
  throw new WattliftError(
    'adopt.site-unknown',
    `${manifest.file} has no site "${id}"; give the id as the manifest has it`,
  );
}
