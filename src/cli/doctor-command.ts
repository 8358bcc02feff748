import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { WattliftError } from '../domain/errors.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { askApis, type Answers } from './ask-apis.ts';
import { count } from './check-document.ts';
import { readCredentials } from './credentials.ts';
import { examineLedger, examinePermits } from './doctor-ledger.ts';
import { examinePlace, type Place } from './doctor-places.ts';
import { watchDocuments } from './doctor-wattcarbon.ts';
import { exitCode } from './exit-code.ts';
import { countFindings, exitCodeOfFindings, fine, formatFindings, wrong, type Finding } from './finding.ts';
import { interruptible } from './interrupts.ts';
import type { LogFlags } from './log-choices.ts';
import { openLog } from './log.ts';
import { hasError, readManifest, surveySites, type Survey } from './manifest-input.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
import { quarantineFolder } from './site-files.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { readVersion } from './version.ts';

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

async function askBoth(
  { manifest, survey, log, stopping }: Examining,
  options: DoctorOptions,
  terminal: Terminal,
): Promise<Answers> {
  const ledger = await openLedgerOrNone(manifest, terminal);
  try {
    return await askApis(
      {
        manifest,
        credentials: readCredentials(manifest, terminal, options.sandbox === true),
        uses: survey.uses,
        writes: survey.writes,
        matches: () => true,
        ledger,
        cache: watchDocuments(ledger && { get: (url) => ledger.document(url) }),
        flags: options,
        log,
        stopping,
      },
      terminal,
    );
  } finally {
    await ledger?.close();
  }
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

function toDocument(findings: readonly Finding[], endpoints: readonly Endpoint[]): DoctorDocument {
  const code = exitCodeOfFindings(findings);
  return { ok: code === exitCode.done, exitCode: code, findings, endpoints };
}

function formatDoctor({ findings, endpoints }: DoctorDocument): string {
  const rows = endpoints.map(({ operation, method, path, source }) => [operation, method, path, source]);
  const table = rows.length === 0 ? '' : `\n${formatTable([['operation', 'verb', 'path', 'from'], ...rows])}`;
  return `${formatFindings(findings)}${table}\n${countFindings(findings)}\n`;
}
