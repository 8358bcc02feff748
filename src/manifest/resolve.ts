import { dirname, resolve } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import type { ManifestDocument, PathKey } from './document.ts';
import { findEndpointFaults } from './endpoints.ts';
import type { Environment, FilledManifest } from './environment.ts';
import type { Manifest, MoerSettings, OpenApiSource, RateLimit } from './manifest.ts';
import type { WrittenHead } from './schema.ts';
import { didYouMean } from './suggest.ts';
import { resolveAccounts } from './accounts.ts';
import { earlyWindowFault } from './moer-window.ts';
import { qualityFaults, qualityRules } from './quality-rules.ts';

interface Context {
  readonly document: ManifestDocument;
  readonly folder: string;
  readonly env: Environment;
  readonly sandbox: boolean;
  readonly nowMs?: number | undefined;
  readonly problems: Problem[];
}

const dayMs = 86_400_000;

function report(
  context: Context,
  severity: Problem['severity'],
  code: string,
  message: string,
  path: readonly PathKey[],
): void {
  context.problems.push({ severity, code, message, ...context.document.where(path) });
}

const credentialsFault =
  'the address holds credentials, which would end up in logs; give them by the environment instead';

function resolveUrl(api: 'watttime' | 'wattcarbon', written: string, context: Context): string {
  const name = api === 'watttime' ? 'WATTTIME_API_URL' : 'WATTCARBON_API_URL';
  const override = context.env[name];
  const text = override || written;
  const refuse = (fault: string) => {
    if (override) context.problems.push({ severity: 'error', code: 'manifest.url', message: `${name}: ${fault}` });
    else report(context, 'error', 'manifest.url', fault, [api, 'url']);
  };
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) {
    // `user:password@host` is no address either, and must not be repeated.
    const shown = text.includes('@') ? 'what is given (it holds an @, so it is not repeated)' : `"${text}"`;
    refuse(`${shown} is not an address; write it like "https://api.example.org"`);
    return text;
  }
  const parsed = new URL(text);
  if (parsed.username !== '' || parsed.password !== '') {
    refuse(credentialsFault);
  } else if (parsed.search !== '' || parsed.hash !== '') {
    refuse(`the address has a query or a fragment after "${parsed.origin}"; give the address alone`);
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
}

function resolveLimit(limit: { readonly requests: number; readonly per: number }): RateLimit {
  return { requests: limit.requests, windowMs: limit.per };
}

const knownSignals: readonly string[] = ['co2_moer', 'co2_aoer', 'health_damage'];

function checkSignals(signals: readonly string[], context: Context): void {
  for (const [index, signal] of signals.entries()) {
    const path = ['watttime', 'signals', index];
    if (signals.indexOf(signal) !== index)
      report(context, 'error', 'manifest.value', `"${signal}" is listed twice; keep one`, path);
    else if (!knownSignals.includes(signal)) {
      const hint = didYouMean(signal, knownSignals, '; if WattTime offers it, go on');
      report(
        context,
        'warning',
        'manifest.signal-unknown',
        `"${signal}" is not a signal that is known here${hint}`,
        path,
      );
    }
  }
}

function resolveOpenApi(written: string, context: Context): OpenApiSource {
  if (written === 'auto' || written === 'off') return { kind: written };
  if (/^https?:\/\//i.test(written)) {
    const { username = '', password = '' } = URL.canParse(written) ? new URL(written) : {};
    if (username !== '' || password !== '')
      report(context, 'error', 'manifest.url', credentialsFault, ['wattcarbon', 'openapi']);
    return { kind: 'url', url: written };
  }
  return { kind: 'file', path: resolve(context.folder, written) };
}

function resolveMoer(written: NonNullable<WrittenHead['moer']>, context: Context): MoerSettings {
  const { from, to, revisions, model, imputed, chunk } = written;
  if (chunk > 32 * dayMs) {
    report(context, 'error', 'manifest.moer-chunk', 'one request may span at most 32 days: write "P32D" or less', [
      'moer',
      'chunk',
    ]);
  }
  const moer = {
    from,
    to,
    revisionsMs: revisions,
    model,
    imputed,
    chunkMs: chunk,
    at: context.document.where(['moer'], 'key'),
  };
  const fault = earlyWindowFault(moer, context.nowMs);
  if (fault !== undefined) report(context, 'error', 'manifest.moer-window', fault, ['moer', 'from']);
  return moer;
}

function resolveLedger(written: string, context: Context): string {
  if (context.sandbox) return resolve(context.folder, '.wattlift/sandbox/ledger.db');
  if (/^postgres(?:ql)?:\/\//i.test(written)) {
    const message = 'a ledger in PostgreSQL is not available yet; give the path of a file, like ".wattlift/ledger.db"';
    report(context, 'error', 'manifest.ledger-postgres', message, ['ledger']);
  }
  return resolve(context.folder, written);
}

/** Turns what was written into what the program uses; adds to the problems what only shows here. */
export function resolveManifest(
  head: WrittenHead,
  filled: FilledManifest,
  inlineSites: readonly unknown[],
  document: ManifestDocument,
  options: { readonly env: Environment; readonly sandbox: boolean; readonly nowMs?: number | undefined },
): { readonly manifest: Manifest; readonly problems: readonly Problem[] } {
  const folder = dirname(resolve(document.file));
  const context: Context = { document, folder, ...options, problems: [] };
  const { watttime, wattcarbon } = head;
  checkSignals(watttime.signals, context);
  context.problems.push(...findEndpointFaults(wattcarbon.endpoints, document));
  for (const { code, message, path } of qualityFaults(qualityRules(head.defaults.quality), [], undefined)) {
    report(context, 'error', code, message, ['defaults', 'quality', ...path]);
  }
  const { accounts, problems: accountProblems } = resolveAccounts(
    head,
    filled.unsetAccounts,
    document,
    options.sandbox,
  );
  context.problems.push(...accountProblems);
  const manifest: Manifest = {
    file: document.file,
    folder,
    name: head.name,
    watttime: {
      url: resolveUrl('watttime', watttime.url, context),
      limit: resolveLimit(watttime.limit),
      concurrency: watttime.concurrency,
      timeoutMs: watttime.timeout,
      signals: watttime.signals,
      regions: watttime.regions,
    },
    wattcarbon: {
      url: resolveUrl('wattcarbon', wattcarbon.url, context),
      accounts,
      limit: resolveLimit(wattcarbon.limit),
      concurrency: wattcarbon.concurrency,
      timeoutMs: wattcarbon.timeout,
      settleMs: wattcarbon.settle,
      reupload: wattcarbon.reupload,
      form: { ...wattcarbon.columns, gasUnit: wattcarbon.gasUnit },
      coordinateKeys: wattcarbon.coordinateKeys,
      openapi: resolveOpenApi(wattcarbon.openapi, context),
      endpoints: wattcarbon.endpoints,
      allowUnverifiedEndpoints: wattcarbon.allowUnverifiedEndpoints,
    },
    moer: head.moer === undefined ? undefined : resolveMoer(head.moer, context),
    ledger: resolveLedger(head.ledger, context),
    store: resolve(folder, options.sandbox ? '.wattlift/sandbox/moer' : head.store),
    budget: options.sandbox || head.budget === undefined ? undefined : resolve(folder, head.budget),
    defaults: head.defaults,
    portfolio: head.portfolio,
    inlineSites,
    document,
  };
  return { manifest, problems: context.problems };
}
