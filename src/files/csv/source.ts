import type { Zone } from '../../domain/zone.ts';
import type { ProblemList } from '../problem-list.ts';
import type { TableOptions } from './stacked.ts';

/** Everything of an opened file that its rows are read with. */
export interface Source {
  readonly options: TableOptions;
  readonly zone: Zone | undefined;
  readonly problems: ProblemList;
  /** True when nothing in the file is quoted: then a column's number can be turned into a character position. */
  readonly plain: () => boolean;
}
