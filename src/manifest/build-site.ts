import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import type { Asset, Meter, Site } from '../domain/site.ts';
import { accountOf } from './accounts.ts';
import { fieldFault } from './asset-fields.ts';
import { type CompleteSite, checkSite, type Report } from './check-site.ts';
import type { PathKey } from './document.ts';
import { type FileFinder, isAddress } from './find-files.ts';
import { parseLeniently } from './lenient.ts';
import { qualityFaults, qualityRules } from './quality-rules.ts';
import { valueAt } from './lenient-path.ts';
import type { Manifest } from './manifest.ts';
import { splitPath } from './mapping.ts';
import type { Shape } from './schema-path.ts';
import { shownPath } from './shown-path.ts';
import { siteSchema } from './site-schema.ts';
import type { SiteSource } from './site-source.ts';

/** What every site of a manifest is built with. */
export interface SiteContext {
  readonly manifest: Manifest;
  readonly shape: Shape;
  readonly finder: FileFinder;
}

/** A site, present when nothing is wrong with it but warnings, and what was found. */
export interface BuiltSite {
  readonly site?: Site;
  readonly id?: string;
  readonly problems: readonly Problem[];
}

function showPath(path: readonly PathKey[]): string {
  return path.findLast((key) => typeof key === 'string') ?? 'this';
}

function checkRewritten(source: SiteSource, site: CompleteSite, report: Report): void {
  for (const { path, source: text } of source.rewritten) {
    const value = valueAt(site, path);
    if (typeof value !== 'string' || value === text) continue;
    const message = `${showPath(path)}: ${text} without quotes is the number ${value}; write "${text}"`;
    report('error', 'manifest.text-unquoted', message, path);
  }
}

function checkFields({ asset = { kind: '' } }: CompleteSite, report: Report): void {
  for (const field of Object.keys(asset)) {
    const fault = fieldFault(field);
    if (fault !== undefined) report('warning', 'asset.field-unknown', fault, ['asset', field], 'key');
  }
}

const fileCodes = {
  meter: {
    address: 'meter.file-address',
    file: 'meter.file-missing',
    folder: 'meter.file-folder',
    match: 'meter.glob-empty',
    unreadable: 'meter.file-unreadable',
  },
  events: {
    address: 'events.file-address',
    file: 'events.file-missing',
    folder: 'events.file-folder',
    match: 'events.file-missing',
    unreadable: 'events.file-unreadable',
  },
} as const;

async function findFiles(
  written: string,
  path: readonly PathKey[],
  kind: 'meter' | 'events',
  context: SiteContext,
  report: Report,
): Promise<readonly string[]> {
  if (isAddress(written)) {
    const key = kind === 'meter' ? 'data' : 'events';
    const message = `"${key}" takes files, not addresses; download the file and give its path`;
    report('error', fileCodes[kind].address, message, path);
    return [];
  }
  const found = await context.finder.find(written, context.manifest.folder);
  if ('files' in found) return found.files;
  report('error', fileCodes[kind][found.missing], `"${shownPath(context.manifest, written)}": ${found.fault}`, path);
  return [];
}

/** The files of one meter, each once. */
async function findMeterFiles(
  data: string | readonly string[] | undefined,
  index: number,
  context: SiteContext,
  report: Report,
): Promise<readonly string[]> {
  const files: string[] = [];
  const path: readonly PathKey[] = ['meters', index, 'data'];
  const written = data === undefined || typeof data === 'string' ? [data ?? []].flat() : data;
  for (const [place, name] of written.entries()) {
    const at = typeof data === 'string' ? path : [...path, place];
    for (const file of await findFiles(name, at, 'meter', context, report)) {
      if (files.includes(file))
        report(
          'error',
          'meter.file-doubled',
          `"${shownPath(context.manifest, name)}" gives a file that is listed already; its readings would count twice`,
          at,
        );
      else files.push(file);
    }
  }
  return files;
}

const filesAlone = z.array(z.object({ data: z.union([z.string(), z.array(z.string())]) }).catch({ data: [] }));

