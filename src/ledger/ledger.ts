import type { Json } from '../domain/json.ts';
import type { RemoteId } from '../domain/remote.ts';
import type { Span } from '../domain/span.ts';

export type WorkState = 'done' | 'failed' | 'uncertain';

/** What came of one piece of work. The key is the hash of what the result depends on; it is in the ledger once. */
export interface Work {
  readonly key: string;
  readonly step: string;
  readonly state: WorkState;
  /** What the step learned; present when done. */
  readonly result?: Json;
  readonly remoteId?: RemoteId;
  readonly error?: { readonly code: string; readonly message: string };
  /** When it came to this state, UTC milliseconds. */
  readonly at: number;
}

/** A place a site has for work: its meter `main`, its part `main/2025-01`. `scope` is the API and account, or ''. */
export interface Slot {
  readonly scope: string;
  readonly site: string;
  readonly step: string;
  readonly item: string;
}

export interface FilledSlot extends Slot {
  readonly key: string;
}

/** Recorded before a creation is sent; gone when its outcome is known. One open intent per fingerprint. */
export interface Intent {
  readonly fingerprint: string;
  readonly key: string;
  readonly slot: Slot;
  readonly operation: string;
  /** When it was (last) about to be sent, UTC milliseconds. */
  readonly at: number;
  /** How long the request may still be under way after `at`. */
  readonly timeoutMs: number;
  /** The fields as sent: they tell what it made from what others made. */
  readonly sent: { readonly [field: string]: Json };
}

/** A remote object that a row of this ledger owns. */
export interface OwnedObject {
  readonly scope: string;
  /** `meter`, `asset`, `document`. */
  readonly kind: string;
  readonly id: RemoteId;
}

export interface Finish {
  readonly work: Work;
  readonly slot: Slot;
  /** The remote object this work now owns. */
  readonly object?: OwnedObject;
  /** Fingerprint of the intent this settles. */
  readonly intent?: string;
  /** A person says so: all of the slot's intents end, and it lets go of the remote object it had before. */
  readonly byHand?: true;
}

/** Which item of which site holds a remote object now. */
export interface Holding {
  readonly site: string;
  readonly item: string;
  readonly id: RemoteId;
}

/** An answered stretch of a series. `points` is how many came; none came is an answer too. */
export interface CoveredSpan extends Span {
  readonly askedAt: number;
  readonly points: number;
  /** Date that names the model of the answer, when it said. */
  readonly model?: string | undefined;
}

export interface Coverage {
  readonly periodSeconds: number | undefined;
  /** Sorted by start, not overlapping. */
  readonly spans: readonly CoveredSpan[];
}

/** A file as it was when last read, so that a quiet night reads none. */
export interface InputStamp {
  readonly path: string;
  readonly size: number;
  /** Nanoseconds do not fit a number: text. */
  readonly mtimeNs: string;
  readonly inode: string;
}

export interface StoredDocument {
  readonly url: string;
  readonly body: string;
  readonly sha256: string;
  readonly at: number;
}

/** What was done with a ledger, and how it ended. Times are UTC milliseconds. */
export interface RecordedRun {
  readonly command: string;
  readonly at: number;
  /** Absent for one that is under way, or was ended by force. */
  readonly endedAt?: number;
  readonly exitCode?: number;
  /** As `endRun` was given it. */
  readonly summary?: Json;
}

export interface StatusItem extends Work {
  readonly scope: string;
  readonly item: string;
}

export interface SiteStatus {
  readonly id: string;
  readonly items: readonly StatusItem[];
}

/**
 * The memory of what has been done. Every writing call resolves only when the change is durable, and is one transaction.
 * A second store must pass the same contract suite (`test/ledger/contract.ts`).
 */
export interface Ledger {
  /** The rows for these keys; absent keys are absent from the map. */
  works(keys: readonly string[]): Promise<ReadonlyMap<string, Work>>;
  /** What this site's slots hold, over all scopes and steps. */
  slots(site: string): Promise<readonly FilledSlot[]>;
  /** Records work and its slot, owns the object and settles the intent, all or nothing. */
  finish(finish: Finish): Promise<void>;
  /** Points a slot at work that another site's run has done. */
  link(slot: Slot, key: string): Promise<void>;
  /** Empties a slot; the work and any owned object stay. */
  unlink(slot: Slot): Promise<void>;
  /** Drops these slots with their intents, their remote objects, and the work that no other slot points at, all or nothing. */
  forget(slots: readonly Slot[]): Promise<void>;

  /**
   * Records that this creation is about to be sent. Repeating it for the same key renews its time.
   * Throws `UncertainError` (`ledger.intent-open`) when another key's intent with this fingerprint is open.
   */
  intend(intent: Intent): Promise<void>;
  intent(fingerprint: string): Promise<Intent | undefined>;
  intents(): Promise<readonly Intent[]>;
  clearIntent(fingerprint: string): Promise<void>;
  /** Which of these remote objects a row owns, as `String(id)` to the owning key. */
  owners(scope: string, kind: string, ids: readonly RemoteId[]): Promise<ReadonlyMap<string, string>>;

  /** The remote objects that a step's slots hold, done or drifted; only the one of this id when it is given. */
  holdings(scope: string, step: string, id?: RemoteId): Promise<readonly Holding[]>;

  coverage(series: string): Promise<Coverage>;
  /** Records answered spans; where they overlap what is there, the new ones win and the old are trimmed. */
  cover(series: string, periodSeconds: number, spans: readonly CoveredSpan[]): Promise<void>;

  /** What was remembered for this reading (`reading` hashes the options), if every file is as it was then. */
  input(reading: string, files: readonly InputStamp[]): Promise<Json | undefined>;
  rememberInput(reading: string, files: readonly InputStamp[], found: Json): Promise<void>;
  document(url: string): Promise<StoredDocument | undefined>;
  rememberDocument(document: StoredDocument): Promise<void>;

  /** The shortest file, in bytes, that this operation has refused as too large; undefined when it has refused none. */
  refusedLength(scope: string, operation: string): Promise<number | undefined>;
  /** Remembers a refusal; of several the shortest stands. */
  rememberRefused(scope: string, operation: string, byteLength: number, at: number): Promise<void>;

  startRun(run: { readonly id: string; readonly at: number; readonly command: string }): Promise<void>;
  endRun(run: {
    readonly id: string;
    readonly at: number;
    readonly exitCode: number;
    readonly summary: Json;
  }): Promise<void>;

  /** The last run that was begun, what a person did by hand not among them; undefined before the first. */
  lastRun(): Promise<RecordedRun | undefined>;

  /** Sites that have a slot, those with a failed or uncertain item first, then by id; `match` filters ids. */
  sites(match?: (id: string) => boolean): AsyncIterable<SiteStatus>;

  close(): Promise<void>;
}
