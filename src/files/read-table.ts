import type { Zone } from '../domain/zone.ts';
import { readCsvTable } from './csv/csv-table.ts';
import { noticeCutOff } from './csv/cut-off.ts';
import { readEspiTable } from './formats/espi.ts';
import { type FileFormat, formatOf } from './formats/file-format.ts';
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
  const open = async () => openText(path, display, options.encoding);
  const text = await open();
  let format: FileFormat;
  try {
    format = formatOf(text.head, options, problems);
  } catch (error) {
    await text.close();
    throw error;
  }
  if (format === 'espi') return readEspiTable(text, options, problems);
  if (format === 'json') return readJsonTable(text, options, zone, problems);
  if (format === 'nem12') {
    await text.close();
    return readNem12Table(open, display, options, problems);
  }
  const table = await readCsvTable(text, display, options, zone, problems, lanes === 'both' ? path : undefined);
  await noticeCutOff(path, table, problems);
  return table;
}
