import type { Intent, Slot } from '../ledger/ledger.ts';

/*
 * A file that is too large for one request is sent in pieces. A piece has a slot and a key of its own, so that one that
 * was confirmed is never sent again, and both are the whole's with the piece's rows behind them.
 */

const rows = /\/rows \d+-\d+$/;

/** The slot of these rows (1-based, both inclusive) of what a slot holds. */
export function pieceSlot(whole: Slot, first: number, last: number): Slot {
  return { ...whole, item: `${withoutRows(whole.item)}/rows ${String(first)}-${String(last)}` };
}

/** The key of these rows: the whole's key depends on all of its content, so this one does too. */
export function pieceKey(wholeKey: string, first: number, last: number): string {
  return `${withoutRows(wholeKey)}/rows ${String(first)}-${String(last)}`;
}

/** The slot that a piece is of; any other as it is. */
export function wholeSlot(slot: Slot): Slot {
  return rows.test(slot.item) ? { ...slot, item: withoutRows(slot.item) } : slot;
}

/** Is this a piece of that slot? */
export function isPieceOf(slot: Slot, whole: Slot): boolean {
  const { scope, site, step, item } = wholeSlot(slot);
  const isSame = scope === whole.scope && site === whole.site && step === whole.step;
  return isSame && slot.item !== item && item === whole.item;
}

/** Is it of this content: the whole, or a piece of it? */
export function isOfContent({ key }: Pick<Intent, 'key'>, wholeKey: string): boolean {
  return withoutRows(key) === withoutRows(wholeKey);
}

function withoutRows(text: string): string {
  return text.replace(rows, '');
}
