import type { ReadingOptions } from '../../domain/site.ts';
import { looksLikeNem } from './nem12.ts';
import type { ProblemList } from '../problem-list.ts';

/** What kind of text a file is; `csv` stands for all layouts of rows and cells. */
export type FileFormat = 'csv' | 'nem12' | 'espi' | 'json';

const layouts: ReadonlyMap<string, FileFormat> = new Map([
  ['long', 'csv'],
  ['wide', 'csv'],
  ['stacked', 'csv'],
  ['sections', 'csv'],
  ['nem12', 'nem12'],
  ['espi', 'espi'],
  ['json', 'json'],
]);

/** The format of a file by its first characters, or by the `layout` that the manifest gives it. */
export function formatOf(head: string, options: ReadingOptions, problems: ProblemList): FileFormat {
  if (options.layout !== undefined) {
    const format = layouts.get(options.layout.toLowerCase());
    if (format !== undefined) return format;
    problems.stop(
      'meter.layout-unsupported',
      `layout "${options.layout}" is not one this program reads: ${[...layouts.keys()].join(', ')}; correct it, or leave it out`,
    );
  }
  if (looksLikeNem(head)) return 'nem12';
  const begin = head.trimStart();
  if (/^<(?:!doctype\s+)?html\b/i.test(begin)) {
    problems.stop(
      'meter.xml-unknown',
      'the file is a web page (a log-in or an error?), not an export; export it again',
      {
        line: 1,
      },
    );
  }
  if (/^<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])/i.test(begin)) return 'espi';
  if (/^(?:\{\s*["}]|\[\s*[[{\]])/.test(begin)) return 'json';
  return 'csv';
}
