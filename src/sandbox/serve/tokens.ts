import { createHash } from 'node:crypto';

/**
 * Bearer tokens of one API. They live in memory: a sandbox that was started again knows none, like a server that was
 * redeployed, and the client has to log in again. Times are monotonic milliseconds.
 */
export class Tokens {
  readonly #lifetimeMs: number;
  readonly #name: string;
  readonly #issued = new Map<string, { readonly user: string; readonly expiresAt: number }>();

  constructor(name: string, lifetimeMs: number) {
    this.#name = name;
    this.#lifetimeMs = lifetimeMs;
  }

  /** A new token for `user`; older ones stay valid. */
  issue(user: string, now: number): string {
    for (const [token, { expiresAt }] of this.#issued) {
      if (expiresAt <= now) {
        this.#issued.delete(token);
      }
    }
    const token = createHash('sha256')
      .update(JSON.stringify([this.#name, user, now, this.#issued.size, process.pid]))
      .digest('base64url');
    this.#issued.set(token, { user, expiresAt: now + this.#lifetimeMs });
    return token;
  }

  /** Whose token an `Authorization` header carries; undefined when it is missing, unknown or expired. */
  userOf(authorization: string | undefined, now: number): string | undefined {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    const entry = token === undefined ? undefined : this.#issued.get(token);
    return entry !== undefined && now < entry.expiresAt ? entry.user : undefined;
  }
}
