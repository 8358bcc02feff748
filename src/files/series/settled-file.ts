import type { ReadingOptions } from '../../domain/site.ts';
import type { ProblemList } from '../problem-list.ts';
import type { DateOrder } from '../time/stamp.ts';
import type { Values } from '../values/values.ts';
import type { MeterTable } from './meter-table.ts';
import type { MeterContext } from './readings.ts';

/** A file's rows and what was decided of them: all that its readings are made from. */
export interface SettledFile {
  /** Its place among the meter's files, from 0. */
  readonly file: number;
  readonly table: MeterTable;
  readonly values: Values;
  readonly order: DateOrder;
  readonly context: MeterContext;
  readonly options: ReadingOptions;
  readonly problems: ProblemList;
}
