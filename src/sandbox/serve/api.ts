import type { Answer } from './answer.ts';
import type { ApiName } from './fault.ts';
import type { Route } from './router.ts';
import type { Limit } from './sliding-window.ts';

/** One of the two APIs: its endpoints, its limits by name, and how it words the refusals that every server has. */
export interface SandboxApi {
  readonly name: ApiName;
  readonly limits: { readonly [name: string]: Limit };
  readonly routes: readonly Route[];
  readonly unknownPath: () => Answer;
  readonly wrongMethod: (allowed: readonly string[]) => Answer;
  /** 429; the server adds `Retry-After`. */
  readonly limited: () => Answer;
  readonly tooLarge: () => Answer;
}
