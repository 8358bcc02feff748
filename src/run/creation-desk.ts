import type { Creation, Prepared } from '../domain/remote.ts';
import type { Intent, Ledger, Slot } from '../ledger/ledger.ts';
import type { CreatingStep, Input, Item, Results, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import type { Lead } from './commands.ts';
import type { LookAlikes } from './look-alikes.ts';
import { isOfContent } from './pieces.ts';

/** One thing to be made: for which slot, under which key, and as which version of its content. */
export interface CreationJob {
  readonly step: CreatingStep<StepName, StepName, Item>;
  readonly input: Input<StepName, Item>;
  readonly slot: Slot;
  readonly key: string;
  readonly version: number;
  /** What is there from before, to be changed or replaced. */
  readonly previous: Results[StepName] | undefined;
  /** It was sent and confirmed, and only to be read back once more. */
  readonly isConfirmed: boolean;
  /** The intent that was open for this slot when the run began; the latest, where there are several. */
  readonly open: Intent | undefined;
}

/** What the creation protocol works with. */
export interface CreationDesk {
  readonly ledger: Ledger;
  readonly tools: Tools;
  readonly lookAlikes: LookAlikes;
  /** How long a list may lag behind a creation. */
  readonly settleMs: number;
  /** How long a request may be under way. */
  readonly timeoutMs: number;
  /** A person has looked and decided: what stays uncertain is sent once more. */
  readonly retryUncertain: boolean;
  /** How a person reaches this ledger with further commands; by default with `pipeline.yaml` in this folder. */
  readonly lead?: Lead;
  /** Aborts when the run is to stop: waiting ends, nothing new is sent. */
  readonly stopping: AbortSignal;
}

/** A job as it will be sent. */
export interface Attempt {
  readonly job: CreationJob;
  readonly creation: Creation;
  readonly prepared: Prepared;
  /** The slot's intents, its pieces' among them: sent, and never answered. */
  readonly open: readonly Intent[];
}

/** The slot's intents of other content than is to be made now. They end with this one's success. */
export function supersededBy({ job, open }: Attempt): readonly Intent[] {
  return open.filter((intent) => !isOfContent(intent, job.key));
}

/** For whom something was made, and the intent that said so. */
export type Owner = Pick<Intent, 'fingerprint' | 'key' | 'slot'>;
