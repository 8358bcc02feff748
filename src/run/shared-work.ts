/**
 * Work that many sites share is done once in a run: while it is under way all wait for it, and once it has failed all
 * end with that outcome. What succeeded is in the ledger and need not be kept here.
 */
export class SharedWork<Outcome> {
  readonly #underWay = new Map<string, Promise<Outcome>>();
  readonly #keep: (outcome: Outcome) => boolean;

  /** `keep` says which outcomes stand for the rest of the run. */
  constructor(keep: (outcome: Outcome) => boolean) {
    this.#keep = keep;
  }

  async once(key: string, work: () => Promise<Outcome>): Promise<Outcome> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const mine = work();
    this.#underWay.set(key, mine);
    try {
      const outcome = await mine;
      if (!this.#keep(outcome)) this.#underWay.delete(key);
      return outcome;
    } catch (error) {
      this.#underWay.delete(key);
      throw error;
    }
  }
}
