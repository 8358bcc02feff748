import { dirname, isAbsolute, join } from 'node:path';

/** A path of the manifest as the operator would type it from where the program was started. */
export function shownPath(manifest: { readonly file: string }, written: string): string {
  return isAbsolute(written) ? written : join(dirname(manifest.file), written);
}
