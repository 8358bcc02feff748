import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readSites } from '../manifest/sites.ts';
import { count } from './check-document.ts';
import { readCredentials } from './credentials.ts';
import { examineCredentials, lacksCredentials } from './doctor-credentials.ts';
import { examineLedger, examinePermits } from './doctor-ledger.ts';
import { examinePlace, type Place } from './doctor-places.ts';
import { examineAccount, examineDescription, examineEndpoints, watchDocuments } from './doctor-wattcarbon.ts';
import { examineWattTime, type WantedRegions } from './doctor-watttime.ts';
import { exitCode } from './exit-code.ts';
import { examine, fine, wrong, type Finding } from './finding.ts';
import { interruptible } from './interrupts.ts';
import type { LogFlags } from './log-choices.ts';
import { openLog } from './log.ts';
import { hasError, readManifest, surveySites, type Survey } from './manifest-input.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
import { ServerClocks } from './server-clocks.ts';
import { quarantineFolder } from './site-files.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { readVersion } from './version.ts';
import { withClients } from './with-clients.ts';

export interface DoctorOptions extends LogFlags, SandboxFlags {
  readonly json?: true;
  readonly sandbox?: true;
}

/** The `--json` document of `doctor`. */
interface DoctorDocument {
  /** True when nothing found is an error. */
  readonly ok: boolean;
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly endpoints: readonly Endpoint[];
}

/**
 * `wattlift doctor`: looks at everything that a run needs, and changes nothing but the count of requests. Exit 0 all well
 * (warnings too), 3 credentials or permissions missing or refused, 1 something else wrong, 2 the manifest cannot be read.
 */
export async function doctor(path: string, options: DoctorOptions, terminal: Terminal): Promise<number> {
  const manifest = await readManifest(path, options, terminal);
  if (!manifest) return exitCode.badInput;
  const survey = await surveySites(manifest, () => true);
  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const look = (stopping: AbortSignal): Promise<number> =>
    examineAll({ manifest, survey, log, stopping }, options, terminal);
  return interruptible(terminal, (message) => log.warn(message), look);
}

