import { WattliftError } from '../domain/errors.ts';
import { onOneLine } from '../domain/problem.ts';
import type { RemoteId } from '../domain/remote.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { adoptCommand, forgetCommand, nameItem, type Lead } from '../run/commands.ts';
import { findHolder, inspect, recordAdopted, type Adoptable, type AdoptDesk, type Inspection } from '../run/adopt.ts';
import type { FieldLikeness } from '../steps/differences.ts';

/** What came of it: whether the ledger changed, and what to say. */
export interface Adopted {
  readonly changed: boolean;
  readonly slot: Adoptable['slot'];
  readonly id: RemoteId | undefined;
  readonly text: string;
}

/**
 * Settles one item on a person's word, after the checks: that the id is nobody else's, that WattCarbon lists it, and that its
 * fields are those a run would send. Throws `adopt.*` for what a person has to look at first.
 */
export async function adoptItem(
  adoptable: Adoptable,
  given: string | undefined,
  {
    check,
    force = false,
    lead,
  }: { readonly check: boolean; readonly force?: boolean | undefined; readonly lead: Lead },
  desk: AdoptDesk,
): Promise<Adopted> {
  const { slot } = adoptable;
  const what = `${slot.site} ${nameItem(slot.step, slot.item)}`;
  demandId(adoptable, given, what, lead);
  const before = idOf(adoptable);
  const asBefore = given === undefined ? before === undefined : String(before) === given;
  if (adoptable.standing.kind === 'done' && asBefore) {
    const text = `${what}: the ledger has it so already${given === undefined ? '' : `, as ${given}`}; nothing was changed\n`;
    return { changed: false, slot, id: before, text };
  }
  if (before !== undefined && !asBefore && !force) {
    throw new WattliftError(
      'adopt.already-known',
      `the ledger knows ${what} as ${String(before)}; --force puts ${given ?? 'no id'} in its place, and ${String(before)} stays at WattCarbon, nobody's`,
    );
  }
  const holder = given === undefined ? undefined : await findHolder(adoptable, given, desk);
  if (holder) {
    const other = { ...slot, ...holder };
    throw new WattliftError(
      'adopt.held-by-another',
      `${given ?? ''} belongs to ${other.site} ${nameItem(other.step, other.item)}, and two cannot share it; if that is wrong, first: ${forgetCommand(other, lead)}`,
    );
  }
  const inspection: Inspection | undefined =
    check && given !== undefined ? await inspect(adoptable, given, desk) : undefined;
  const differing = judge(inspection, what, given, { check, force });
  const id = inspection?.kind === 'there' ? inspection.object.id : await asGiven(given, slot, desk.ledger);
  await recordAdopted(adoptable, id, desk);
  const known = id === undefined ? 'is there, on your word' : `is ${String(id)}${inspection ? '' : ', on your word'}`;
  const seen = inspection?.kind === 'there' ? describeFields(inspection.fields) : '';
  const text = `${what}: recorded that it ${known}\n${seen}${differing ? 'taken all the same (--force)\n' : ''}`;
  return { changed: true, slot, id, text };
}

function demandId({ step, slot }: Adoptable, given: string | undefined, what: string, lead: Lead): void {
  if (step.owns === undefined && given !== undefined) {
    throw new WattliftError(
      'adopt.id-needless',
      `${what} has no id of its own; without one this says that its data is there: ${adoptCommand(slot, undefined, lead)}`,
    );
  }
  if ((step.owns === 'meter' || step.owns === 'asset') && given === undefined)
    throw new WattliftError('adopt.id-missing', `${what} is known by its id; give the one that WattCarbon shows`);
}

function idOf({ standing }: Adoptable): RemoteId | undefined {
  const known = 'result' in standing ? standing.result : 'previous' in standing ? standing.previous : undefined;
  const id = known && 'id' in known ? known.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** Refuses what was not found or is something else. True when it differs and is taken by force. */
function judge(
  inspection: Inspection | undefined,
  what: string,
  given: string | undefined,
  { check, force }: { readonly check: boolean; readonly force: boolean },
): boolean {
  if (!check) return false;
  if (inspection === undefined || inspection.kind === 'no-list') {
    throw new WattliftError(
      'adopt.cannot-look',
      `nothing is known that would show ${what}${given === undefined ? '' : ` ${given}`} at WattCarbon; look yourself, and say so with --no-check`,
    );
  }
  if (inspection.kind === 'absent') {
    throw new WattliftError(
      'adopt.absent',
      `WattCarbon's list has ${String(inspection.listed)} entries and ${given ?? ''} is not among them; check the id and the account. A list may lag behind: --no-check takes your word for it`,
    );
  }
  const different = inspection.fields.filter(({ likeness }) => likeness === 'different');
  if (different.length > 0 && !force) {
    throw new WattliftError(
      'adopt.differs',
      `${given ?? ''} is not what the manifest makes of ${what}: ${different.map(describeField).join('; ')}. Look whether it is the right one; --force takes it as it is`,
    );
  }
  return different.length > 0;
}

function describeField({ field, sent, shown }: FieldLikeness): string {
  return onOneLine(`${field} is ${JSON.stringify(shown)} there and ${JSON.stringify(sent)} here`);
}

function describeFields(fields: readonly FieldLikeness[]): string {
  const of = (likeness: FieldLikeness['likeness']): readonly FieldLikeness[] =>
    fields.filter((field) => field.likeness === likeness);
  const names = (some: readonly FieldLikeness[]): string => some.map(({ field }) => field).join(', ');
  const unclear = of('unclear');
  return [
    of('same').length > 0 ? `as in the manifest: ${names(of('same'))}\n` : '',
    ...of('different').map((field) => `different: ${describeField(field)}\n`),
    unclear.length > 0 ? `not shown, or in another form: ${names(unclear)}\n` : '',
  ].join('');
}

/** An id that nobody looked up is a number when it reads like one, unless the account's other ids are texts. */
async function asGiven(
  given: string | undefined,
  { scope, step }: Adoptable['slot'],
  ledger: Ledger,
): Promise<RemoteId | undefined> {
  if (given === undefined) return undefined;
  const number = Number(given);
  if (!/^[1-9]\d*$/.test(given) || !Number.isSafeInteger(number)) return given;
  const others = await ledger.holdings(scope, step);
  return others.some(({ id }) => typeof id === 'string') ? given : number;
}
