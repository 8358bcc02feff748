import { existsSync } from 'node:fs';
import { WattliftError } from '../domain/errors.ts';
import type { Ledger, Slot, Work } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readSites } from '../manifest/sites.ts';
import { adoptCommand, nameItem, type Lead } from '../run/commands.ts';
import { wholeSlot } from '../run/pieces.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';
import { count } from './check-document.ts';
import { recordDeed } from './deed.ts';
import { exitCode } from './exit-code.ts';
import type { LogFlags } from './log-choices.ts';
import { openLog } from './log.ts';
import { demandManifest } from './manifest-input.ts';
import { leadTo, readNamedItem, type NamedItem } from './named-item.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ForgetOptions extends LogFlags {
  readonly manifest: string;
  readonly sandbox?: true;
  readonly yes?: true;
}

/** A row that is to go: a slot with its work, or an intent that has none yet. */
interface Row {
  readonly slot: Slot;
  readonly work: Work | undefined;
  /** Begun and never answered. */
  readonly isOpen: boolean;
}

/** `wattlift forget`: drops what the ledger holds of a site, a step or an item. Nothing at WattCarbon changes. */
export async function forget(
  words: { readonly site: string; readonly step: string | undefined },
  options: ForgetOptions,
  terminal: Terminal,
): Promise<number> {
  const manifest = await demandManifest(options, terminal);
  const named = words.step === undefined ? undefined : readNamedItem(words.step);
  if (!existsSync(manifest.ledger)) throw nothingThere(words.site, named);

  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const command = ['wattlift forget', words.site, ...(words.step === undefined ? [] : [words.step])].join(' ');
  const ledger = await openSqliteLedger(manifest.ledger, { mode: 'run', clock: terminal.clock, command });
  try {
    const rows = await findRows(ledger, words.site, named);
    if (rows.length === 0) throw nothingThere(words.site, named);
    terminal.stdout.write(await describe(rows, words.site, manifest, leadTo(options)));
    if (!(await confirm(rows.length, options, terminal))) {
      terminal.stdout.write('nothing was forgotten\n');
      return exitCode.done;
    }
    await ledger.forget(rows.map(({ slot }) => slot));
    const summary = {
      site: words.site,
      forgotten: rows.map(({ slot, work }) => ({
        scope: slot.scope,
        step: slot.step,
        item: slot.item,
        ...(work?.remoteId !== undefined && { id: work.remoteId }),
      })),
    };
    log.info(summary, 'forgotten');
    await recordDeed(ledger, { command, summary }, terminal);
    terminal.stdout.write(`forgotten: ${count(rows.length, 'row')}\n`);
    return exitCode.done;
  } finally {
    await ledger.close();
  }
}

function nothingThere(site: string, named: NamedItem | undefined): WattliftError {
  const what = named === undefined ? '' : ` ${nameItem(named.step, named.item ?? named.step)}`;
  return new WattliftError(
    'forget.nothing-there',
    `the ledger holds nothing of ${site}${what}; "wattlift status" lists what it holds`,
  );
}

async function findRows(ledger: Ledger, site: string, named: NamedItem | undefined): Promise<readonly Row[]> {
  // What is only there in pieces goes with them.
  const isMeant = (slot: Slot): boolean =>
    named === undefined ||
    (slot.step === named.step && (named.item === undefined || [slot.item, wholeSlot(slot).item].includes(named.item)));
  const slots = (await ledger.slots(site)).filter(isMeant);
  const works = await ledger.works(slots.map(({ key }) => key));
  const open = (await ledger.intents()).map(({ slot }) => slot).filter((slot) => slot.site === site && isMeant(slot));
  const isSame = (a: Slot, b: Slot): boolean => a.scope === b.scope && a.step === b.step && a.item === b.item;
  const held = slots.map(({ key, ...slot }): Row => ({
    slot,
    work: works.get(key),
    isOpen: open.some((other) => isSame(other, slot)),
  }));
  const bare = open.filter(
    (slot, n) => !slots.some((other) => isSame(other, slot)) && open.findIndex((other) => isSame(other, slot)) === n,
  );
  const order = steps.map(({ name }): string => name);
  return [...held, ...bare.map((slot): Row => ({ slot, work: undefined, isOpen: true }))].toSorted(
    (a, b) => order.indexOf(a.slot.step) - order.indexOf(b.slot.step),
  );
}

async function describe(rows: readonly Row[], site: string, manifest: Manifest, lead: Lead): Promise<string> {
  const several = new Set(rows.map(({ slot }) => slot.scope).filter((scope) => scope !== '')).size > 1;
  const cells = rows.map(({ slot, work, isOpen }) => [
    nameItem(slot.step, slot.item),
    [work?.state, isOpen ? 'never answered' : undefined].filter(Boolean).join(', '),
    work?.remoteId === undefined ? '' : `#${String(work.remoteId)}`,
    ...(several ? [slot.scope] : []),
  ]);
  const head = [`of ${site}`, 'state', 'at WattCarbon', ...(several ? ['account'] : [])];
  return `${formatTable([head, ...cells])}\n${await describeNextRun(rows, site, manifest, lead)}`;
}

async function describeNextRun(rows: readonly Row[], site: string, manifest: Manifest, lead: Lead): Promise<string> {
  if (!(await isListed(manifest, site)))
    return `${manifest.file} does not list the site: no run does anything for it.\n`;
  const lines = steps.flatMap(({ name }) => {
    const own = rows.filter(({ slot }) => slot.step === name);
    return own.length === 0 ? [] : [`${name}: ${nextOf[name](own, manifest.wattcarbon.reupload, lead)}\n`];
  });
  return `What the next run does then:\n${lines.join('')}`;
}

type Reupload = Manifest['wattcarbon']['reupload'];

const again: Readonly<Record<Reupload, string>> = {
  replace: 'which replaces what is there',
  refuse: 'and where the API says that it is there already, that is done',
  append: 'which ADDS to what is there (wattcarbon.reupload: append)',
};

const nextOf: Readonly<Record<StepName, (rows: readonly Row[], reupload: Reupload, lead: Lead) => string>> = {
  region: () => 'looks it up again',
  meter: (rows, _reupload, lead) => {
    const left = rows.flatMap(({ slot, work }) =>
      work?.remoteId === undefined ? [] : [adoptCommand(slot, work.remoteId, lead)],
    );
    return left.length === 0
      ? 'creates it; if it is at WattCarbon after all, there will be two'
      : `creates it A SECOND TIME. What is there stays: remove it at WattCarbon, or give it back with ${left.join('; ')}`;
  },
  upload: (_rows, reupload) => `sends the data again, ${again[reupload]}`,
  asset: () =>
    'sends it again; WattCarbon refuses a customId twice, and the one that is there is taken up where kind, meters and location agree',
  events: (_rows, reupload) => `attaches the list again, ${again[reupload]}`,
  moer: () => 'asks for what the store does not hold, and for nothing else',
};

async function isListed(manifest: Manifest, id: string): Promise<boolean> {
  for await (const read of readSites(manifest)) if (read.id === id) return true;
  return false;
}

async function confirm(rows: number, { yes }: ForgetOptions, { stdin, stderr }: Terminal): Promise<boolean> {
  if (yes) return true;
  if (!stdin.isTerminal || !stderr.isTerminal) {
    throw new WattliftError('forget.unconfirmed', 'nothing was forgotten: say --yes where nobody can be asked');
  }
  const answer = await stdin.ask(`Forget ${count(rows, 'row')}? [y/N] `, { hidden: false });
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}
