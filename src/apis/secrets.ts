/** What replaces a secret in a text. */
const mask = '[redacted]';
/** Shorter texts would blot out half of every message; no API here accepts so short a secret. */
const shortest = 4;

/** Passwords, keys, tokens and headers that must not appear in any message: knows them, and takes them out of texts. */
export class Secrets {
  readonly #known = new Set<string>();

  /** Remembers a secret in the forms in which it could come back: as it is, in JSON, in a URL, in a form, in Base64. */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < shortest) return;
    const encoded = encodeURIComponent(secret);
    this.#known.add(secret);
    this.#known.add(JSON.stringify(secret).slice(1, -1));
    this.#known.add(encoded);
    this.#known.add(new URLSearchParams([['', secret]]).toString().slice(1));
    this.#known.add(Buffer.from(secret, 'utf8').toString('base64'));
  }

  /** The text with every known secret masked, the longest first, so that none is left in part. */
  redact(text: string): string {
    let clean = text;
    for (const secret of [...this.#known].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, mask);
    return clean;
  }
}
