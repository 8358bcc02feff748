import type { WattCarbonClient } from '../apis/wattcarbon.ts';
import type { Creation, RemoteId, RemoteObject } from '../domain/remote.ts';
import type { Holding, Intent, Ledger } from '../ledger/ledger.ts';
import { adoptCommand, nameItem, type Lead } from '../run/commands.ts';
import { compareFields } from '../steps/differences.ts';
import { shownField } from '../steps/likeness.ts';
import { count } from './check-document.ts';
import { formatTable } from './table.ts';

/** A remote object that no row of the ledger owns. */
interface Orphan {
  readonly id: RemoteId;
  /** What it shows of itself, as far as it does. */
  readonly customId?: string;
  readonly name?: string;
  /** Commands that would give it to a creation which was never answered and sent what it shows. */
  readonly mayBe: readonly string[];
}

/** One kind of object in one account. */
interface RemoteKind {
  readonly kind: 'meters' | 'assets';
  /** How many the list shows; null where no list operation is known. */
  readonly listed: number | null;
  readonly orphans: readonly Orphan[];
  /** Rows whose object the list does not show (any more). */
  readonly gone: readonly Holding[];
}

/** What one account has, held against the ledger. */
export interface RemoteReport {
  /** API and account, as the ledger's rows name them. */
  readonly account: string;
  readonly kinds: readonly RemoteKind[];
}

/** Objects a person is shown of one kind; `--json` has all. */
const most = 50;

/** Reads the account's lists of meters and assets to their ends and holds them against the ledger. Changes nothing. */
export async function reportRemote(
  client: Pick<WattCarbonClient, 'scope' | 'list'>,
  ledger: Ledger,
  lead: Lead,
): Promise<RemoteReport> {
  // What is created while the lists are read is in neither of the two: the ledger is read after them.
  const meters = await readAll(client, 'create_meter');
  const assets = await readAll(client, 'create_asset');
  const intents = (await ledger.intents()).filter(({ slot }) => slot.scope === client.scope);
  const judge = async (
    kind: RemoteKind['kind'],
    step: 'meter' | 'asset',
    listed: readonly RemoteObject[] | undefined,
  ): Promise<RemoteKind> => {
    if (listed === undefined) return { kind, listed: null, orphans: [], gone: [] };
    const holdings = await ledger.holdings(client.scope, step);
    const owned = new Set(holdings.map(({ id }) => String(id)));
    const shown = new Set(listed.map(({ id }) => String(id)));
    const open = intents.filter(({ slot }) => slot.step === step);
    return {
      kind,
      listed: listed.length,
      orphans: listed.filter(({ id }) => !owned.has(String(id))).map((object) => toOrphan(object, open, lead)),
      gone: holdings.filter(({ id }) => !shown.has(String(id))),
    };
  };
  return {
    account: client.scope,
    kinds: [await judge('meters', 'meter', meters), await judge('assets', 'asset', assets)],
  };
}

async function readAll(
  client: Pick<WattCarbonClient, 'list'>,
  operation: Creation['operation'],
): Promise<readonly RemoteObject[] | undefined> {
  const list = await client.list({ operation, path: {}, fields: {} });
  if (list === undefined) return undefined;
  const all: RemoteObject[] = [];
  for await (const object of list) all.push(object);
  return all;
}

function toOrphan(object: RemoteObject, open: readonly Intent[], lead: Lead): Orphan {
  const [customId, name] = ['customId', 'name'].map((field) => {
    const shown = shownField(object.fields, field);
    return typeof shown === 'string' ? shown : undefined;
  });
  return {
    id: object.id,
    ...(customId !== undefined && { customId }),
    ...(name !== undefined && { name }),
    mayBe: open.filter((intent) => mayBe(intent, object)).map(({ slot }) => adoptCommand(slot, object.id, lead)),
  };
}

/** Nothing it shows is other than what was sent, and something is the same that tells objects apart. */
function mayBe({ sent }: Intent, object: RemoteObject): boolean {
  const fields = compareFields(sent, object);
  const telling = new Set(['customId', 'name', 'location']);
  return (
    fields.every(({ likeness }) => likeness !== 'different') &&
    fields.some(({ field, likeness }) => telling.has(field) && likeness === 'same')
  );
}

/** The report as text, an account after the other. */
export function formatRemote(reports: readonly RemoteReport[]): string {
  return reports
    .map(({ account, kinds }) => `\nat WattCarbon, ${account}:\n${kinds.map(formatKind).join('')}`)
    .join('');
}

function formatKind({ kind, listed, orphans, gone }: RemoteKind): string {
  if (listed === null) return `${kind}: nothing is known that lists them\n`;
  const more = (all: readonly unknown[]): string =>
    all.length > most ? `... and ${String(all.length - most)} more; --json lists all\n` : '';
  const step = kind === 'meters' ? 'meter' : 'asset';
  const rows = orphans
    .slice(0, most)
    .map(({ id, customId = '', name = '', mayBe: commands }) => [
      `#${String(id)}`,
      customId,
      name,
      commands.length === 0 ? '' : `may be what was never answered: ${commands.join(' or ')}`,
    ]);
  const lost = gone
    .slice(0, most)
    .map(({ site, item, id }) => `${site} ${nameItem(step, item)}: #${String(id)} is not on the list\n`);
  return [
    `${kind}: ${String(listed)} listed, ${String(orphans.length)} that no row of the ledger owns, ${count(gone.length, 'row')} without its object\n`,
    rows.length === 0 ? '' : formatTable([['id', 'customId', 'name', ''], ...rows]),
    more(orphans),
    lost.join(''),
    more(gone),
  ].join('');
}
