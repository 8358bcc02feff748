import { readTime } from '../instant.ts';
import { type CsvRefusal, readLines } from './csv-lines.ts';

/** The two columns of a demand-response events document, exactly (wattcarbon contract, "Demand-response events"). */
const header = ['Event Start Time', 'Event End Time'];

/** Counts the events of a document; each row needs its own offset, and an end after its start. */
export function readEvents(bytes: Uint8Array): { readonly events: number } | { readonly refusal: CsvRefusal } {
  const file = readLines(bytes, header);
  if ('refusal' in file) {
    return file;
  }
  for (const [index, cells] of file.rows.entries()) {
    const [start, end] = cells.map(readTime);
    if (start?.kind !== 'instant' || end?.kind !== 'instant') {
      const wrong = start?.kind === 'instant' ? cells[1] : cells[0];
      return refuse(index, `${JSON.stringify(wrong)} is not a date and time with its own offset`);
    }
    if (end.time <= start.time) {
      return refuse(index, 'the event does not end after it starts');
    }
  }
  return { events: file.rows.length };
}

function refuse(index: number, message: string): { readonly refusal: CsvRefusal } {
  return { refusal: { line: index + 2, message } };
}
