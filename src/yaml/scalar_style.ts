/** How go-yaml writes a text: plain, between quotes or as a block, by what stands in it. */
import { isOctalOfV3, isTimestamp, resolveScalar } from "./scalars.ts";

export type ScalarStyle = "plain" | "single" | "double" | "literal";

/** What the characters of a text allow. */
export interface TextShape {
  readonly isMultiline: boolean;
  readonly canBePlain: boolean;
  readonly canBeSingleQuoted: boolean;
  readonly canBeBlock: boolean;
}

/** The two versions of go-yaml that Sveltos writes with, where they differ on texts. */
export interface TextRules {
  /** v3 quotes texts with tabs. */
  readonly quotesTabs: boolean;
  /** v3 reads `0o17` as a number although its sign stands behind the prefix, and quotes it. */
  readonly knowsNewOctals: boolean;
}

export function isBreak(rune: string): boolean {
  return rune === "\n" || rune === "\r" || rune === "\u0085" || rune === "\u2028" || rune === "\u2029";
}

/** What go-yaml writes as it is between double quotes. Beyond the basic plane nothing is. */
export function isPrintable(rune: string): boolean {
  const code = rune.codePointAt(0)!;
  return code === 0x0a || code >= 0x20 && code <= 0x7e || code >= 0xa0 && code < 0xd800 ||
    code >= 0xe000 && code <= 0xfffd && code !== 0xfeff;
}

const BEGINS_OTHER = new Set("#,[]{}&*!|>'\"%@`");

/** Looks at the characters of a text that stands outside of `[]` and `{}`. */
export function analyzeText(runes: readonly string[], rules: TextRules): TextShape {
  if (runes.length === 0) return { isMultiline: false, canBePlain: true, canBeSingleQuoted: true, canBeBlock: false };
  const head = runes.slice(0, 3).join("");
  let isIndicator = head === "---" || head === "...";
  let hasBreaks = false, hasSpecial = false, hasTab = false, breakThenSpace = false, spaceThenBreak = false;
  let before: "space" | "break" | "other" = "other";
  let isAfterBlank = true;
  runes.forEach((rune, i) => {
    const next = runes[i + 1];
    const isBeforeBlank = next === undefined || next === " " || next === "\t";
    if (i === 0) {
      isIndicator ||= BEGINS_OTHER.has(rune) || isBeforeBlank && (rune === "?" || rune === ":" || rune === "-");
    } else isIndicator ||= rune === ":" && isBeforeBlank || rune === "#" && isAfterBlank;
    if (rune === "\t" && rules.quotesTabs) hasTab = true;
    else if (!isPrintable(rune)) hasSpecial = true;
    if (rune === " ") {
      breakThenSpace ||= before === "break";
      before = "space";
    } else if (isBreak(rune)) {
      hasBreaks = true;
      spaceThenBreak ||= before === "space";
      before = "break";
    } else before = "other";
    isAfterBlank = rune === " " || rune === "\t" || rune === "\0" || isBreak(rune);
  });
  const first = runes[0]!, last = runes.at(-1)!;
  const isLoose = first === " " || last === " " || isBreak(first) || isBreak(last);
  const needsEscapes = spaceThenBreak || hasSpecial;
  return {
    isMultiline: hasBreaks,
    canBePlain: !(isLoose || hasBreaks || breakThenSpace || needsEscapes || hasTab || isIndicator),
    canBeSingleQuoted: !(breakThenSpace || needsEscapes || hasTab),
    canBeBlock: last !== " " && !needsEscapes,
  };
}

const BASE_60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;

/** Whether go-yaml would read the plain text as something else: a number, a boolean, null, a date, a number of base 60. */
function readsAsOther(text: string, rules: TextRules): boolean {
  return resolveScalar(text).kind !== "text" || isTimestamp(text) || BASE_60.test(text) ||
    rules.knowsNewOctals && isOctalOfV3(text);
}

/** The style of a text. `isKey`: it is to stand before a colon in the same line. */
export function styleOf(text: string, shape: TextShape, isKey: boolean, rules: TextRules): ScalarStyle {
  if (text.includes("\n")) return shape.canBeBlock && !isKey ? "literal" : "double";
  if (readsAsOther(text, rules)) return "double";
  if (shape.canBePlain && !(text === "" && isKey)) return "plain";
  return shape.canBeSingleQuoted && !(shape.isMultiline && isKey) ? "single" : "double";
}
