import type { Zone } from '../domain/zone.ts';
import { readCsvTable } from './csv/csv-table.ts';
import { noticeCutOff } from './csv/cut-off.ts';
import { readEspiTable } from './formats/espi.ts';
import { formatOf } from './formats/file-format.ts';
import { readJsonTable } from './formats/json-table.ts';
import type { MeterTable } from './series/meter-table.ts';
import { readNem12Table } from './formats/nem12.ts';
import { openText } from './open-text.ts';
import type { ProblemList } from './problem-list.ts';
import type { TableOptions } from './csv/stacked.ts';

/**
 * Reads a file of any layout as its rows. Bad rows are added to `problems`; throws `ProblemError` where reading on makes no
 * sense; `lanes` leaves the fast one out. A new format is recognised here by its first characters, and read by a file of its own.
 */
export async function readTable(
  path: string,
  display: string,
  options: TableOptions,
  zone: Zone | undefined,
  problems: ProblemList,
  lanes: 'both' | 'csv-parse' = 'both',
): Promise<MeterTable> {
  const text = await openText(path, display, options.encoding);
  try {
    const format = formatOf(text.head, options, problems);
    if (format === 'espi') return await readEspiTable(text, options, problems);
    if (format === 'json') return await readJsonTable(text, options, zone, problems);
    if (format === 'nem12') return await readNem12Table(text, display, options, problems);
    const table = await readCsvTable(text, display, options, zone, problems, lanes);
    await noticeCutOff(text, table, problems);
    return table;
  } finally {
    await text.close();
  }
}
