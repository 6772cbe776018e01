/** Guards against work that grows faster than the text that it is given. */
import assert from "node:assert/strict";
import process from "node:process";

const LONGEST = 1_000_000;
/** Each four times the one before: what takes the square or worse is found at a length where it still ends. */
const LENGTHS: readonly number[] = [32, 128, 512, 2048, 8192, 32_768, 131_072];
/** As {@link timeOf} says; far beyond what linear work takes: a guard against hanging. */
const MILLISECONDS = 8_000;
/** What took less at a length of tens of thousands would end at the longest, were it the square. */
const LITTLE = 25;

/** Calls with texts up to `most` characters long. */
export function assertEndsSoon(
  name: string,
  makeText: (length: number) => string,
  call: (text: string) => unknown,
  most = LONGEST,
): void {
  for (const length of LENGTHS) {
    if (length >= most) break;
    if (measure(name, makeText(length), call) < LITTLE && length >= 32_768) break;
  }
  measure(name, makeText(most), call);
}

/** How long the call takes, in milliseconds that the processor has spent on this thread: a busy machine does not count. */
export function timeOf(call: () => unknown): number {
  const started = process.threadCpuUsage();
  call();
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1000;
}

function measure(name: string, text: string, call: (text: string) => unknown): number {
  const elapsed = timeOf(() => call(text));
  assert.ok(elapsed < MILLISECONDS, `${name}: ${Math.round(elapsed)} ms for ${text.length} characters`);
  return elapsed;
}

/** Runs of one piece, and a character behind it that nothing expects there. */
const run = (piece: string, end = "\u0001", start = "") => (length: number) =>
  start + piece.repeat(Math.ceil(length / piece.length)) + end;

/** Texts that lead readers of numbers, dates, paths and names astray for as long as they are long. */
export const HOSTILE_TEXTS: readonly { readonly name: string; readonly make: (length: number) => string }[] = [
  { name: "digits", make: run("1") },
  { name: "digits alone", make: run("1", "") },
  { name: "zeros", make: run("0") },
  { name: "zeros and a digit", make: run("0", "1") },
  { name: "hexadecimal digits", make: run("f", "\u0001", "0x") },
  { name: "hexadecimal digits alone", make: run("f", "", "0x") },
  { name: "binary digits", make: run("1", "\u0001", "0b") },
  { name: "a fraction", make: run("1", "\u0001", "0.") },
  { name: "a fraction alone", make: run("1", "", "0.") },
  { name: "a fraction of zeros", make: run("0", "1", "0.") },
  { name: "an exponent", make: run("1", "\u0001", "1e") },
  { name: "an exponent alone", make: run("9", "", "1e") },
  { name: "a hexadecimal exponent", make: run("9", "", "0x1p") },
  { name: "underscores", make: run("_1", "") },
  { name: "underscores behind a digit", make: run("_1", "", "1") },
  { name: "underscores without digits", make: run("_") },
  { name: "points", make: run(".") },
  { name: "digits and points", make: run("1.") },
  { name: "signs", make: run("-") },
  { name: "signed digits", make: run("+1") },
  { name: "colons", make: run(":") },
  { name: "sixties", make: run("1:", "x") },
  { name: "blanks", make: run(" ") },
  { name: "blanks behind a digit", make: run(" ", "x", "1") },
  { name: "blanks alone", make: run(" ", "") },
  { name: "tabs and line breaks", make: run("\t\r\n") },
  { name: "line breaks", make: run("\n") },
  { name: "words and blanks", make: run("1  ", "x") },
  { name: "comparisons", make: run(">=1  ", "~") },
  { name: "alternatives", make: run("1||", "!") },
  { name: "ranges", make: run("1 - ", "!") },
  { name: "slashes", make: run("/", "x") },
  { name: "slashes alone", make: run("/", "") },
  { name: "folders up", make: run("../", "x") },
  { name: "letters", make: run("a") },
  { name: "capitals", make: run("A") },
  { name: "letters of both cases", make: run("aB") },
  { name: "letters and hyphens", make: run("a-") },
  { name: "units of time", make: run("1h", "x") },
  { name: "an amount without a unit", make: run("1", "", "1h") },
  { name: "a date and a fraction", make: run("1", "x", "2020-01-01T00:00:00.") },
  { name: "opening brackets", make: run("[") },
  { name: "opening braces", make: run("{") },
  { name: "opening parentheses", make: run("(") },
  { name: "pairs of brackets", make: run("[]") },
  { name: "quotes", make: run('"') },
  { name: "an open quote", make: run("a", "", '"') },
  { name: "apostrophes", make: run("'") },
  { name: "backslashes", make: run("\\") },
  { name: "escapes", make: run("\\u00", "") },
  { name: "percent signs", make: run("%") },
  { name: "percent escapes", make: run("%41", "%") },
  { name: "indexed verbs", make: run("%[1]s") },
  { name: "open indexes", make: run("%[") },
  { name: "equal signs", make: run("=", "x", "AAAA") },
  { name: "base64", make: run("QUJD", "!") },
  { name: "ats", make: run("a@", "x", "http://") },
  { name: "dollars", make: run("$1") },
  { name: "stars", make: run("a*") },
  { name: "stars alone", make: run("*") },
  { name: "dashes", make: run("-----BEGIN ", "x") },
  { name: "two bytes", make: run("é") },
  { name: "four bytes", make: run("😀") },
  { name: "stray bytes", make: run("\udcff", "") },
  { name: "half characters of bytes", make: run("\udcc3", "") },
  { name: "nothing printable", make: run("\u0000", "") },
];
