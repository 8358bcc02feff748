import type { PathKey } from './document.ts';

/** The value at a path, undefined where the path leads nowhere. */
export function valueAt(raw: unknown, path: readonly PathKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

/**
 * A copy of `raw` without what stands at `path`. A list ends where an entry is cut from it,
 * so that the entries that stay keep their places.
 */
export function without(raw: unknown, path: readonly PathKey[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined || raw === null || typeof raw !== 'object') return undefined;
  if (Array.isArray(raw)) {
    const index = Number(key);
    if (rest.length === 0) return raw.slice(0, index);
    return raw.map((item: unknown, at) => (at === index ? without(item, rest) : item));
  }
  return Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]): [string, unknown][] => {
      if (name !== String(key)) return [[name, value]];
      return rest.length === 0 ? [] : [[name, without(value, rest)]];
    }),
  );
}
