import type { z } from 'zod';
import type { ApiError, WattliftError } from '../domain/errors.ts';
import { canonicalJson, sha256, type Json } from '../domain/json.ts';
import type { Creation, Prepared, RemoteId, RemoteObject } from '../domain/remote.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Site } from '../domain/site.ts';
import type { Fields, Likeness } from './likeness.ts';
import type { SeriesSummary } from './moer-count.ts';
import type { Tools } from './tools.ts';

/**
 * What each step learns of one of its items. The ledger keeps these; they are what later steps may read.
 * A creating step learns the id of what it made and its version: 1, and one more each time its content was revised.
 */
export interface Results {
  /** `asOf`: when the map that says so was downloaded, UTC milliseconds; absent for what was asked or given. */
  region: { readonly region: string; readonly fullName?: string; readonly asOf?: number };
  /** `fields`: what it was made from, so that it can be said what changed; absent in a ledger of before. */
  meter: { readonly id: RemoteId; readonly version: number; readonly fields?: Fields };
  /** `confirmed`: it was taken, and reading it back showed something else. */
  upload: { readonly version: number; readonly confirmed?: true };
  asset: { readonly id: RemoteId; readonly version: number; readonly fields?: Fields };
  events: { readonly id?: RemoteId; readonly version: number };
  moer: SeriesSummary;
}
export type StepName = keyof Results;

/** The finished items of earlier steps, by item label. */
export type Facts<Needs extends StepName> = { readonly [Name in Needs]: ReadonlyMap<string, Results[Name]> };

/** One piece of a step's work for a site. The label is unique within site and step: `main`, `main/2025-01`, `co2_moer`. */
export interface Item {
  readonly label: string;
}

export interface Input<Needs extends StepName, Work extends Item> {
  readonly site: Site;
  readonly item: Work;
  readonly facts: Facts<Needs>;
}

interface Common<Name extends StepName, Needs extends StepName, Work extends Item> {
  readonly name: Name;
  /** The steps whose facts it reads; all of them come earlier in `index.ts`. */
  readonly needs: readonly Needs[];
  /** True when an item reads only the facts of its own label, so that one missing does not hold up the others. */
  readonly needsOwnLabelOnly?: boolean;
  readonly api: 'watttime' | 'wattcarbon';
  /** The form of its results, checked when they come back from the ledger. */
  readonly result: z.ZodType<Results[Name]>;
  /** This site's work, in order; none when the site has no use for the step. Throws `ProblemError`. */
  items(site: Site, tools: Tools): Promise<readonly Work[]>;
  /** Everything the result depends on. Equal keys are the same work, whichever site asks. */
  key(input: Input<Needs, Work>, tools: Tools): Json;
}

/** A step that reads from far away: it may be repeated, and sites with equal keys share it. */
export interface LearningStep<Name extends StepName, Needs extends StepName, Work extends Item> extends Common<
  Name,
  Needs,
  Work
> {
  readonly kind: 'learns';
  /**
   * How many requests it would make now, given when it was last done; 0 with `doneAt` set means nothing is left to do,
   * unless `isOutdated` says otherwise. With none at most, `run` may be called without a network.
   */
  requests(input: Input<Needs, Work>, tools: Tools, doneAt: number | undefined): Promise<number | RequestCount>;
  /** Is what was learned then to be learned again, even if that takes no request? By default it never is. */
  isOutdated?(input: Input<Needs, Work>, tools: Tools, doneAt: number): Promise<boolean>;
  /** As of when a result holds (UTC milliseconds), when that is not the moment it was learned. */
  asOf?(result: Results[Name]): number | undefined;
  run(input: Input<Needs, Work>, tools: Tools): Promise<Results[Name]>;
  /** What is there although `run` failed, without a request; by default what was learned before. */
  left?(input: Input<Needs, Work>, tools: Tools): Promise<Results[Name]>;
}

/** Why a creating step is asked to look: an answer was lost, or the API says that it is there already. */
export interface Search {
  readonly because: 'unknown' | 'conflict';
  readonly creation: Creation;
  readonly prepared: Prepared;
  /** True when this slot held other content before, or other content of it was sent and never answered. */
  readonly revises: boolean;
}

