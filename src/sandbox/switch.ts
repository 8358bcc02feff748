import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';

/*
 * A switch is something about an API that can be chosen: a schema that reads its text, with the values it takes and what it
 * means beside it. A property `listLag` is `list-lag` on the command line.
 */

/** Switches by property name. */
export interface Switches {
  readonly [name: string]: z.ZodType<unknown, string>;
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(
  words: Words,
  meaning: string,
): z.ZodEnum<z.core.util.ToEnum<Words[number]>> {
  return z.enum(words).meta({ values: words.join(', '), meaning });
}

/** A number not below 0, or `none`, which is endless. */
export function amount(unit: string, meaning: string): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^(\d+(\.\d+)?|none)$/)
    .transform((text) => (text === 'none' ? Number.POSITIVE_INFINITY : Number(text)))
    .meta({ values: `a number of ${unit}, or none`, meaning });
}

/** As many names as said, with commas between them. */
export function names(count: number, meaning: string): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((text) => text.split(','))
    .refine((list) => list.length === count && list.every((name) => /^[\w.-]+$/.test(name)))
    .meta({ values: count === 1 ? 'a name' : `${String(count)} names with commas between them`, meaning });
}

/**
 * Reads `NAME=VALUE` texts into the text of each property; a name may be given once. Throws `WattliftError`
 * `sandbox.option-unknown` with the names there are, and `sandbox.option-invalid` with the values one takes.
 */
export function readSwitches(texts: readonly string[], switches: Switches): { readonly [property: string]: string } {
  const read: { [property: string]: string } = {};
  for (const text of texts) {
    const [name = '', value = ''] = text.split(/=(.*)/s);
    const [property, schema] = Object.entries(switches).find(([one]) => toFlag(one) === name) ?? [];
    if (property === undefined || schema === undefined) {
      const known = Object.keys(switches).map(toFlag).join(', ');
      throw new WattliftError(
        'sandbox.option-unknown',
        `--sandbox-option ${text}: there is no "${name}"; there are ${known}`,
      );
    }
    if (property in read || !schema.safeParse(value).success) {
      const why = property in read ? 'is given twice' : `takes ${describe(schema).values}`;
      throw new WattliftError('sandbox.option-invalid', `--sandbox-option ${text}: ${name} ${why}`);
    }
    read[property] = value;
  }
  return read;
}

/** The switches as help: what each means, then the values it takes and the usual one. */
export function describeSwitches(switches: Switches, standards: { readonly [property: string]: string }): string {
  return Object.entries(switches)
    .map(([name, schema]) => {
      const { meaning, values } = describe(schema);
      return `  ${toFlag(name)}: ${meaning}\n      ${values}; usually ${standards[name] ?? ''}\n`;
    })
    .join('');
}

const description = z.object({ meaning: z.string(), values: z.string() });

function describe(schema: z.ZodType): z.output<typeof description> {
  return description.parse(schema.meta());
}

function toFlag(property: string): string {
  return property.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
