import type { Intent, Work } from '../ledger/ledger.ts';
import { findChanges } from '../steps/changes.ts';
import type { CreatingStep, Input, Item, OnChange, Results, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import { toFailure } from './outcome.ts';
import { isOfContent } from './pieces.ts';
import type { Standing } from './survey.ts';

/** What the ledger says of one item of a creating step. */
export interface CreationRecord {
  readonly key: string;
  /** The work of this key. */
  readonly work: Work | undefined;
  /** The work that the slot points at, of this key or another. */
  readonly held: Work | undefined;
  /** The slot's intent that was never answered, or that of a piece of it. */
  readonly intent: Intent | undefined;
  /** Pieces of other content than this key's were sent. */
  readonly hasOtherPieces: boolean;
}

/** Where an item stands that makes something. How it may be changed is asked only where it matters. */
export async function standingOfCreation(
  step: CreatingStep<StepName, StepName, Item>,
  input: Input<StepName, Item>,
  tools: Tools,
  { key, work, held, intent, hasOtherPieces }: CreationRecord,
): Promise<Standing> {
  const isOther = held !== undefined && held.key !== key;
  const isSuperseded = intent !== undefined && !isOfContent(intent, key);
  const isDone = work?.state === 'done' && held !== undefined && !isSuperseded;
  if (isDone && !isOther) return { kind: 'done', result: step.result.parse(work.result) };
  const previous = previousOf(step, held, hasOtherPieces);
  if (previous === undefined && !isSuperseded) return toDo(undefined);

  let onChange: OnChange;
  try {
    onChange = await step.onChange(tools);
  } catch (error) {
    return { kind: 'broken', failure: toFailure(error) };
  }
  // What was done once is still there unless something else was put in its place, or may have been.
  // What no slot leads to was put in the place of, or forgotten by a person.
  if (isDone && (onChange === 'drift' || (held.state !== 'done' && !hasOtherPieces))) {
    return { kind: 'done', result: step.result.parse(work.result) };
  }
  if (isSuperseded && onChange !== 'version' && (onChange !== 'update' || previous === undefined)) {
    return {
      kind: 'doubt',
      previous,
      message: `a ${step.name} from other input was begun at ${new Date(intent.at).toISOString()} and never answered; give the manifest its earlier content and run again, so that it can be looked for`,
    };
  }
  if (previous === undefined) return toDo(undefined);
  if ('confirmed' in previous && !isOther && !isSuperseded) return { ...toDo(previous), isConfirmed: true };
  const before = 'fields' in previous ? previous.fields : undefined;
  const now = step.fields?.(input, tools);
  const changed = before && now ? findChanges(before, now) : [];
  switch (onChange) {
    case 'version':
    case 'update':
      return { ...toDo(previous), changed };
    case 'drift':
      return { kind: 'drift', result: previous, changed };
    case 'uncertain':
      return {
        kind: 'doubt',
        previous,
        message: `its content was revised, and wattcarbon.reupload is "append": sending it would add to what is there`,
      };
  }
}

function previousOf(
  step: CreatingStep<StepName, StepName, Item>,
  held: Work | undefined,
  hasOtherPieces: boolean,
): Results[StepName] | undefined {
  if (held?.result !== undefined) return step.result.parse(held.result);
  return hasOtherPieces ? step.result.parse({ version: 1 }) : undefined;
}

function toDo(previous: Results[StepName] | undefined): Standing & { readonly kind: 'do' } {
  return { kind: 'do', requests: { certain: 1, atMost: 1 }, previous };
}
