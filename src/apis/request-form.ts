import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import { isObject, listOf, type JsonObject } from './json-object.ts';

/** Follows a local reference (`#/components/...`), however often; anything else is returned as it is, a broken one as undefined. */
export type Follow = (value: unknown) => unknown;

/** What a schema says of one field. */
export interface FieldRule {
  /** The only values it may have; a `const` is a choice of one. */
  readonly choices: readonly Json[] | undefined;
  readonly fallback: Json | undefined;
  /** A file: `format: binary`, or a `contentMediaType`. */
  readonly isFile: boolean;
}

/** The fields of a body, or of a query. */
export interface RequestForm {
  readonly fields: ReadonlyMap<string, FieldRule>;
  readonly required: ReadonlySet<string>;
}

const json = z.json();
/** Schemas nested deeper than this describe nothing that is sent. */
const deepest = 6;

/**
 * The fields of an object schema, with `allOf` merged. Of `anyOf` and `oneOf` a field may be in any branch, and is required
 * when every branch requires it.
 */
export function readForm(schema: unknown, follow: Follow, depth = 0): RequestForm {
  const fields = new Map<string, FieldRule>();
  const required = new Set<string>();
  const own = follow(schema);
  if (!isObject(own) || depth > deepest) return { fields, required };
  for (const part of listOf(own['allOf'])) {
    const form = readForm(part, follow, depth + 1);
    for (const [name, rule] of form.fields) fields.set(name, rule);
    for (const name of form.required) required.add(name);
  }
  const branches = branchesOf(own, follow).map((branch) => readForm(branch, follow, depth + 1));
  for (const { fields: branchFields } of branches) {
    for (const [name, rule] of branchFields) fields.set(name, mergeRules(fields.get(name), rule));
  }
  for (const name of branches[0]?.required ?? []) {
    if (branches.every((branch) => branch.required.has(name))) required.add(name);
  }
  const { properties } = own;
  if (isObject(properties)) {
    for (const [name, property] of Object.entries(properties)) fields.set(name, readRule(property, follow, 0));
  }
  for (const name of listOf(own['required'])) if (typeof name === 'string') required.add(name);
  return { fields, required };
}

function readRule(schema: unknown, follow: Follow, depth: number): FieldRule {
  const own = follow(schema);
  if (!isObject(own) || depth > deepest) return { choices: undefined, fallback: undefined, isFile: false };
  const inner = [...listOf(own['allOf']), ...branchesOf(own, follow)].map((one) => readRule(one, follow, depth + 1));
  const items = own['type'] === 'array' ? readRule(own['items'], follow, depth + 1) : undefined;
  const choices = ownChoices(own) ?? innerChoices(inner);
  return {
    choices,
    fallback: readJson(own['default']) ?? inner.find((one) => one.fallback !== undefined)?.fallback,
    isFile:
      own['format'] === 'binary' ||
      typeof own['contentMediaType'] === 'string' ||
      items?.isFile === true ||
      inner.some((one) => one.isFile),
  };
}

function ownChoices(schema: JsonObject): readonly Json[] | undefined {
  const constant = readJson(schema['const']);
  if (constant !== undefined) return [constant];
  return Array.isArray(schema['enum'])
    ? schema['enum'].map((choice) => readJson(choice)).filter((choice) => choice !== undefined)
    : undefined;
}

/** A field whose branches all have choices has them all; one free branch frees the field. */
function innerChoices(inner: readonly FieldRule[]): readonly Json[] | undefined {
  if (inner.length === 0 || inner.some(({ choices }) => choices === undefined)) return undefined;
  return inner.flatMap(({ choices }) => choices ?? []);
}

function mergeRules(known: FieldRule | undefined, rule: FieldRule): FieldRule {
  if (known === undefined) return rule;
  return {
    choices: known.choices && rule.choices ? [...new Set([...known.choices, ...rule.choices])] : undefined,
    fallback: known.fallback === rule.fallback ? known.fallback : undefined,
    isFile: known.isFile || rule.isFile,
  };
}

/** Branches of `anyOf` and `oneOf`, without the one that only allows null. */
function branchesOf(schema: JsonObject, follow: Follow): readonly unknown[] {
  return [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].filter((branch) => {
    const own = follow(branch);
    return isObject(own) && own['type'] !== 'null';
  });
}

function readJson(value: unknown): Json | undefined {
  return value === undefined ? undefined : json.safeParse(value).data;
}
