/** What differs from the original on purpose, by the name that an answer carries. */

export interface IntendedDifference {
  readonly name: "no-outside" | "limits" | "no-messages";
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
    reason:
      "a script or a rule ends: its time, memory, printed text and size are bounded, where the original would go on",
    cases: [],
  },
  {
    name: "no-messages",
    reason:
      "CEL's literals of protobuf messages are refused by name: no object of Kubernetes holds a message, and timestamp(), " +
      "duration() and plain literals say the same",
    cases: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((number) => `cel-messages-${number}`),
  },
];

export const INTENDED_NAMES: ReadonlySet<IntendedName> = new Set(INTENDED_DIFFERENCES.map(({ name }) => name));
