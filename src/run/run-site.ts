import PQueue from 'p-queue';
import { InterruptedError, type ApiError } from '../domain/errors.ts';
import type { Site } from '../domain/site.ts';
import type { Intent } from '../ledger/ledger.ts';
import { toolsFor } from '../steps/tools-for.ts';
import { workKey, type Results, type Step, type StepName } from '../steps/step.ts';
import { nobodyThere } from './away.ts';
import { findMoved } from './moved.ts';
import { describeProblem } from './outcome.ts';
import { findInvalid } from './payloads.ts';
import { findRenamed } from './renamed.ts';
import { leaveItem, postponeItem, runItem, type EndedItem, type ItemRun } from './run-item.ts';
import { layOut, withNeeds, type SiteItems } from './site-items.ts';
import { needsMet, noFacts, surveyStep, type SiteRecord, type Surveyed } from './survey.ts';
import { nameSite, type ItemEnd, type SiteEnd } from './tally.ts';

/** What one site's way through the steps uses; the same for all sites of a run. */
export interface SiteRun extends ItemRun {
  readonly steps: readonly Step[];
  readonly selected: ReadonlySet<StepName>;
  /** Intents that were open when the run began, by `slotName`. */
  readonly intents: ReadonlyMap<string, Intent>;
  /** Why an API cannot be asked anything any more in this run: what is left to do of its steps waits. */
  readonly away: (api: Step['api']) => ApiError | undefined;
}

/** Items of one site and step that are under way at once; the throttles decide what is really sent. */
const itemsAtOnce = 8;

/** The item that stands for a whole step whose items could not be laid out. */
const wholeStep = '*';

/**
 * Takes one site through its steps, in order. A failed item stops what reads its facts, and nothing else.
 * Throws what must stop the run (`AccessError`, `InterruptedError`); everything else is in the tally and the ledger.
 */
export async function runSite(site: Site, { tools, ...others }: SiteRun): Promise<SiteEnd> {
  const own = toolsFor(site, tools);
  const why = others.away('wattcarbon');
  const run: SiteRun = { ...others, tools: why ? nobodyThere(own, why) : own };
  const steps = withNeeds(run.steps, run.selected);
  const { items, problems } = await layOut(site, steps, run.tools);
  const record: SiteRecord = { slots: await run.ledger.slots(site.id), intents: run.intents };
  for (const slot of record.slots) if (slot.item === wholeStep) await run.ledger.unlink(slot);
  const looked = [site, steps, items, record, run.ledger, run.tools] as const;
  const refused = [...problems, ...(await findRenamed(...looked)), ...(await findMoved(...looked, run.lead))];
  if (refused.length > 0) return refuseSite(site, refused, run);
  const sending = steps.filter(({ name }) => run.selected.has(name));
  const invalid = (await findInvalid(site, sending, items, record, { ...run, offline: false }))
    .map(({ step, problems: all }) => ({ step, problems: all.filter(({ severity }) => severity === 'error') }))
    .filter(({ problems: errors }) => errors.length > 0);
  if (invalid.length > 0) return refuseSite(site, invalid, run);

  const facts = noFacts();
  const ends = new Set<ItemEnd>();
  for (const step of steps) {
    const selected = run.selected.has(step.name);
    const all = items.get(step.name) ?? [];
    const ready = all.filter((item) => needsMet(step, item, items, facts));
    if (selected && ready.length < all.length) {
      ends.add('waiting');
      for (let n = ready.length; n < all.length; n++) run.tally.item(step.name, 'waiting');
    }
    const surveyed = await surveyStep(step, site, ready, facts, record, run.ledger, run.tools);
    // What reads may need no request, and finds out by itself.
    const isAway = (): boolean => step.kind === 'creates' && run.away(step.api) !== undefined;
    const take = (one: Surveyed): Promise<EndedItem> =>
      isAway() && (one.standing.kind === 'do' || one.standing.kind === 'broken')
        ? postponeItem(step, site, one, facts, run)
        : runItem(step, site, one, facts, record, run);
    const ended = selected
      ? await allEnds(surveyed.map((one) => () => take(one)))
      : await Promise.all(surveyed.map((one) => leaveItem(step, site, one, facts, run)));
    const known = new Map<string, Results[StepName]>();
    ended.forEach(({ end, result }, n) => {
      ends.add(end);
      const label = surveyed[n]?.item.label;
      if (label !== undefined && result !== undefined) known.set(label, result);
    });
    Object.assign(facts, { [step.name]: known });
  }
  return (['failed', 'uncertain', 'waiting'] as const).find((end) => ends.has(end)) ?? 'done';
}

/** Runs all, a few at once, and waits for every one before it throws: what is in flight is finished and recorded. */
async function allEnds(work: readonly (() => Promise<EndedItem>)[]): Promise<readonly EndedItem[]> {
  const queue = new PQueue({ concurrency: itemsAtOnce });
  const outcomes = await Promise.allSettled(work.map((one) => queue.add(one)));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (reasons.length > 0) throw reasons.find((reason) => !(reason instanceof InterruptedError)) ?? reasons[0];
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** Records why nothing of this site was sent. */
async function refuseSite(site: Site, refused: SiteItems['problems'], run: SiteRun): Promise<'failed'> {
  for (const { step, problems } of refused) {
    for (const problem of problems) {
      run.tally.failure({ ...nameSite(site), step, code: problem.code, message: describeProblem(problem) }, false);
    }
    const [first] = problems;
    if (!first) continue;
    run.tally.item(step, 'failed');
    const slot = { scope: '', site: site.id, step, item: wholeStep };
    const key = workKey(step, [site.id, wholeStep]);
    const error = { code: first.code, message: describeProblem(first) };
    await run.ledger.finish({ work: { key, step, state: 'failed', error, at: run.tools.clock.now() }, slot });
  }
  return 'failed';
}
