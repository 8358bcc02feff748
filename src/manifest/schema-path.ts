import { z } from 'zod';
import { headSchema } from './schema.ts';
import { readingSchema, siteSchema } from './site-schema.ts';
import type { PathKey } from './document.ts';

/** The part of a JSON Schema that says which keys and which single values may stand somewhere. */
export interface Shape {
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown;
  readonly properties?: { readonly [key: string]: Shape } | undefined;
  readonly additionalProperties?: boolean | Shape | undefined;
  readonly items?: boolean | Shape | undefined;
  readonly anyOf?: readonly Shape[] | undefined;
}

const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    const: z.unknown().optional(),
    properties: z.record(z.string(), shapeSchema).optional(),
    additionalProperties: z.union([z.boolean(), shapeSchema]).optional(),
    items: z.union([z.boolean(), shapeSchema]).optional(),
    anyOf: z.array(shapeSchema).optional(),
  }),
);

/** As it is written, without names and descriptions: a part that has a name would be a reference, which a shape does not follow. */
const plain = { io: 'input', metadata: z.registry<Record<string, unknown>>() } as const;

/** The shape of one site, as the manifest's schema has it. */
export function siteShape(): Shape {
  return shapeSchema.parse(z.toJSONSchema(siteSchema, plain));
}

/** The shape of what says how a meter's files are read. */
export function readingShape(): Shape {
  return shapeSchema.parse(z.toJSONSchema(readingSchema, plain));
}

/** The shape of the manifest without its sites. */
export function headShape(): Shape {
  return shapeSchema.parse(z.toJSONSchema(headSchema, plain));
}

function alternatives(shape: Shape): readonly Shape[] {
  return shape.anyOf === undefined ? [shape] : shape.anyOf.flatMap(alternatives);
}

/** Every shape that may stand at `path`; none when the path leads nowhere. */
export function shapesAt(root: Shape, path: readonly PathKey[]): readonly Shape[] {
  let shapes = alternatives(root);
  for (const key of path) {
    shapes = shapes.flatMap((shape): readonly Shape[] => {
      if (typeof key === 'number') return typeof shape.items === 'object' ? alternatives(shape.items) : [];
      const property = shape.properties?.[key];
      if (property !== undefined) return alternatives(property);
      const other = shape.additionalProperties;
      return typeof other === 'object' ? alternatives(other) : [];
    });
  }
  return shapes;
}

/** The keys a mapping at `path` may have. */
export function keysAt(root: Shape, path: readonly PathKey[]): readonly string[] {
  return shapesAt(root, path).flatMap((shape) => Object.keys(shape.properties ?? {}));
}

/** Whether a single value may stand at these shapes, and as what text from a CSV is to be read. */
export function readingOf(shapes: readonly Shape[]): 'text' | 'number' | 'boolean' | 'number-or-boolean' | undefined {
  // An empty shape takes anything (fields of an asset that are not known here).
  const takes = (type: string) =>
    shapes.some(
      (shape) => [shape.type].flat().includes(type) || (shape.const !== undefined && typeof shape.const === type),
    );
  if (
    takes('string') ||
    shapes.some((shape) => shape.type === undefined && shape.const === undefined && !shape.properties)
  ) {
    return 'text';
  }
  const number = takes('number') || takes('integer');
  const boolean = takes('boolean');
  if (number && boolean) return 'number-or-boolean';
  if (number) return 'number';
  return boolean ? 'boolean' : undefined;
}
