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
      reason: "a thread that resumes the one that resumed it ends gopher-lua's process; here it is an error of resume",
      cases: ["coroutines-28"],
    },
    {
      reason: "gopher-lua's registers overflow where a call has some 250 arguments; here it works",
      cases: ["syntax-158"],
    },
    {
      reason: "a thread made of a library function, not a Lua one, gives no results at all in gopher-lua",
      cases: ["coroutines-17"],
    },
    {
      reason: "what gmatch returns can be called by hand here; gopher-lua's wants the state that `for` passes",
      cases: ["patterns-77"],
    },
    {
      reason: "__index as a function and __call, put into the metatable of all strings, have no effect here",
      cases: ["metatables-56", "metatables-58"],
    },
    {
      reason: "a constructor with a call before a named field, `{f(), x = f()}`, keeps a further value in gopher-lua",
      cases: ["tablelib-72"],
    },
    {
      reason:
        "a stack overflow: the depth under pcall is one less here, xpcall calls its handler, __tostring that calls " +
        "tostring runs into the limit of time",
      cases: ["limits-4", "limits-12", "limits-26"],
    },
    {
      reason: "tail calls of functions made on the spot, `return (function() … end)()`, take up stack here",
      cases: ["limits-7"],
    },
    {
      reason: "blocks and operators can't be nested as deep as in gopher-lua, 198 and 99 are too many already",
      cases: ["limits-38", "syntax-153"],
    },
    {
      reason:
        "texts of errors that a script sees: more than 200 locals, module() by pcall, yield outside of a coroutine",
      cases: ["coroutines-22", "environments-49", "limits-33"],
    },
    {
      reason: "package.loaded has package itself, which gopher-lua's has not",
      cases: ["environments-69"],
    },
    {
      reason: "the last digit of powers with a fraction and of sin, exp, log and their like is the engine's, not Go's",
      cases: [],
    },
  ],
  cel: [
    {
      reason:
        "zones that tzdata 2024b has made links (EST, CET, PST8PDT, …) have, in the days of local mean time and before 1967, " +
        "the past of the place that they now stand for; in Debian's tzdata they keep their own",
      cases: [],
    },
  ],
  template: [
    {
      reason:
        "the inner fields of a time, which verbs like %d and %g show, with an address; `now` prints no monotonic clock",
      cases: [],
    },
    {
      reason:
        "zones are those of another year's tz database: old times in EST, CET and the like, MET, rules of years to come",
      cases: [],
    },
    {
      reason: "classes of regular expressions have the characters of Unicode 16 and 17 too, which Go doesn't know yet",
      cases: [],
    },
    { reason: "NaN has no sign: -nan of TOML is written as nan", cases: [] },
    {
      reason: "an error shows no value: neither the pattern of a regular expression nor what eq and index were given",
      cases: [],
    },
    {
      reason: "of the methods of an ObjectReference only String and GroupVersionKind: the others serve Go programs",
      cases: ["template-data-199"],
    },
    {
      reason:
        "a slice of a list may reach into the room that Go has behind it: known but of larger lists of odd length",
      cases: [],
    },
  ],
  "yaml-read": [
    {
      reason:
        "go-yaml takes a second byte order mark at the start for one at the start of each line nearby, and drops characters",
      cases: ["yaml-read-corners-246", "yaml-read-corners-247"],
    },
    {
      reason: "lists and maps are nested no deeper than 1,000; go-yaml's bound is 10,000",
      cases: ["yaml-read-corners-248", "yaml-read-corners-249", "yaml-read-corners-250"],
    },
    { reason: "aliases repeat no more than 64 Mi characters of texts; go-yaml knows no such bound", cases: [] },
    {
      reason: "of two keys that are the same text only in JSON, like 1 and '1', Go keeps either; here it is the last",
      cases: [],
    },
  ],
  "yaml-write": [
    { reason: "go-yaml's order of keys is none for some sets, like a11a, a1020, a1197: it varies there", cases: [] },
  ],
  "yaml-write-v3": [
    { reason: "the same order of keys, and other sets", cases: [] },
  ],
};

/** The cases of a mode that are known to differ. */
export function knownGaps(mode: string): ReadonlySet<string> {
  return new Set((KNOWN_GAPS[mode] ?? []).flatMap(({ cases }) => cases));
}
