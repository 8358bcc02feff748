/** A CSV file the API refuses: the physical line, 1-based, and why. */
export interface CsvRefusal {
  readonly line: number;
  readonly message: string;
}

/** The lines of a file, split into cells; or why it is not the CSV with exactly this header. */
export function readLines(
  bytes: Uint8Array,
  header: readonly string[],
): { readonly rows: readonly (readonly string[])[] } | { readonly refusal: CsvRefusal } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(1, 'the file is not UTF-8');
  }
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') {
    lines.pop();
  }
  if (lines[0] !== header.join(',')) {
    return refuse(1, `the header must be exactly "${header.join(',')}", not ${JSON.stringify(lines[0] ?? '')}`);
  }
  const rows = lines.slice(1).map((line) => line.split(','));
  if (rows.length === 0) {
    return refuse(1, 'the file has no rows');
  }
  const wrong = rows.findIndex((cells) => cells.length !== header.length);
  return wrong === -1
    ? { rows }
    : refuse(wrong + 2, `${String(header.length)} cells are wanted, not ${String(rows[wrong]?.length ?? 0)}`);
}

function refuse(line: number, message: string): { readonly refusal: CsvRefusal } {
  return { refusal: { line, message } };
}
