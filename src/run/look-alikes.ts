/** Lets one creation of a fingerprint at a time through, so that look-alikes are made one after another. */
export class LookAlikes {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` after every earlier work of this fingerprint has ended, however it ended. */
  async inTurn<T>(fingerprint: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(fingerprint) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(fingerprint, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(fingerprint) === mine) this.#last.delete(fingerprint);
    }
  }
}