/** What is looked at, and how. */
interface Examining {
  readonly manifest: Manifest;
  readonly survey: Survey;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

async function examineAll(examining: Examining, options: DoctorOptions, terminal: Terminal): Promise<number> {
  const { manifest, survey } = examining;
  const here = [
    examineProgram(),
    examineInput(survey),
    ...(await Promise.all(placesOf(manifest).map(examinePlace))),
    ...(await examineLedger(manifest)),
  ];
  const asked = await askBoth(examining, options, terminal);
  const findings = [...here, ...asked.findings, ...(await examinePermits(manifest, terminal.clock.now()))];
  const document = toDocument(findings, asked.endpoints);
  terminal.stdout.write(options.json ? `${JSON.stringify(document)}\n` : formatDoctor(document));
  return document.exitCode;
}

function examineProgram(): Finding {
  const { node } = process.versions;
  const data = { wattlift: readVersion(), node, platform: `${process.platform} ${process.arch}` };
  return fine('program', `wattlift ${data.wattlift} on Node ${node}, ${data.platform}`, data);
}

function examineInput({ sites, problems, uses }: Survey): Finding {
  const errors = problems.filter((problem) => hasError([problem])).length;
  const data = { sites, errors, warnings: problems.length - errors };
  const uncalled = [uses.watttime ? '' : 'WattTime', uses.wattcarbon ? '' : 'WattCarbon'].filter(Boolean);
  const idle = uncalled.length === 0 ? '' : `; no site needs ${uncalled.join(' or ')}`;
  return errors > 0
    ? wrong('manifest', `${count(errors, 'error')} in ${count(sites, 'site')}`, 'wattlift check lists them', data)
    : fine('manifest', `${count(sites, 'site')}${idle}`, data);
}

function placesOf(manifest: Manifest): readonly Place[] {
  const { ledger, store, budget } = manifest;
  return [
    { name: 'ledger', path: dirname(ledger) },
    { name: 'store', path: store },
    { name: 'quarantine', path: quarantineFolder(manifest) },
    ...(budget === undefined ? [] : [{ name: 'budget', path: dirname(budget) }]),
  ];
}

/** What only the two APIs can tell. Nothing is asked where requests cannot be counted, or nobody could log in. */
async function askBoth(
  { manifest, survey, log, stopping }: Examining,
  options: DoctorOptions,
  terminal: Terminal,
): Promise<{ readonly findings: readonly Finding[]; readonly endpoints: readonly Endpoint[] }> {
  const sandbox = options.sandbox === true;
  const credentials = readCredentials(manifest, terminal, sandbox);
  const having = examineCredentials(manifest, credentials, survey.uses, terminal.env);
  const clocks = new ServerClocks(terminal.clock);
  let endpoints: readonly Endpoint[] = [];
  const answers = await examine('network', async () => {
    const ledger = await openLedgerOrNone(manifest, terminal);
    try {
      const cache = watchDocuments(ledger && { get: (url) => ledger.document(url) });
      const asking = {
        credentials,
        cache,
        flags: options,
        log,
        stopping,
        listen: (bare: typeof fetch) => clocks.listen(bare),
      };
      return await withClients(manifest, asking, terminal, async ({ watttime, wattcarbon }, wires) => {
        const lacks = lacksCredentials(manifest, credentials, survey.uses);
        const asksWattTime = survey.uses.watttime && !lacks.watttime;
        const wanted = asksWattTime ? await findWantedRegions(manifest, ledger) : new Map<string, never>();
        const parts = await Promise.all([
          asksWattTime ? examineWattTime({ client: watttime, wire: wires.watttime }, wanted, manifest) : [],
          ...wattcarbon.map(async (client, n) => {
            const name = manifest.wattcarbon.accounts[n]?.name ?? '';
            const isIdle = !survey.uses.wattcarbon || (name !== '' && !survey.uses.accounts.has(name));
            return isIdle || lacks.accounts.has(n) ? [] : examineAccount(client, name);
          }),
        ]);
        const [first] = wattcarbon;
        if (!first || !survey.uses.wattcarbon) return parts.flat();
        const resolved = await examineEndpoints(() => first.endpoints(), manifest);
        ({ endpoints } = resolved);
        // Where the one cannot be had, the other says the same again.
        const described = endpoints.length === 0 ? [] : await examineDescription(() => first.description());
        return [...parts.flat(), ...resolved.findings, ...described];
      });
    } finally {
      await ledger?.close();
    }
  });
  return { findings: [...having, ...answers, ...clocks.findings()], endpoints };
}

/** A ledger of an older schema, or one that cannot be read, was judged already; the APIs can be asked all the same. */
async function openLedgerOrNone({ ledger }: Manifest, { clock }: Terminal): Promise<Ledger | undefined> {
  try {
    return await openSqliteLedger(ledger, { mode: 'read', clock });
  } catch (error) {
    if (error instanceof WattliftError) return undefined;
    throw error;
  }
}

const foundRegion = z.object({ region: z.string() });

/** The portfolio's regions: those the manifest gives by hand, and those that runs have found. */
async function findWantedRegions(manifest: Manifest, ledger: Ledger | undefined): Promise<WantedRegions> {
  const { signals } = manifest.watttime;
  const wanted = new Map(signals.map((signal) => [signal, new Set<string>()]));
  const ids = new Set<string>();
  for await (const { site } of readSites(manifest)) {
    if (!site) continue;
    ids.add(site.id);
    for (const signal of signals) {
      const region = typeof site.region === 'string' ? site.region : site.region?.[signal];
      if (region !== undefined) wanted.get(signal)?.add(region);
    }
  }
  if (ledger === undefined) return wanted;
  for await (const { items } of ledger.sites((id) => ids.has(id))) {
    for (const { step, item, result } of items) {
      const found = step === 'region' ? foundRegion.safeParse(result).data : undefined;
      if (found) wanted.get(item)?.add(found.region);
    }
  }
  return wanted;
}

function toDocument(findings: readonly Finding[], endpoints: readonly Endpoint[]): DoctorDocument {
  const errors = findings.filter(({ level }) => level === 'error');
  const code = errors.some(({ access }) => access) ? exitCode.access : exitCode.sitesFailed;
  const ok = errors.length === 0;
  return { ok, exitCode: ok ? exitCode.done : code, findings, endpoints };
}

function formatDoctor({ findings, endpoints }: DoctorDocument): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(
    ({ level, check, message, advice }) =>
      `${level.padEnd(7)}  ${check.padEnd(width)}  ${message}\n${advice === undefined ? '' : `${' '.repeat(width + 11)}-> ${advice}\n`}`,
  );
  const rows = endpoints.map(({ operation, method, path, source }) => [operation, method, path, source]);
  const table = rows.length === 0 ? '' : `\n${formatTable([['operation', 'verb', 'path', 'from'], ...rows])}`;
  const of = (wanted: Finding['level']): number => findings.filter(({ level }) => level === wanted).length;
  return `${lines.join('')}${table}\n${String(of('ok'))} ok, ${count(of('warning'), 'warning')}, ${count(of('error'), 'error')}\n`;
}
