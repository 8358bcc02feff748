/** True where at least nine tenths of some cells hold what `test` looks for; of none, none does. */
export function mostHold(cells: readonly string[], test: (cell: string) => boolean): boolean {
  let others = 0;
  for (const cell of cells) {
    if (test(cell)) continue;
    others += 1;
    if (others * 10 > cells.length) return false;
  }
  return cells.length > 0;
}
