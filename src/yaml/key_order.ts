/** The order in which go-yaml writes the keys of a map: letters last, runs of digits by their number. */

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

function isLetter(rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 0x80 ? (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a : LETTER.test(rune);
}

function isDigit(rune: string | undefined): boolean {
  if (rune === undefined) return false;
  const code = rune.charCodeAt(0);
  return code < 0x80 ? code >= 0x30 && code <= 0x39 : DIGIT.test(rune);
}

/** Compares two keys as go-yaml v2 does; with `letterEndsNumber` as v3 does, where `a1b` comes before `a12`. */
export function compareKeys(a: string, b: string, letterEndsNumber = false): number {
  // To Go, each byte that isn't UTF-8 is U+FFFD.
  const x = [...a.toWellFormed()], y = [...b.toWellFormed()];
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) {
    if (x[i] === y[i]) continue;
    return compareFrom(x, y, i, letterEndsNumber);
  }
  return x.length - y.length;
}

function compareFrom(x: readonly string[], y: readonly string[], at: number, letterEndsNumber: boolean): number {
  const isLetterX = isLetter(x[at]!), isLetterY = isLetter(y[at]!);
  const byRune = x[at]!.codePointAt(0)! - y[at]!.codePointAt(0)!;
  if (isLetterX && isLetterY) return byRune;
  if (isLetterX || isLetterY) {
    const isInNumber = letterEndsNumber && at > 0 && isDigit(x[at - 1]);
    return isLetterX === isInNumber ? -1 : 1;
  }
  // A zero within a number, such as that of 10, isn't a leading one.
  const start = (x[at] === "0" || y[at] === "0") && isInsideNumber(x, at) ? 1n : 0n;
  const [numberX, endX] = digitsFrom(x, at, start), [numberY, endY] = digitsFrom(y, at, start);
  if (numberX !== numberY) return numberX < numberY ? -1 : 1;
  return endX - endY || byRune;
}

function isInsideNumber(runes: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && isDigit(runes[i]); i--) {
    if (runes[i] !== "0") return true;
  }
  return false;
}

/** The number from `at` on, wrapping around like Go's int64, and where it ends. */
function digitsFrom(runes: readonly string[], at: number, start: bigint): [number: bigint, end: number] {
  let number = start, end = at;
  for (; isDigit(runes[end]); end++) {
    number = BigInt.asIntN(64, number * 10n + BigInt(runes[end]!.codePointAt(0)! - 0x30));
  }
  return [number, end];
}
