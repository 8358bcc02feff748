import { inspectLedger, type LedgerFacts } from '../ledger/inspect-ledger.ts';
import { inspectPermits } from '../ledger/inspect-permits.ts';
import { readLock } from '../ledger/sqlite-lock.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { count } from './check-document.ts';
import { formatBytes } from './doctor-places.ts';
import { examine, fine, warning, wrong, type Finding } from './finding.ts';

/** The ledger's file: whole, of our schema, held by nobody, and what it waits for. Changes nothing. */
export async function examineLedger(manifest: Manifest): Promise<readonly Finding[]> {
  const { ledger } = manifest;
  const isHeld = { now: false };
  const lock = await examine('ledger-lock', async () => {
    const holder = await readLock(ledger);
    if (holder === undefined) return [fine('ledger-lock', 'no run holds the ledger')];
    isHeld.now = true;
    if (holder === 'unknown') return [warning('ledger-lock', 'a run holds the ledger', waitAdvice)];
    const { pid, host, command, since } = holder;
    const at = new Date(since).toISOString();
    const message = `process ${String(pid)} on ${host} holds the ledger since ${at}, running "${command}"`;
    return [warning('ledger-lock', message, waitAdvice, { pid, host, command, since: at })];
  });
  const file = await examine('ledger', async () => {
    const facts = await inspectLedger(ledger);
    return facts === undefined || facts.schema === 0
      ? [fine('ledger', `there is no ledger at ${ledger} yet; the first run makes it`)]
      : [judgeFile(facts, ledger), ...judgeWork(facts, isHeld.now)];
  });
  return [...file, ...lock];
}

const waitAdvice = 'nothing, if it is at work; another run, adopt and forget wait for its end (exit 4)';

function judgeFile({ bytes, schema, currentSchema, damage }: LedgerFacts, path: string): Finding {
  const data = { path, bytes, schema, currentSchema };
  if (damage.length > 0) {
    const advice = 'keep the file, and put a copy from before in its place; do not run without one';
    return wrong('ledger', `${path} is damaged: ${damage.join('; ')}`, advice, { ...data, damage: [...damage] });
  }
  if (schema > currentSchema) {
    const message = `${path} has schema ${String(schema)}, which a newer wattlift wrote; this one knows ${String(currentSchema)}`;
    return wrong('ledger', message, 'upgrade wattlift, or name another file under ledger:', data);
  }
  const older = schema < currentSchema ? `; the next run brings it to schema ${String(currentSchema)}` : '';
  return fine('ledger', `whole, ${formatBytes(bytes)}, schema ${String(schema)}${older} (${path})`, data);
}

function judgeWork({ holds }: LedgerFacts, isHeld: boolean): readonly Finding[] {
  if (holds === undefined) return [];
  const { sites, failed, uncertain, unanswered, lastRun } = holds;
  const data = { sites, failed, uncertain, unanswered };
  const what = `${count(sites, 'site')}, ${count(failed, 'item')} failed, ${String(uncertain)} uncertain`;
  const work =
    uncertain > 0
      ? warning('ledger-work', what, 'wattlift status says what to look at, and how to settle it', data)
      : failed > 0
        ? warning('ledger-work', what, 'wattlift status says why; the next run tries again', data)
        : fine('ledger-work', what, data);
  const open =
    unanswered > 0 && !isHeld
      ? [
          warning(
            'ledger-unanswered',
            `${count(unanswered, 'creation')} never answered: an earlier run was stopped, or an answer was lost`,
            'run again: they are looked for before anything is sent; wattlift status --remote shows what may be theirs',
            { unanswered },
          ),
        ]
      : [];
  return [work, ...open, ...(lastRun === undefined ? [] : [judgeLastRun(lastRun, isHeld)])];
}

function judgeLastRun(
  { command, at, endedAt, exitCode }: NonNullable<NonNullable<LedgerFacts['holds']>['lastRun']>,
  isHeld: boolean,
): Finding {
  const began = new Date(at).toISOString();
  const data = {
    command,
    at: began,
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    ...(exitCode !== undefined && { exitCode }),
  };
  if (endedAt === undefined && !isHeld) {
    const message = `the last run ("${command}", ${began}) was ended by force`;
    return warning('last-run', message, 'run again: it goes on where that one stopped', data);
  }
  const ended = endedAt === undefined ? 'and goes on' : `and ended with ${String(exitCode)}`;
  return fine('last-run', `"${command}" began at ${began} ${ended}`, data);
}

/** How many requests count in each budget now. */
export async function examinePermits(manifest: Manifest, now: number): Promise<readonly Finding[]> {
  const { watttime, wattcarbon, ledger, budget } = manifest;
  return examine('permits', async () => {
    const uses = await inspectPermits(budget ?? ledger, now);
    const ours = uses.filter(({ name }) => name.startsWith(watttime.url) || name.startsWith(wattcarbon.url));
    if (ours.length === 0) return [fine('permits', 'no request was counted yet')];
    return ours.map(({ name, counting, pausedUntil }) => {
      const isLogin = name.endsWith(' login');
      const { limit } = name.startsWith(watttime.url) ? watttime : wattcarbon;
      const most = isLogin ? '' : ` of ${String(limit.requests)} in ${String(limit.windowMs / 1000)} s`;
      const message = `${name}: ${count(counting, 'request')}${most} ${counting === 1 ? 'counts' : 'count'} now`;
      const data = { budget: name, counting, ...(!isLogin && { limit: limit.requests }) };
      return pausedUntil === undefined
        ? fine('permits', message, data)
        : warning(
            'permits',
            `${message}; paused until ${new Date(pausedUntil).toISOString()}, since the API answered 429`,
            'wait; where it comes again, lower the limit in the manifest: others may use the same account',
            data,
          );
    });
  });
}
