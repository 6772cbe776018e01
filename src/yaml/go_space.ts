/** White space as Go's `unicode.IsSpace` has it, for which a byte order mark is none. */

const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

export function isGoSpace(character: string): boolean {
  return SPACE.test(character);
}

/** Where the text begins that Go's `strings.TrimSpace` leaves. */
export function indexOfText(text: string, from = 0): number {
  let at = from;
  while (at < text.length && isGoSpace(text[at]!)) at++;
  return at;
}
