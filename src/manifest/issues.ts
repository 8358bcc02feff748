import type { z } from 'zod';
import type { Position, Problem } from '../domain/problem.ts';
import type { PathKey } from './document.ts';
import { renamedValue, retiredKeyMessage } from './retired.ts';
import { valueAt } from './lenient-path.ts';
import { credentialKeyMessage } from './credential-keys.ts';
import { keysAt, type Shape } from './schema-path.ts';
import { coordinateKey, didYouMean, listWords, showValue } from './suggest.ts';
import { numberHint } from './number-hint.ts';

/** One thing the schema found wrong. */
export type Issue = z.core.$ZodIssue;

/** Finds positions for issues: `path` is counted from where the schema starts. */
export interface IssueSource {
  readonly raw: unknown;
  readonly shape: Shape;
  readonly where: (path: readonly PathKey[], part?: 'key' | 'value') => Position;
}

const typeNames: { readonly [expected: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  tuple: 'a list',
};

/** Of a value that may be several things, the issues of the one it was most likely meant to be. */
export function settleUnion(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const branches = issue.errors.map((branch) =>
    branch.map((inner): Issue => ({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  const mistyped = (branch: readonly Issue[]) =>
    branch.some(
      (inner) => inner.path.length === issue.path.length && ['invalid_type', 'invalid_value'].includes(inner.code),
    );
  const meant = branches.find((branch) => !mistyped(branch));
  return meant === undefined ? [issue] : meant.flatMap(settleUnion);
}

const durationKeys: ReadonlySet<PathKey | undefined> = new Set([
  'per',
  'timeout',
  'settle',
  'revisions',
  'chunk',
  'interval',
]);

function typeName(expected: string, path: readonly PathKey[]): string {
  if (expected === 'string' && durationKeys.has(path.at(-1))) return 'an ISO 8601 duration, like "PT60S"';
  return typeNames[expected] ?? expected;
}

function unionNames(issue: Issue): string {
  if (issue.code !== 'invalid_union') return 'another kind of value';
  const names = issue.errors.flatMap((branch) =>
    branch.flatMap((inner) => (inner.code === 'invalid_type' ? [typeNames[inner.expected] ?? inner.expected] : [])),
  );
  return [...new Set(names)].join(' or ');
}

function nameOf(path: readonly PathKey[]): string {
  const last = path.at(-1);
  return typeof last === 'number'
    ? `"${String(path.at(-2) ?? 'item')}" no. ${String(last + 1)}`
    : last === undefined
      ? 'this'
      : `"${last}"`;
}

/** The issue's path without symbols, which YAML and CSV cannot hold. */
export function pathOf(issue: Issue): readonly PathKey[] {
  return issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key));
}

function customCode(issue: Issue): string {
  const code: unknown = issue.code === 'custom' ? issue.params?.['problem'] : undefined;
  return typeof code === 'string' ? code : 'manifest.value';
}

/** What an issue of the schema says to the operator: one problem, or one for each unknown key. */
export function explainIssue(issue: Issue, source: IssueSource): readonly Problem[] {
  const path = pathOf(issue);
  const value = valueAt(source.raw, path);
  const name = nameOf(path);
  const problem = (code: string, message: string, at = source.where(path)): Problem => ({
    severity: 'error',
    code,
    message,
    ...at,
  });
  const needsValue = issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value';
  if (needsValue && value === undefined) {
    // Whoever wrote `lat` is told that it is `latitude`, not that it is missing too.
    const beside = Object.keys(Object(valueAt(source.raw, path.slice(0, -1))));
    if (beside.some((key) => coordinateKey(key) === path.at(-1))) return [];
    return [problem('manifest.key-missing', `${name} is missing here; it is required`)];
  }
  if (needsValue && value === null) {
    return [problem('manifest.type', `${name} has no value; give it one, or remove the key`)];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const at = source.where([...path, key], 'key');
        const retired = retiredKeyMessage(key);
        if (retired !== undefined) return problem('manifest.name-retired', retired, at);
        const credential = credentialKeyMessage([...path, key]);
        if (credential !== undefined) return problem('manifest.credentials', credential, at);
        const known = keysAt(source.shape, path);
        const listed =
          coordinateKey(key) !== undefined && known.includes('coordinates')
            ? '; write "coordinates: { latitude: ..., longitude: ... }"'
            : `; known here: ${known.join(', ')}`;
        const hint = /^\d+$/.test(key)
          ? '; if it is the end of a number with a decimal comma, write the number with a point'
          : didYouMean(key, known, listed);
        return problem('manifest.key-unknown', `"${key}" is not a key that is known here${hint}`, at);
      });
    case 'invalid_type':
      return [
        problem(
          'manifest.type',
          `${name} must be ${typeName(issue.expected, path)}, not ${showValue(value)}${numberHint(issue.expected, value, path.at(-1))}`,
        ),
      ];
    case 'invalid_union':
      return [problem('manifest.type', `${name} must be ${unionNames(issue)}, not ${showValue(value)}`)];
    case 'invalid_value': {
      if (path.length === 1 && path[0] === 'version') {
        return [
          problem('manifest.version', `version ${showValue(value)} is not known; this program reads "version: 1"`),
        ];
      }
      const renamed = path.at(-1) === 'type' ? renamedValue('type', value) : undefined;
      if (renamed !== undefined) {
        return [problem('manifest.name-retired', `${showValue(value)} is a retired name; it is "${renamed}" now`)];
      }
      const allowed = issue.values.map(String);
      const otherwise = `; use ${allowed.length > 1 ? 'one of ' : ''}${listWords(allowed)}`;
      const hint = typeof value === 'string' ? didYouMean(value, allowed, otherwise) : otherwise;
      return [problem('manifest.value', `${showValue(value)} is not a value of ${name}${hint}`)];
    }
    case 'too_small':
      if (issue.origin === 'array' && Array.isArray(value) && value.length === 0) {
        return [
          problem('manifest.list-empty', `${name} is an empty list; give it at least one entry, or remove the key`),
        ];
      }
      if (issue.origin === 'string')
        return [problem('manifest.value', `${name} is empty text; give it a value, or remove the key`)];
      if (issue.origin === 'array')
        return [problem('manifest.value', `${name} needs ${String(issue.minimum)} entries, not fewer`)];
      return [
        problem(
          'manifest.value',
          `${name} must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}, not ${showValue(value)}`,
        ),
      ];
    case 'too_big':
      if (issue.origin === 'array')
        return [problem('manifest.value', `${name} takes ${String(issue.maximum)} entries, not more`)];
      if (issue.origin === 'string') {
        return [problem('manifest.value', `${name} takes ${String(issue.maximum)} character, not ${showValue(value)}`)];
      }
      return [problem('manifest.value', `${name} must be at most ${String(issue.maximum)}, not ${showValue(value)}`)];
    case 'invalid_format':
      return [
        problem(
          'manifest.value',
          `${showValue(value)} is not a value of ${name}${formatHints.get(issue.path.at(-1)) ?? ''}`,
        ),
      ];
    case 'custom':
      return [problem(customCode(issue), issue.message)];
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      return [problem('manifest.value', `${showValue(value)} is not a value of ${name}`)];
  }
}

const formatHints: ReadonlyMap<PropertyKey | undefined, string> = new Map([
  ['url', '; write a whole address, like "https://api.example.org"'],
  ['interval', '; write it as an ISO 8601 duration, like "PT15M"'],
  ['path', '; it starts with "/"'],
]);
