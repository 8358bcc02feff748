import type { Problem } from '../domain/problem.ts';
import { credentialKeyMessage, isCredentialReference, literalCredentialMessage } from './credential-keys.ts';
import type { ManifestDocument, PathKey } from './document.ts';
import { reference } from './fields.ts';
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

const references = /\$\{(?<name>[^}]*)\}/g;
const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The manifest's value with references filled in. */
export interface FilledManifest {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /**
   * The variables that an account's id asks for and that are not set, by the account's name ('' for `wattcarbon.account`):
   * a problem only for a step that needs the account.
   */
  readonly unsetAccounts: ReadonlyMap<string, string>;
}

interface Filling {
  readonly document: ManifestDocument;
  readonly env: Environment;
  readonly sandbox: boolean;
  /** Dotted paths that something else overrides, so that an unset variable does not matter. */
  readonly overridden: ReadonlySet<string>;
  readonly problems: Problem[];
  readonly unsetAccounts: Map<string, string>;
}

function unsetMessage(name: string, env: Environment): string {
  const similar = Object.keys(env).filter(
    (other) => other !== name && (env[other] ?? '') !== '' && other.split('_')[0] === name.split('_')[0],
  );
  return `the environment variable ${name} is not set${didYouMean(name, similar, '; set it, or write the value here')}`;
}

/**
 * What `check` says of accounts whose variable is not set: a warning, since a check needs no secrets, while the first step
 * that needs the account ends the run (exit 3).
 */
export function noticeUnsetAccounts(manifest: Manifest, env: Environment): readonly Problem[] {
  return manifest.wattcarbon.accounts.flatMap(({ name, id: { unset } }): readonly Problem[] => {
    if (unset === undefined) return [];
    const at = manifest.document.where(
      name === undefined ? ['wattcarbon', 'account'] : ['wattcarbon', 'accounts', name, 'id'],
    );
    return [{ severity: 'warning', code: 'manifest.env-unset', message: unsetMessage(unset, env), ...at }];
  });
}

/** The account whose id stands at this path: its name, '' for `wattcarbon.account`; undefined for any other place. */
function accountAt(path: readonly PathKey[]): string | undefined {
  const [api, key, name, part] = path;
  if (api !== 'wattcarbon') return undefined;
  if (key === 'account' && path.length === 2) return '';
  return key === 'accounts' && part === 'id' && path.length === 4 ? String(name) : undefined;
}

function fillText(text: string, path: readonly PathKey[], filling: Filling): string | undefined {
  if (!text.includes('${')) return text;
  const dotted = path.join('.');
  const account = accountAt(path);
  const problem = (code: string, message: string) => {
    filling.problems.push({ severity: 'error', code, message, ...filling.document.where(path) });
  };
  if (account === undefined && !allowedPaths.has(dotted)) {
    // A portfolio's column may well be called "${...}"; only what reads as a variable is refused.
    const name = [...text.matchAll(references)]
      .map((found) => found.groups?.['name'] ?? '')
      .find((found) => nameForm.test(found));
    // A credential's key has a problem of its own.
    if (name === undefined || credentialKeyMessage(path.slice(0, 2)) !== undefined) return text;
    const allowed = [...allowedPaths, 'the id of one of wattcarbon.accounts'].join(', ');
    problem('manifest.env-refused', `"\${${name}}" cannot stand here; the environment is read only for ${allowed}`);
    return text;
  }
  let complete = true;
  const filled = text.replaceAll(references, (whole, name: string) => {
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
    if (filling.sandbox && account !== undefined) return account === '' ? 'sandbox' : `sandbox-${account}`;
    if (account !== undefined) {
      filling.unsetAccounts.set(account, name);
      // The id of a named account must be there; that it is none shows in what is unset.
      complete &&= account !== '';
      return whole;
    }
    complete = false;
    if (filling.sandbox || filling.overridden.has(dotted)) return '';
    problem('manifest.env-unset', unsetMessage(name, filling.env));
    return '';
  });
  return complete ? filled : undefined;
}

/** What stands where a variable with a credential is to be named; dropped, and never repeated, when it is anything else. */
function keepReference(value: unknown, path: readonly PathKey[], filling: Filling): unknown {
  if (value === null || reference.safeParse(value).success) return value;
  const fault = literalCredentialMessage(String(path.at(-1)));
  filling.problems.push({
    severity: 'error',
    code: 'manifest.credentials',
    message: fault,
    ...filling.document.where(path),
  });
  return undefined;
}

function fill(value: unknown, path: readonly PathKey[], filling: Filling): unknown {
  if (isCredentialReference(path)) return keepReference(value, path, filling);
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
  const filling: Filling = { document, ...options, overridden, problems: [], unsetAccounts: new Map() };
  const value = fill(document.value, [], filling);
  return { value, problems: filling.problems, unsetAccounts: filling.unsetAccounts };
}