async function buildMeters(
  { meters: whole = [] }: CompleteSite,
  raw: unknown,
  context: SiteContext,
  report: Report,
): Promise<readonly Meter[]> {
  const meters: Meter[] = [];
  for (const [index, { data, ...meter }] of whole.entries()) {
    meters.push({ ...meter, data: await findMeterFiles(data, index, context, report) });
  }
  const all = valueAt(raw, ['meters']);
  // A fault has cut off the others; what is wrong with their files is told beside it.
  const cut = Array.isArray(all) && all.length > whole.length ? filesAlone.parse(all.slice(whole.length)) : [];
  for (const [place, { data }] of cut.entries()) await findMeterFiles(data, whole.length + place, context, report);
  return meters;
}

function buildAsset(written: CompleteSite['asset']): Asset | undefined {
  if (written === undefined) return undefined;
  const { kind, ...others } = written;
  const fields: Record<string, Json> = {};
  for (const [key, value] of Object.entries(others)) if (value !== undefined) fields[key] = value;
  return { ...fields, kind };
}

async function buildEvents(site: CompleteSite, context: SiteContext, report: Report): Promise<Site['events']> {
  if (typeof site.events !== 'string') return site.events;
  const [file, ...more] = await findFiles(site.events, ['events'], 'events', context, report);
  if (more.length === 0) return file;
  report('error', 'events.file-several', `"${site.events}" stands for ${String(more.length + 1)} files; give one`, [
    'events',
  ]);
  return undefined;
}

function idOf(raw: unknown): string | undefined {
  const id = valueAt(raw, ['id']);
  return (typeof id === 'string' && id.trim() !== '') || typeof id === 'number' ? String(id).trim() : undefined;
}

/** Checks one site and makes it the domain's, defaults merged and files found. Reads folders, never a file's content. */
export async function buildSite(source: SiteSource, context: SiteContext): Promise<BuiltSite> {
  const { manifest } = context;
  const id = idOf(source.raw);
  const problems: Problem[] = [];
  const add = (problem: Problem) => {
    // A constant of the portfolio that is wrong is no fault of this row.
    const shared = source.record !== undefined && problem.file === manifest.file;
    const record = source.record === undefined || source.record === problem.line ? {} : { record: source.record };
    problems.push(shared ? problem : { ...problem, ...record, ...(id === undefined ? {} : { site: id }) });
  };
  const report: Report = (severity, code, message, path, part) => {
    add({ severity, code, message, ...source.where(path, part) });
  };

  const parsed = parseLeniently(siteSchema, { raw: source.raw, shape: context.shape, where: source.where });
  for (const problem of parsed.problems) add(problem);
  if (parsed.value === undefined) return { ...(id === undefined ? {} : { id }), problems };
  const { timezone, utility, region } = manifest.defaults;
  const written = parsed.value;
  const complete: CompleteSite = {
    ...written,
    timezone: written.timezone ?? timezone,
    utility: written.utility ?? utility,
    region: written.region ?? region,
  };
  checkRewritten(source, complete, report);
  checkSite(complete, source.raw, manifest, report);
  // A portfolio's fields are named in its mapping, which is checked once and not for each row.
  if (source.record === undefined) checkFields(complete, report);
  const rules = qualityRules(written.quality);
  const inherited = qualityRules(manifest.defaults.quality);
  const known = (complete.meters ?? []).map((meter) => meter.id);
  for (const { code, message, path } of qualityFaults(rules, inherited, known))
    report('error', code, message, ['quality', ...path]);
  const meters = await buildMeters(complete, source.raw, context, report);
  const events = await buildEvents(complete, context, report);
  if (problems.some((problem) => problem.severity === 'error')) return { id: written.id, problems };
  const site: Site = {
    id: written.id,
    name: written.name ?? written.id,
    location: complete.location,
    coordinates: complete.coordinates,
    region: complete.region,
    timezone: complete.timezone,
    utility: complete.utility,
    account: accountOf(complete, manifest),
    meters,
    asset: buildAsset(complete.asset),
    events,
    quality: [...rules, ...inherited],
    where: (dotted) => siteWhere(dotted, written, source, manifest),
  };
  return { site, id: written.id, problems };
}

function siteWhere(dotted: string | undefined, written: CompleteSite, source: SiteSource, manifest: Manifest) {
  const path = dotted === undefined || dotted === '' ? [] : splitPath(dotted);
  const [key] = path;
  const inherited =
    key === 'timezone' || key === 'utility' || key === 'region' || key === 'account'
      ? written[key] === undefined && manifest.defaults[key] !== undefined
      : false;
  return inherited ? manifest.document.where(['defaults', ...path]) : source.where(path);
}
