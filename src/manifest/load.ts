import { readFile } from 'node:fs/promises';
import type { Problem } from '../domain/problem.ts';
import { type ManifestDocument, parseManifestText } from './document.ts';
import { type Environment, fillEnvironment } from './environment.ts';
import { parseLeniently } from './lenient.ts';
import type { Manifest } from './manifest.ts';
import { fileFault } from './read-fault.ts';
import { resolveManifest } from './resolve.ts';
import { headShape } from './schema-path.ts';
import { headSchema } from './schema.ts';
import { showValue } from './suggest.ts';

/** A manifest with everything found wrong in it so far. */
export interface LoadedManifest {
  /**
   * Present whenever its sites can still be looked at, even with errors: then only `readSites` may use it,
   * to find the rest. Nothing is sent for a manifest with an error.
   */
  readonly manifest?: Manifest;
  readonly problems: readonly Problem[];
}

/** How a manifest is to be read: the environment for `${NAME}`, and whether this is a rehearsal. */
export interface LoadOptions {
  readonly env: Environment;
  readonly sandbox: boolean;
  /** UTC milliseconds, for a MOER window that depends on now; without it such a window is checked by `resolveWindow` only. */
  readonly nowMs?: number | undefined;
}

async function readText(file: string): Promise<{ readonly text: string } | { readonly problem: Problem }> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
    if (!text.includes('\0')) return { text };
  } catch (error) {
    const fault = fileFault(error);
    if (fault !== undefined) {
      const message = `the manifest "${file}" cannot be read: ${fault}`;
      return { problem: { severity: 'error', code: 'manifest.file', message, file } };
    }
    if (!(error instanceof TypeError)) throw error;
  }
  const message = 'the manifest is not UTF-8 text; save it as UTF-8';
  return { problem: { severity: 'error', code: 'manifest.encoding', message, file, line: 1, column: 1 } };
}

/** Takes `sites` apart from the rest: they are read one by one. */
function takeSites(
  value: unknown,
  document: ManifestDocument,
): { head: unknown; sites: readonly unknown[]; problems: Problem[] } {
  const { sites, ...head }: { readonly [key: string]: unknown } = { ...Object(value) };
  if (sites === undefined) {
    if (head['portfolio'] !== undefined) return { head, sites: [], problems: [] };
    const message = 'there are no sites; list them under "sites", or name a CSV under "portfolio"';
    const problem = { severity: 'error', code: 'manifest.sites-missing', message, ...document.where([]) } as const;
    return { head, sites: [], problems: [problem] };
  }
  const at = document.where(['sites'], 'key');
  if (!Array.isArray(sites)) {
    const message =
      sites === null
        ? '"sites" has no value; list the sites, or remove the key'
        : `"sites" must be a list, not ${showValue(sites)}`;
    return { head, sites: [], problems: [{ severity: 'error', code: 'manifest.type', message, ...at }] };
  }
  if (sites.length > 0) return { head, sites, problems: [] };
  const message = '"sites" is an empty list; give it at least one entry, or remove the key';
  return { head, sites, problems: [{ severity: 'error', code: 'manifest.list-empty', message, ...at }] };
}

/**
 * Reads a manifest and says everything that is wrong with it, its sites excepted (`readSites`). Opens no socket, writes nothing.
 * `path` is relative to the current directory and is repeated in every problem as given. Never throws for bad input.
 */
export async function loadManifest(path: string, options: LoadOptions): Promise<LoadedManifest> {
  const read = await readText(path);
  return 'problem' in read ? { problems: [read.problem] } : readManifest(read.text, path, options);
}

/** What holds where there is no manifest: every default, as if one that says nothing lay at `path`. */
export function bareManifest(path: string, options: LoadOptions): LoadedManifest {
  const { manifest, problems } = readManifest('version: 1\n', path, options);
  return { ...(manifest && { manifest }), problems: problems.filter(({ code }) => code !== 'manifest.sites-missing') };
}

function readManifest(text: string, path: string, options: LoadOptions): LoadedManifest {
  const parsed = parseManifestText(text, path);
  const { document } = parsed;
  if (document === undefined) return { problems: parsed.problems };

  const filled = fillEnvironment(document, options);
  const { head, sites, problems } = takeSites(filled.value, document);
  const lenient = parseLeniently(headSchema, {
    raw: head,
    shape: { ...headShape(), properties: { ...headShape().properties, sites: {} } },
    where: (at, part) => document.where(at, part),
  });
  const found = [...parsed.problems, ...filled.problems, ...problems, ...lenient.problems];
  // A wrong or missing version must not hide what else is wrong.
  const value =
    lenient.value ??
    parseLeniently(headSchema, { raw: { ...Object(head), version: 1 }, shape: {}, where: () => ({ file: path }) })
      .value;
  if (value === undefined) return { problems: found };
  const resolved = resolveManifest(value, filled, sites, document, options);
  return { manifest: resolved.manifest, problems: [...found, ...resolved.problems] };
}
