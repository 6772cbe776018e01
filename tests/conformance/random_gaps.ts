/** What random cases show of differences that are known, each with its reason: those have no names to put on a list. */
import type { Answer, Case } from "./case.ts";

interface RandomGap {
  readonly reason: string;
  readonly shows: (input: Case, wanted: Answer, found: Answer) => boolean;
}

/** Both texts from where they differ. */
function fromDifference(wanted: Answer, found: Answer): readonly [string, string] | undefined {
  const { text: a } = wanted, { text: b } = found;
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return [a.slice(at), b.slice(at)];
}

const TEMPLATE_GAPS: readonly RandomGap[] = [
  {
    reason: "what makes a map hold itself ends Go's process, sooner or later",
    shows: (_input, { panic, error }) => panic === true && error === "the process ended",
  },
  {
    reason: "a rendering is bounded, and says which limit it was",
    shows: (_input, _wanted, { error }) => / \(limit --template-[a-z-]+\)$/.test(String(error)),
  },
  {
    reason: "a pointer within a value prints as its address under most verbs, which is never the same",
    shows: (_input, wanted, found) => {
      const [a, b] = fromDifference(wanted, found) ?? ["", ""];
      return b.startsWith("&{") && /^\d/.test(a) ||
        b.startsWith("&") && /^[\s+]*(?:\(\*[\w.]+\)\([\s+]*)?(?:0?[xXbBoO])?[\da-fA-F]{6,}/.test(a);
    },
  },
  {
    reason: "under verbs that aren't for texts fmt shows the inner fields of a time.Time, an address among them",
    shows: ({ template }, wanted, found) => {
      const [, b] = fromDifference(wanted, found) ?? ["", ""];
      return b.startsWith("}") && /oDate|dateModify/.test(String(template));
    },
  },
  {
    reason: "a slice of a list may reach into the room that Go has behind it, which is not known of each list",
    shows: (_input, { ok }, { error }) => ok === true && String(error).endsWith("slice index out of bounds"),
  },
  {
    reason: "the text of an error of TOML, which fromToml puts under the key Error, is another one than Go's",
    shows: ({ template }, wanted, found) => {
      const masked = ({ text }: Answer) => String(text).replace(/toml: (?:line|Invalid).*?(?=[\]"]|$)/gm, "toml");
      return String(template).includes("fromToml") && typeof wanted.text === "string" &&
        masked(wanted) === masked(found);
    },
  },
];

const GAPS: Readonly<Record<string, readonly RandomGap[]>> = { template: TEMPLATE_GAPS };

/** Whether the difference of a random case of the mode is known. */
export function isRandomGap(mode: string, input: Case, wanted: Answer, found: Answer): boolean {
  return (GAPS[mode] ?? []).some(({ shows }) => shows(input, wanted, found));
}