/**
 * What looking brought. `objects`: what is the same, and what may be (`unclear`), owned or not; `there`: it is there and
 * needs no id; `send-again`: sending once more cannot double it; `cannot-look`: only a person can tell, and `advice` says
 * what to look at.
 */
export type Found =
  | {
      readonly kind: 'objects';
      readonly objects: readonly RemoteObject[];
      readonly unclear: readonly RemoteObject[];
      /** What holds when something unclear is nobody's; by default it is uncertain. */
      readonly inDoubt?: Exclude<Found, { readonly kind: 'objects' }>;
    }
  | { readonly kind: 'there' }
  | { readonly kind: 'send-again' }
  | { readonly kind: 'cannot-look'; readonly advice: string };

/** See `CreatingStep.onChange`. */
export type OnChange = 'drift' | 'update' | 'version' | 'uncertain';

/** A part of a creation's file, as a file of its own with so many rows of data. */
export interface Piece {
  readonly creation: Creation;
  readonly rows: number;
}

/** A step that makes something far away, where a lost answer must not make a second one. */
export interface CreatingStep<Name extends StepName, Needs extends StepName, Work extends Item> extends Common<
  Name,
  Needs,
  Work
> {
  readonly kind: 'creates';
  /** The kind of remote object whose id it brings home; `undefined` when there is none (readings). */
  readonly owns: 'meter' | 'asset' | 'document' | undefined;
  /**
   * What other input means once something was made: `drift` is a problem, `update` is sent to change it, `version` is sent
   * in its place, `uncertain` needs a person.
   */
  onChange(tools: Tools): OnChange | Promise<OnChange>;
  /** What it is made from, to be remembered; where other input is told by its fields. */
  fields?(input: Input<Needs, Work>, tools: Tools): Fields;
  /** What to send; `previous` is there already, and is to be changed or replaced. */
  creation(input: Input<Needs, Work>, tools: Tools, previous?: Results[Name]): Promise<Creation>;
  /** The same in two, for a file that is refused as too large; undefined for one that cannot be cut. */
  cut?(creation: Creation): readonly [Piece, Piece] | undefined;
  /** Puts the API's refusal of what was sent into terms of the operator's input; undefined where it cannot. */
  explain?(
    input: Input<Needs, Work>,
    tools: Tools,
    creation: Creation,
    refused: ApiError,
  ): Promise<WattliftError | undefined>;
  /** Reads back what was sent and confirmed; says what differs, undefined when nothing does or it cannot be read. */
  verify?(input: Input<Needs, Work>, tools: Tools, creation: Creation): Promise<string | undefined>;
  /** Is what a list shows what was sent? Present where a list is all there is to tell by. */
  compare?(sent: Prepared['sent'], shown: RemoteObject['fields']): Likeness;
  /** Has an earlier try already made it? */
  find(input: Input<Needs, Work>, tools: Tools, search: Search): Promise<Found>;
}

/** A step as the run sees it, with its own needs and items hidden. */
export type Step = LearningStep<StepName, StepName, Item> | CreatingStep<StepName, StepName, Item>;

/** Declares a step that reads. The compiler holds it to the facts it names in `needs`. */
export function learns<Name extends StepName, const Needs extends StepName, Work extends Item>(
  step: Omit<LearningStep<Name, Needs, Work>, 'kind'>,
): LearningStep<Name, Needs, Work> {
  return { kind: 'learns', ...step };
}

/** Declares a step that creates. The type demands `find`. */
export function creates<Name extends StepName, const Needs extends StepName, Work extends Item>(
  step: Omit<CreatingStep<Name, Needs, Work>, 'kind'>,
): CreatingStep<Name, Needs, Work> {
  return { kind: 'creates', ...step };
}

/** The ledger's name for a piece of work: the step and the hash of all that its result depends on. */
export function workKey(step: StepName, key: Json): string {
  return `${step}:${sha256(canonicalJson(key)).slice(0, 32)}`;
}
