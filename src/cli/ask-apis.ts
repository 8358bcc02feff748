import { z } from 'zod';
import type { Endpoint } from '../domain/remote.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readSites } from '../manifest/sites.ts';
import type { StepName } from '../steps/step.ts';
import { examineCredentials, lacksCredentials } from './doctor-credentials.ts';
import { examineAccount, examineDescription, examineEndpoints } from './doctor-wattcarbon.ts';
import { examineWattTime, type WantedRegions } from './doctor-watttime.ts';
import { examine, type Finding } from './finding.ts';
import type { SiteFilter, Survey } from './manifest-input.ts';
import { ServerClocks } from './server-clocks.ts';
import type { Terminal } from './terminal.ts';
import { withClients, type Asking } from './with-clients.ts';

/** What is asked of both APIs, and on whose behalf. */
export interface Question extends Omit<Asking, 'listen'> {
  readonly manifest: Manifest;
  /** The APIs and accounts that are asked. */
  readonly uses: Survey['uses'];
  /** The steps that would write something: their operations must not be guesses. */
  readonly writes: ReadonlySet<StepName>;
  /** The sites whose regions the plan has to cover. */
  readonly matches: SiteFilter;
  /** Knows which regions runs have found; undefined where there is none that can be read. */
  readonly ledger: Ledger | undefined;
}

/** What the two APIs said. */
export interface Answers {
  readonly findings: readonly Finding[];
  /** WattCarbon's operations; none where they could not be had. */
  readonly endpoints: readonly Endpoint[];
}

/**
 * What only the two APIs can tell: login, access, account, endpoints, clocks. Changes nothing there. Nothing is asked where
 * requests cannot be counted, or nobody could log in.
 */
export async function askApis(question: Question, terminal: Terminal): Promise<Answers> {
  const { manifest, credentials, uses, writes, matches, ledger } = question;
  const having = examineCredentials(manifest, credentials, uses, terminal.env);
  const clocks = new ServerClocks(terminal.clock);
  let endpoints: readonly Endpoint[] = [];
  const answers = await examine('network', () => {
    const asking = { ...question, listen: (bare: typeof fetch) => clocks.listen(bare) };
    return withClients(manifest, asking, terminal, async ({ watttime, wattcarbon }, wires) => {
      const lacks = lacksCredentials(manifest, credentials, uses);
      const asksWattTime = uses.watttime && !lacks.watttime;
      const wanted = asksWattTime ? await findWantedRegions(manifest, matches, ledger) : new Map<string, never>();
      const parts = await Promise.all([
        asksWattTime ? examineWattTime({ client: watttime, wire: wires.watttime }, wanted, manifest) : [],
        ...wattcarbon.map(async (client, n) => {
          const name = manifest.wattcarbon.accounts[n]?.name ?? '';
          const isIdle = !uses.wattcarbon || (name !== '' && !uses.accounts.has(name));
          return isIdle || lacks.accounts.has(n) ? [] : examineAccount(client, name);
        }),
      ]);
      const [first] = wattcarbon;
      if (!first || !uses.wattcarbon) return parts.flat();
      const resolved = await examineEndpoints(() => first.endpoints(), writes, manifest);
      ({ endpoints } = resolved);
      // Where the one cannot be had, the other says the same again.
      const described = endpoints.length === 0 ? [] : await examineDescription(() => first.description());
      return [...parts.flat(), ...resolved.findings, ...described];
    });
  });
  return { findings: [...having, ...answers, ...clocks.findings()], endpoints };
}

const foundRegion = z.object({ region: z.string() });

/** The regions of these sites: those the manifest gives by hand, and those that runs have found. */
async function findWantedRegions(
  manifest: Manifest,
  matches: SiteFilter,
  ledger: Ledger | undefined,
): Promise<WantedRegions> {
  const { signals } = manifest.watttime;
  const wanted = new Map(signals.map((signal) => [signal, new Set<string>()]));
  const ids = new Set<string>();
  for await (const { site } of readSites(manifest)) {
    if (!site || !matches(site.id)) continue;
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
