import { ApiError } from '../domain/errors.ts';
import type { Span } from '../domain/span.ts';

/** A span that was asked for, and its answer. */
export interface Answered<T> {
  readonly asked: Span;
  readonly answer: T;
}

export interface FetchPlan<T> {
  readonly fetchOne: (span: Span) => Promise<T>;
  /** Requests under way, and answers held, at most. */
  readonly concurrency: number;
  /** A span that times out is halved down to this, then it fails (watttime contract, fact 11). */
  readonly shortestMs: number;
  /** Halves begin on multiples of this. */
  readonly gridMs: number;
}

/**
 * The answers to all spans in their order, several asked at once. The first is asked alone: it tells whether the account may
 * ask at all. After a failure nothing more is asked, and what was under way is waited for; then the first failure is thrown.
 */
export async function* fetchInOrder<T>(spans: readonly Span[], plan: FetchPlan<T>): AsyncGenerator<Answered<T>> {
  const underWay: Promise<readonly Answered<T>[]>[] = [];
  const [first, ...rest] = spans;
  if (first === undefined) return;
  try {
    yield* await fetchHalving(first, plan);
    const take = (): void => {
      const next = rest.shift();
      if (next === undefined) return;
      const answers = fetchHalving(next, plan);
      // Waited for later: until then its failure is nobody's.
      answers.catch(() => rest.splice(0));
      underWay.push(answers);
    };
    for (let n = 0; n < plan.concurrency; n += 1) take();
    for (let oldest = underWay.shift(); oldest !== undefined; oldest = underWay.shift()) {
      const answers = await oldest;
      take();
      yield* answers;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function fetchHalving<T>(asked: Span, plan: FetchPlan<T>): Promise<readonly Answered<T>[]> {
  try {
    return [{ asked, answer: await plan.fetchOne(asked) }];
  } catch (error) {
    const lengthMs = asked.end - asked.start;
    if (!(error instanceof ApiError && error.details.kind === 'timeout') || lengthMs <= plan.shortestMs) throw error;
    const middle = asked.start + Math.ceil(lengthMs / 2 / plan.gridMs) * plan.gridMs;
    return [
      ...(await fetchHalving({ start: asked.start, end: middle }, plan)),
      ...(await fetchHalving({ start: middle, end: asked.end }, plan)),
    ];
  }
}
