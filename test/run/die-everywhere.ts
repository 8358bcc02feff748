import { Crash, dieAt, type Dying } from './crash.ts';
import { takeLedgerFiles, type LedgerFiles } from './ledger-as-killed.ts';
import { openWorld, type RunHow, type World, type Written } from './open-run.ts';

/** The creating steps. */
export const creating = ['meter', 'upload', 'asset', 'events'] as const;

/** One way to come to grief, tried at every moment there is. */
export interface Trial {
  readonly manifest: Written;
  readonly files?: { readonly [name: string]: string };
  /** How the sandbox differs from its usual form. */
  readonly switches?: readonly string[];
  /** What goes before the run that dies. */
  readonly before?: (world: World) => Promise<void>;
  /** The run that dies, and the one that follows; one site at a time unless it says otherwise. */
  readonly how?: RunHow;
  /** Every moment by default; 3 tries every third. */
  readonly stride?: number;
  /** Sees each world after the run that followed, and at which moment the other one had died. */
  readonly check: (world: World, moment: number) => Promise<void>;
}

/**
 * Lets a run die at the first moment, in a world of its own; then at the second, and so on until one is not killed any more.
 * The next run begins at once, with the ledger's files as they were in the moment of death. Returns how many moments
 * there were.
 */
export async function dieEverywhere(trial: Trial): Promise<number> {
  const { manifest, files, switches, stride = 1, how } = trial;
  for (let moment = 1; ; moment += stride) {
    const world = await openWorld(manifest, files, {}, switches);
    await trial.before?.(world);
    const died = await runAndDie(world, (onDeath) => dieAt(moment, onDeath), how);
    if (died) {
      await world.run({ only: creating, ...how });
      await trial.check(world, moment);
    }
    await world.close();
    if (!died) return moment - stride;
  }
}

/** Runs until it dies, if it does: returns whether. What was done until then is all that there is. */
export async function runAndDie(world: World, die: (onDeath: () => void) => Dying, how: RunHow = {}): Promise<boolean> {
  let left: LedgerFiles | undefined;
  const dying = die(() => {
    left = takeLedgerFiles(world.ledgerFile);
  });
  permits.watch = dying.how.watch;
  try {
    await world.run({ only: creating, concurrency: 1, ...how, ...dying.how });
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  } finally {
    permits.watch = watchNothing;
  }
  left?.restore();
  return dying.dead;
}

const watchNothing: Dying['how']['watch'] = (target) => target;

/** A run opens its permits by itself, so that a test file has to put this around them (`vi.mock`). */
export const permits = { watch: watchNothing };
