/** Says for which patterns Lua 5.4's own matcher may stand in for gopher-lua's. */

/** One item: a class, a set without ambiguities, an escaped or a plain character; then perhaps a quantifier. */
const ITEM = String
  .raw`(?:\.|%[acdlpsuwxACDLPSUWX]|%[^A-Za-z0-9]|\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|%[acdlpsuwx]|%[^A-Za-z0-9]|[ _/,:;=@#~!"'&<>{}|.+*?()])+\]|[^.%()[\]*+?^$-])`;
const ITEMS = `(?:${ITEM}[*+?-]?)*`;
const PLAIN = new RegExp(String.raw`^\^?${ITEMS}(?:\((?:${ITEM}[*+?-]?)+\)${ITEMS}|\(\)${ITEMS})*\$?$`, "s");
const MAX_PLAIN = 100;
/** More captures than this are an error of Lua's. */
const MAX_PLAIN_CAPTURES = 32;

/**
 * True where Lua 5.4's own matcher finds the same matches as gopher-lua's for this pattern. What is false may still be such a
 * pattern: only what leaves no doubt counts.
 */
export function isPlainPattern(pattern: string): boolean {
  return pattern !== "" && pattern.length <= MAX_PLAIN && pattern.split("(").length - 1 <= MAX_PLAIN_CAPTURES &&
    PLAIN.test(pattern);
}
