/** What the judge says of one run of one fault. */

/** Those of reliability §3 that are violated or not (I5 is a matter of time), and what the fault's row demands besides. */
export const INVARIANTS = ["I1", "I2", "I3", "I4", "I6", "I7", "I8", "own"] as const;
export type Invariant = typeof INVARIANTS[number];

/** How many violations of each invariant a run had; of those that it could not judge, nothing. */
export type Violations =
  & Readonly<Record<Exclude<Invariant, "I6" | "I8">, number>>
  & Readonly<Partial<Record<Invariant, number>>>;

export interface Verdict {
  readonly violations: Violations;
  /** Milliseconds from the end of the fault to the right outputs; infinite where they never were. */
  readonly recovery: number;
  /** What was wrong, for people. */
  readonly findings: readonly string[];
  /** What the row has measured, for people. */
  readonly notes: readonly string[];
  /** What was measured, by names that hold the unit. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The verdict; I6 and I8 count where they were judged. */
export function verdictOf(
  recovery: number,
  findings: readonly string[],
  judged: readonly ("I6" | "I8")[],
  notes: readonly string[] = [],
  figures: Readonly<Record<string, number>> = {},
): Verdict {
  const count = (id: Invariant) => findings.filter((text) => text.startsWith(`${id}:`)).length;
  return {
    violations: {
      I1: count("I1"),
      I2: count("I2"),
      I3: count("I3"),
      I4: count("I4"),
      I7: count("I7"),
      own: count("own"),
      ...Object.fromEntries(judged.map((id) => [id, count(id)])),
    },
    recovery,
    findings,
    notes: [...notes],
    figures: { ...figures },
  };
}
