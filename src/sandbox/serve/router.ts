import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.ts';
import type { Form } from './body.ts';

/** A request as an endpoint sees it. */
export interface Call {
  /** As it was asked, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The path's parameters by name, percent-decoded. */
  readonly parameters: { readonly [name: string]: string };
  readonly body: Uint8Array;
  readonly form: Form | undefined;
  /** Who calls, as the route's `caller` said. */
  readonly user: string;
  /** Wall and monotonic milliseconds. */
  readonly now: number;
  readonly monotonic: number;
}

/** One endpoint. `handle` runs inside a transaction and must not wait for anything. */
export interface Route {
  readonly method: string;
  /** A template: `/accounts/{account_id}/meters`. */
  readonly path: string;
  /** The name that faults and the request log use. */
  readonly operation: string;
  /** Names of the limits of the API that count this request. */
  readonly limits: readonly string[];
  /** Whose budget it counts against, or the refusal of an unknown caller. */
  readonly caller: (call: Omit<Call, 'user'>) => string | Answer;
  readonly handle: (call: Call) => Answer;
}

/** Where a request goes. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly parameters: { readonly [name: string]: string } }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown-path' };

/** Finds the route of a method and path. A parameter is one non-empty segment. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match {
  const compiled = routes.map((route) => ({ route, pattern: compile(route.path) }));
  return (method, path) => {
    const fitting = compiled.flatMap(({ route, pattern }) => {
      const groups = pattern.exec(path);
      return groups === null ? [] : [{ route, parameters: decode(groups.groups ?? {}) }];
    });
    const found = fitting.find(({ route }) => route.method === method);
    if (found?.parameters !== undefined) {
      return { kind: 'route', route: found.route, parameters: found.parameters };
    }
    return fitting.length > 0 && found === undefined
      ? { kind: 'wrong-method', allowed: [...new Set(fitting.map(({ route }) => route.method))] }
      : { kind: 'unknown-path' };
  };
}

function compile(template: string): RegExp {
  const source = template
    .split(/\{(\w+)\}/)
    .map((part, index) =>
      index % 2 === 0 ? part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`) : `(?<${part}>[^/]+)`,
    );
  return new RegExp(`^${source.join('')}$`);
}

function decode(groups: { readonly [name: string]: string }): { [name: string]: string } | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}
