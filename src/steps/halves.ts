import type { Creation } from '../domain/remote.ts';
import type { Piece } from './step.ts';

const lineEnd = 0x0a;

/**
 * Cuts a canonical CSV in two, each with the header: between two days where there are several, as near the middle as can
 * be, else between two rows. The same file is always cut at the same place. Undefined for a file of one row, or none.
 */
export function cutInTwo(creation: Creation): readonly [Piece, Piece] | undefined {
  const { file } = creation;
  if (file === undefined) return undefined;
  const { bytes } = file;
  const starts = rowStarts(bytes);
  const [header = 0] = starts;
  const at = middleOf(bytes, starts);
  const cut = at === undefined ? undefined : starts[at];
  if (at === undefined || cut === undefined) return undefined;
  const name = file.name.replace(/\.csv$/, '');
  const half = (part: Uint8Array, number: number): Creation => ({
    ...creation,
    file: { ...file, bytes: Buffer.concat([bytes.subarray(0, header), part]), name: `${name}-${String(number)}.csv` },
  });
  return [
    { creation: half(bytes.subarray(header, cut), 1), rows: at },
    { creation: half(bytes.subarray(cut), 2), rows: starts.length - at },
  ];
}

/** Where each row of data begins. */
function rowStarts(bytes: Uint8Array): readonly number[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf(lineEnd) + 1; at > 0 && at < bytes.length; at = bytes.indexOf(lineEnd, at) + 1) {
    starts.push(at);
  }
  return starts;
}

/** The row to begin the second half with: the first of a day, next to the middle. */
function middleOf(bytes: Uint8Array, starts: readonly number[]): number | undefined {
  if (starts.length < 2) return undefined;
  const middle = Math.floor(starts.length / 2);
  const dayOf = (row: number): string => {
    const start = starts[row] ?? 0;
    return Buffer.from(bytes.subarray(start, start + 10)).toString('latin1');
  };
  for (let away = 0; away <= middle; away += 1) {
    for (const row of [middle - away, middle + away]) {
      if (row > 0 && row < starts.length && dayOf(row) !== dayOf(row - 1)) return row;
    }
  }
  return middle;
}
