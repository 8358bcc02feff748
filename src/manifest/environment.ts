import type { Problem } from '../domain/problem.ts';
import { credentialKeyMessage } from './credential-keys.ts';
import type { ManifestDocument, PathKey } from './document.ts';
import type { Manifest } from './manifest.ts';
import { didYouMean } from './suggest.ts';

/** The environment as an argument; only `cli/` reads the real one. */
export type Environment = { readonly [name: string]: string | undefined };

/** The keys whose values may hold `${NAME}`. */
const allowedPaths: ReadonlySet<string> = new Set([
  'watttime.url',
  'wattcarbon.url',
  'wattcarbon.account',
  'wattcarbon.openapi',
  'ledger',
  'store',
  'budget',
]);

const reference = /\$\{(?<name>[^}]*)\}/g;
const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The manifest's value with references filled in. */
export interface FilledManifest {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The variable that `wattcarbon.account` asks for and that is not set: a problem only for a step that needs the account. */
  readonly unsetAccount?: string;
}

interface Filling {
  readonly document: ManifestDocument;
  readonly env: Environment;
  readonly sandbox: boolean;
  /** Dotted paths that something else overrides, so that an unset variable does not matter. */
  readonly overridden: ReadonlySet<string>;
  readonly problems: Problem[];
  unsetAccount?: string;
}

function unsetMessage(name: string, env: Environment): string {
  const similar = Object.keys(env).filter(
    (other) => other !== name && (env[other] ?? '') !== '' && other.split('_')[0] === name.split('_')[0],
  );
  return `the environment variable ${name} is not set${didYouMean(name, similar, '; set it, or write the value here')}`;
}

/**
 * What `check` says of an account whose variable is not set: a warning, since a check needs no secrets, while the first step
 * that needs the account ends the run (exit 3).
 */
export function noticeUnsetAccount(manifest: Manifest, env: Environment): readonly Problem[] {
  const { unset } = manifest.wattcarbon.account;
  if (unset === undefined) return [];
  const at = manifest.document.where(['wattcarbon', 'account']);
  return [{ severity: 'warning', code: 'manifest.env-unset', message: unsetMessage(unset, env), ...at }];
}

function fillText(text: string, path: readonly PathKey[], filling: Filling): string | undefined {
  if (!text.includes('${')) return text;
  const dotted = path.join('.');
  const problem = (code: string, message: string) => {
    filling.problems.push({ severity: 'error', code, message, ...filling.document.where(path) });
  };
  if (!allowedPaths.has(dotted)) {
    // A portfolio's column may well be called "${...}"; only what reads as a variable is refused.
    const name = [...text.matchAll(reference)]
      .map((found) => found.groups?.['name'] ?? '')
      .find((found) => nameForm.test(found));
    // A credential's key has a problem of its own.
    if (name === undefined || credentialKeyMessage(path.slice(0, 2)) !== undefined) return text;
    const allowed = [...allowedPaths].join(', ');
    problem('manifest.env-refused', `"\${${name}}" cannot stand here; the environment is read only for ${allowed}`);
    return text;
  }
  let complete = true;
  const filled = text.replaceAll(reference, (whole, name: string) => {
    if (!nameForm.test(name)) {
      complete = false;
      problem(
        'manifest.env-form',
        `"${whole}" is not a reference to the environment; write it like "\${WATTCARBON_ACCOUNT_ID}"`,
      );
      return '';
    }
    const value = filling.env[name];
    if (value !== undefined && value !== '') return value;
    if (filling.sandbox && dotted === 'wattcarbon.account') return 'sandbox';
    complete = false;
    if (filling.sandbox || filling.overridden.has(dotted)) return '';
    if (dotted === 'wattcarbon.account') {
      filling.unsetAccount = name;
      return '';
    }
    problem('manifest.env-unset', unsetMessage(name, filling.env));
    return '';
  });
  return complete ? filled : undefined;
}

function fill(value: unknown, path: readonly PathKey[], filling: Filling): unknown {
  if (typeof value === 'string') return fillText(value, path, filling);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => fill(item, [...path, index], filling));
  // A key whose variable is not set is left out, so that its default stands and other checks go on.
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]): [string, unknown] => [key, fill(inner, [...path, key], filling)])
      .filter(([, inner]) => inner !== undefined),
  );
}

/**
 * Fills `${NAME}` from the environment where a manifest may have it, and refuses it elsewhere.
 * For a rehearsal an unset name is no problem: what it would give is replaced there anyway.
 */
export function fillEnvironment(
  document: ManifestDocument,
  options: { readonly env: Environment; readonly sandbox: boolean },
): FilledManifest {
  const overridden = new Set<string>();
  if (options.env['WATTTIME_API_URL']) overridden.add('watttime.url');
  if (options.env['WATTCARBON_API_URL']) overridden.add('wattcarbon.url');
  const filling: Filling = { document, ...options, overridden, problems: [] };
  const value = fill(document.value, [], filling);
  return {
    value,
    problems: filling.problems,
    ...(filling.unsetAccount === undefined ? {} : { unsetAccount: filling.unsetAccount }),
  };
}
