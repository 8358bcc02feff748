/** Runs jobs of one key one after another, in the order they came; jobs of different keys do not wait for each other. */
export type TakeTurn = <T>(key: string, job: () => Promise<T>) => Promise<T>;

/** A new set of queues, all empty. A job that fails does not stop those behind it. */
export function createTurns(): TakeTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, job) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(job, job);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
