/** The words of whatever was thrown, the first line of them, to go into a message of our own. */
export function sayError(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
