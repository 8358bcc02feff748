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
  /** 429; the server adds `Retry-After`, unless `sendsRetryAfter` is false. */
  readonly limited: () => Answer;
  readonly sendsRetryAfter?: boolean;
  readonly tooLarge: () => Answer;
  /** Each answer is held back so long after its work is done; 0 where it is not said. */
  readonly latencyMs?: number;
}
