import type { MeterTable } from '../series/meter-table.ts';
import type { OpenText } from '../open-text.ts';
import type { ProblemList } from '../problem-list.ts';

/** What is looked at: enough for a dozen rows. */
const tailBytes = 4096;

/** Digits after a decimal mark at the end of a line: `0.125` and `"0,125"` have three. */
function decimalsAtEnd(line: string): number | undefined {
  return /[.,](\d*)["'\s]*$/.exec(line)?.[1]?.length;
}

/**
 * True when a text stops in a number that may lack digits: no line end after it, and not as many decimals as the lines
 * before it have. A last line without its end is common and, where the decimals agree, whole.
 */
export function stopsInNumber(tail: string): boolean {
  if (!/\d[.,]?["']?$/.test(tail)) return false;
  const lines = tail.split(/\r\n|\n|\r/);
  const last = decimalsAtEnd(lines.at(-1) ?? '');
  // The first piece of a line may be where the tail begins.
  const before = lines.slice(1, -1).filter((line) => line.trim() !== '');
  if (last === undefined || before.length === 0) return true;
  return before.some((line) => decimalsAtEnd(line) !== last);
}

async function tailOf(text: OpenText): Promise<string> {
  const buffer = Buffer.alloc(Math.min(tailBytes, text.size));
  const bytesRead = await text.read(buffer, 0, buffer.length, text.size - buffer.length);
  // Digits, marks and line ends are the same bytes in every encoding read here, but for the zeros of UTF-16.
  return buffer.toString('latin1', 0, bytesRead).replaceAll('\0', '');
}

/** Warns where a table's file ends in the middle of its last value: nothing else would tell 0.1 from a 0.125 cut short. */
export async function noticeCutOff(text: OpenText, table: MeterTable, problems: ProblemList): Promise<void> {
  const { length } = table.lines;
  if (length === 0 || !stopsInNumber(await tailOf(text))) return;
  problems.warning(
    'meter.last-row-open',
    'the file ends in this row without a line end, so its last number may lack digits; if the file was cut off, export it again',
    { line: table.lines.at(length - 1) ?? 0 },
  );
}
