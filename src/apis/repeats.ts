import type { RetryOptions } from 'ky';
import { readFailure } from './failure.ts';

/** How often and how patiently a call that may be repeated is repeated. */
export interface RetryPolicy {
  /** Attempts after the first one. */
  readonly limit: number;
  /** Wait before the first of them; doubled for each further one, half of it by chance. */
  readonly delayMs: number;
  readonly longestDelayMs: number;
}

/** `get`: GET and HEAD only; `always`: for the token's POST; `but-timeouts`: like `get`, a timeout once only. */
export type Repeatable = 'get' | 'always' | 'but-timeouts';

/**
 * ky's `retry` for one call: bounded, with jitter. What was not sent because nobody is there (`isSilent`) does not count and
 * is not waited for here: the wire holds it back, together with all who ask, and says when to give up.
 */
export function repeats({
  policy,
  how = 'get',
  random,
  isSilent,
}: {
  readonly policy: RetryPolicy;
  readonly how: Repeatable | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly isSilent: () => boolean;
}): RetryOptions {
  let isHeldBack = false;
  let counted = 0;
  return {
    limit: Infinity,
    methods: how === 'always' ? ['get', 'head', 'post'] : ['get', 'head'],
    afterStatusCodes: [],
    delay: () => (isHeldBack ? 0 : Math.min(policy.delayMs * 2 ** (counted - 1), policy.longestDelayMs)),
    jitter: (delay) => delay * (0.5 + random() / 2),
    shouldRetry: ({ error }) => {
      const failure = readFailure(error);
      if (!failure?.transient || (how === 'but-timeouts' && failure.kind === 'timeout')) return false;
      isHeldBack = failure.kind === 'unsent' && isSilent();
      return isHeldBack || ++counted <= policy.limit;
    },
  };
}
