import type { Problem } from '../domain/problem.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { Manifest, RateLimit } from '../manifest/manifest.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Plan, PlannedAccount, PlannedCounts } from '../run/plan-tally.ts';
import type { DescriptionSummary } from '../apis/operation-changes.ts';
import { formatDescription, withInstants, type DescribedAs } from './api-description.ts';
import { count } from './check-document.ts';
import { formatDuration } from './duration.ts';
import { countFindings, formatFindings, type Finding } from './finding.ts';
import { formatTable } from './table.ts';

/** The `--json` document of `plan`. */
export interface PlanDocument {
  readonly sites: number;
  readonly steps: Readonly<Record<string, PlannedCounts>>;
  readonly requests: { readonly watttime: number; readonly wattcarbon: number };
  readonly requestsAtMost: { readonly watttime: number; readonly wattcarbon: number };
  /** What falls to each account, where there are several; of requests those to WattCarbon. */
  readonly accounts?: readonly AccountPlan[];
  readonly minimumSeconds: number;
  readonly endpoints: readonly Endpoint[];
  /** WattCarbon's description of itself, as it was last read; absent where none is known. */
  readonly description?: DescribedAs;
  /** What the two APIs said when they were asked (`--remote`), in the form of `doctor`. */
  readonly remote?: readonly Finding[];
  /** What would fail: files that cannot be read, drift, doubt. */
  readonly problems: readonly Problem[];
}

/** What is known of WattCarbon's operations, and what the check of an account's key takes. */
export interface KnownOperations {
  readonly endpoints: readonly Endpoint[];
  readonly description: DescriptionSummary | undefined;
  readonly checks: RequestCount;
  /** What was found when both APIs were asked; undefined when they were not. */
  readonly remote: readonly Finding[] | undefined;
}

export interface AccountPlan extends PlannedAccount {
  readonly account: string;
}

/**
 * Adds to the steps' own requests what comes before them: a login for each API, and of WattCarbon its description of itself
 * and, for each account, `checks`, whether the key is the account's.
 */
export function toPlanDocument(
  plan: Plan,
  { endpoints, description: read, checks, remote }: KnownOperations,
  manifest: Manifest,
): PlanDocument {
  const { accounts, openapi, limit } = manifest.wattcarbon;
  const description = openapi.kind === 'auto' || openapi.kind === 'url' ? 1 : 0;
  const own = [...plan.accounts].map(([account, { sites, requests, requestsAtMost }]): AccountPlan => {
    const withFirst = (count: number, check: number): number => (count > 0 ? count + 1 + check : 0);
    return {
      account,
      sites,
      requests: withFirst(requests, checks.certain),
      requestsAtMost: withFirst(requestsAtMost, checks.atMost),
    };
  });
  const busy = (key: 'requests' | 'requestsAtMost'): number =>
    accounts.length > 1 ? own.filter((account) => account[key] > 0).length : 1;
  const requests = {
    watttime: plan.requests.watttime > 0 ? plan.requests.watttime + 1 : 0,
    wattcarbon:
      plan.requests.wattcarbon > 0
        ? plan.requests.wattcarbon + description + busy('requests') * (1 + checks.certain)
        : 0,
  };
  const requestsAtMost = {
    watttime: plan.requestsAtMost.watttime > 0 ? plan.requestsAtMost.watttime + 1 : 0,
    wattcarbon:
      plan.requestsAtMost.wattcarbon > 0
        ? plan.requestsAtMost.wattcarbon + description + busy('requestsAtMost') * (1 + checks.atMost)
        : 0,
  };
  // Each account has a budget of its own.
  const most = accounts.length > 1 ? Math.max(0, ...own.map((account) => account.requests)) : requests.wattcarbon;
  return {
    sites: plan.sites,
    steps: plan.steps,
    requests,
    requestsAtMost,
    ...(accounts.length > 1 && { accounts: own }),
    minimumSeconds: Math.max(leastSeconds(requests.watttime, manifest.watttime.limit), leastSeconds(most, limit)),
    endpoints,
    ...(read && { description: withInstants(read) }),
    ...(remote && { remote }),
    problems: plan.problems,
  };
}

/** The time that a limit alone demands: the first window's worth may go at once. */
function leastSeconds(requests: number, { requests: limit, windowMs }: RateLimit): number {
  return (Math.max(0, Math.ceil(requests / limit) - 1) * windowMs) / 1000;
}

/** The text form: the steps, the requests, the least time, and where each endpoint comes from. */
export function formatPlan(document: PlanDocument, revisions: Plan['revisions'] = []): string {
  const { requests, requestsAtMost, endpoints, remote } = document;
  const steps = Object.entries(document.steps);
  const idle = document.problems.length === 0 && steps.every(([, counts]) => counts.do + counts.waiting === 0);
  const ask = (api: 'watttime' | 'wattcarbon'): string =>
    requests[api] === requestsAtMost[api]
      ? String(requests[api])
      : `${String(requests[api])} to ${String(requestsAtMost[api])}`;
  const rows = [
    ['step', 'to do', 'done', 'waiting'],
    ...steps.map(([step, counts]) => [step, counts.do, counts.done, counts.waiting]),
  ];
  const least = `, at least ${formatDuration(document.minimumSeconds)} at the limits`;
  return [
    formatTable(rows),
    ...steps.map(([step, { revised = 0 }]) => describeRevised(step, revised, revisions)),
    `\n${count(document.sites, 'site')}; requests: WattTime ${ask('watttime')}, WattCarbon ${ask('wattcarbon')}${least}\n`,
    formatAccounts(document.accounts ?? []),
    idle ? 'nothing to do\n' : '',
    (!idle || remote) && endpoints.length > 0
      ? `\n${formatTable([['operation', 'verb', 'path', 'from'], ...endpoints.map(toRow)])}`
      : '',
    formatDescription(document.description, idle && !remote),
    remote ? `\nasked just now:\n${formatFindings(remote)}${countFindings(remote)}\n` : '',
  ].join('');
}

function formatAccounts(accounts: readonly AccountPlan[]): string {
  if (accounts.length === 0) return '';
  const rows = accounts.map(({ account, sites, requests, requestsAtMost }) => [
    account,
    sites,
    requests === requestsAtMost ? requests : `${String(requests)} to ${String(requestsAtMost)}`,
  ]);
  return `\n${formatTable([['account', 'sites', 'requests'], ...rows])}`;
}

/** `upload: 2 of those to do revise what is there, as new versions: SP1 main/2025-01, main/2025-02`. */
function describeRevised(step: string, revised: number, revisions: Plan['revisions']): string {
  if (revised === 0) return '';
  const named = revisions.filter((one) => one.step === step);
  const sites = [...new Set(named.map(({ site }) => site))].map((site) => {
    const items = named
      .filter((one) => one.site === site)
      .map(({ item, changed }) => (changed === undefined ? item : `${item} (${changed.join(', ')})`));
    return `${site} ${items.join(', ')}`;
  });
  const more = revised - named.length;
  const rest = more > 0 ? ` and ${String(more)} more (--explain lists all)` : '';
  const verb = step === 'asset' ? ['changes', 'change'] : ['revises', 'revise'];
  const way = step === 'asset' ? '' : ', as a new version';
  const what = `${String(revised)} of those to do ${verb[revised === 1 ? 0 : 1] ?? ''} what is there${way}`;
  return `${step}: ${what}: ${sites.join('; ')}${rest}\n`;
}

function toRow({ operation, method, path, source }: Endpoint): readonly string[] {
  return [operation, method, path, source];
}
