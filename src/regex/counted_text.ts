/**
 * A text that counts how often the matcher looks at it. One match takes time of the text's length at most, but all matches of
 * a text may take its square: a pattern may look to the end of the text for each of them. Whoever pays for the looks ends that.
 */
import type { RE2JS } from "re2js";

/** Looks that are paid for at once. */
const PORTION = 256;

type Matcher = ReturnType<RE2JS["matcher"]>;

/**
 * Gives a matcher whose work is paid for as it is done.
 *
 * @param pay Called with a number of looks at single characters; what it throws ends the search.
 */
export function countedMatcher(pattern: RE2JS, text: string, pay: (looks: number) => void): Matcher {
  // The library asks nothing more of a text than what this has.
  return pattern.matcher(new CountedText(text, pay) as unknown as string);
}

class CountedText {
  readonly [Symbol.toStringTag] = "String";
  readonly length: number;
  #unpaid = 0;

  constructor(readonly text: string, readonly pay: (looks: number) => void) {
    this.length = text.length;
  }

  charCodeAt(index: number): number {
    if (++this.#unpaid === PORTION) {
      this.#unpaid = 0;
      this.pay(PORTION);
    }
    return this.text.charCodeAt(index);
  }

  /** The engine's own search looks at many characters at once. */
  indexOf(part: string, from = 0): number {
    const found = this.text.indexOf(part, from);
    this.pay(Math.ceil(((found < 0 ? this.length : found) - from + part.length) / 16));
    return found;
  }

  substring(from: number, to: number): string {
    return this.text.substring(from, to);
  }

  toString(): string {
    return this.text;
  }
}
