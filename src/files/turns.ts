/** Does the work of each name one after another, in the order it was asked for. It is state, not a service. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Does `work` when all earlier work of this name has ended, however it ended. */
  async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(name, ended);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === ended) this.#last.delete(name);
    }
  }
}
