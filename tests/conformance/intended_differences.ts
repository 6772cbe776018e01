/** What differs from the original on purpose, by the name that an answer carries. */

export interface IntendedDifference {
  readonly name: "no-outside" | "limits";
  readonly reason: string;
  /** Cases of the committed files that end so. Any other that does is a difference like all others. */
  readonly cases: readonly string[];
}

export type IntendedName = IntendedDifference["name"];

export const INTENDED_DIFFERENCES: readonly IntendedDifference[] = [
  {
    name: "no-outside",
    reason: "scripts and templates reach no files, processes or environment; the names are there, their use fails",
    cases: [],
  },
  {
    name: "limits",
    reason: "a script ends: its time, memory, printed text and size are bounded, where the original would go on",
    cases: [],
  },
];

export const INTENDED_NAMES: ReadonlySet<IntendedName> = new Set(INTENDED_DIFFERENCES.map(({ name }) => name));
