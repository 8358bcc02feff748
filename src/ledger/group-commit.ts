import { WattliftError } from '../domain/errors.ts';
import type { SqliteDatabase } from '../sqlite/open-sqlite.ts';
import { explain } from './sqlite-file.ts';

interface Change {
  /** Carries the change out; returns what to do once it is durable. */
  readonly apply: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Commits the changes that come in one turn of the event loop as one transaction, because a commit costs a disk sync
 * whatever is in it. Each change stands in a savepoint of its own: one that throws is undone alone. A promise resolves
 * after the commit.
 */
export class GroupCommit {
  readonly #database: SqliteDatabase;
  readonly #path: string;
  #waiting: Change[] = [];
  #closed = false;

  constructor(database: SqliteDatabase, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** Runs `change` with the others of this turn; gives its result, or what it threw, or why the commit failed. */
  write<T>(change: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new WattliftError('ledger.closed', `the ledger ${this.#path} is closed`));
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#commit());
      this.#waiting.push({
        apply: () => {
          const result = change();
          return () => resolve(result);
        },
        fail: reject,
      });
    });
  }

  /** Commits what waits and takes no more. */
  close(): void {
    this.#commit();
    this.#closed = true;
  }

  #commit(): void {
    const changes = this.#waiting;
    if (changes.length === 0) return;
    this.#waiting = [];
    const outcomes: (() => void)[] = [];
    try {
      this.#database.exec('begin immediate');
      for (const change of changes) outcomes.push(this.#apply(change));
      this.#database.exec('commit');
    } catch (error) {
      this.#rollBack();
      const failure = explain(error, 'write to', this.#path);
      for (const { fail } of changes) fail(failure);
      return;
    }
    for (const outcome of outcomes) outcome();
  }

  #apply({ apply, fail }: Change): () => void {
    this.#database.exec('savepoint change');
    try {
      const done = apply();
      this.#database.exec('release change');
      return done;
    } catch (error) {
      // A full disk takes the whole transaction with it; then this throws, and every change of the turn fails.
      this.#database.exec('rollback to change; release change');
      return () => fail(explain(error, 'write to', this.#path));
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('rollback');
    } catch {
      // SQLite has rolled back by itself.
    }
  }
}
