/** What is known to differ from the original, each with its reason. Closing a gap is deleting its line. */

export interface Gap {
  readonly reason: string;
  /** The cases that show it. */
  readonly cases: readonly string[];
}

export const KNOWN_GAPS: Readonly<Record<string, readonly Gap[]>> = {
  "lua-eval": [
    {
      reason: "a script has no access to the outside: what Sveltos lets it do is an error here, which pcall shows",
      cases: ["errors-313"],
    },
    {
      reason:
        "a generic `for` with two expressions and no third begins, in gopher-lua, with whatever its register holds; " +
        "here with nil, or with what the second expression surely left there",
      cases: ["gap-for-register"],
    },
    {
      reason: "gopher-lua goes wrong when a coroutine yields from within pcall; here it works",
      cases: ["error#422"],
    },
    {
      reason: "the last digit of powers with a fraction and of sin, exp, log and their like is the engine's, not Go's",
      cases: [],
    },
  ],
  template: [
    { reason: "functions of sprig that are not available yet", cases: ["tpl-own-toml"] },
    { reason: "long lines are folded in other places", cases: ["tpl-own-set-field"] },
  ],
};

/** The cases of a mode that are known to differ. */
export function knownGaps(mode: string): ReadonlySet<string> {
  return new Set((KNOWN_GAPS[mode] ?? []).flatMap(({ cases }) => cases));
}
