import type { Problem } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Sites of the ledger that are named; more are counted. */
const most = 20;

/**
 * Sites that the ledger knows and the manifest no longer lists: removed, or renamed, which makes everything of theirs a
 * second time. Also says where a creation of theirs was never answered, since no run will look for it.
 */
export async function findUnlisted(
  ledger: Ledger,
  listed: ReadonlySet<string>,
  file: string,
): Promise<readonly Problem[]> {
  const doubtful = new Map<string, string>();
  for (const { slot, at } of await ledger.intents()) {
    const what = `${slot.step} ${slot.item} was begun at ${new Date(at).toISOString()} and never answered: look for it at WattCarbon`;
    if (!listed.has(slot.site)) doubtful.set(slot.site, what);
  }
  const ids = new Set(doubtful.keys());
  for await (const { id } of ledger.sites((id) => !listed.has(id))) ids.add(id);
  const named = [...ids].slice(0, most).map((id) => {
    const doubt = doubtful.get(id);
    return warn(
      `site "${id}" is in the ledger and not in the manifest; if it was renamed, give it its old id again${doubt === undefined ? '' : `. Its ${doubt}`}`,
      file,
    );
  });
  return ids.size > most
    ? [...named, warn(`${String(ids.size - most)} more sites are in the ledger and not in the manifest`, file)]
    : named;
}

function warn(message: string, file: string): Problem {
  return { severity: 'warning', code: 'site.unlisted', message, file };
}
