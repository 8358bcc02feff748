/** How many requests a piece of work would make. */
export interface RequestCount {
  /** Made whatever the answers are. */
  readonly certain: number;
  /** Made at most; at least `certain`. */
  readonly atMost: number;
  /** What is besides made once for all work that names it, like the download of a map. */
  readonly shared?: { readonly name: string; readonly certain: number; readonly atMost: number };
}
