/** An object as JSON gives it, its values not yet looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for objects, not for lists and null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list, or none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
