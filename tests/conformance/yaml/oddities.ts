/** Scalars, words and characters that YAML readers and writers are known to disagree on, listed and made up. */
import type { Random } from "../generate_lua.ts";

const WORDS = [
  "a",
  "b",
  "key",
  "name",
  "x y",
  "some text",
  "kind",
  "metadata",
  "foo-bar",
  "a.b/c",
  "ü",
  "日本",
  "😀",
  "é",
];

const LISTED = [
  ..."y Y yes Yes YES yEs n N no No NO nO on On ON oN off Off OFF true True TRUE tRUE false False FALSE".split(" "),
  ..."~ null Null NULL nULL none = << < > - -- --- ... .. . ? : :: ?x :x -x x: x:y x#y #x".split(" "),
  ...".inf .Inf .INF +.inf -.inf -.Inf .iNF .nan .NaN .NAN +.nan .Nan inf nan Infinity NaN".split(" "),
  ..."0 1 -1 +1 00 01 007 017 018 08 09 0o17 0O17 0o8 -0o7 0b101 0B101 0b102 -0b1 0b-1 0b+1 0b".split(" "),
  ..."0x1F 0X1f 0xg 0x -0x10 0x-1 0x_1 0x1_F 1_000 1__0 1_ _1 -_1 +_1 0_7 0_8 1_.5 1._5 1.5_0".split(" "),
  ..."1e3 1E3 1e+3 1e-3 1e 1e+ e1 .e1 .5 5. .5. 1.5e3 .5e1 +.5 -.5 -.5e-3 1.0 -0 -0.0 +0 0. 1e400 -1e400 1e-400".split(
    " ",
  ),
  ..."9007199254740991 9007199254740993 9223372036854775807 9223372036854775808 18446744073709551615".split(" "),
  ..."18446744073709551616 -9223372036854775808 -9223372036854775809 123456789012345678901234567890".split(" "),
  ..."0xFFFFFFFFFFFFFFFF 0x1FFFFFFFFFFFFFFFF 0b11111111111111111111111111111111111111111111111111111111111111111".split(
    " ",
  ),
  ..."0.1 0.30000000000000004 1e21 1e20 123456789.125 1e-7 1.7976931348623157e308 5e-324 1e22".split(" "),
  ..."12:30 12:30:45 190:20:30 1:60 -1:30 12:30.5 1:2:3.4 12e03 685.230_15e+03 0x_0A_74_AE 1,000 1.2.3".split(" "),
  ..."2024-01-01 2024-1-1 2024-02-30 2023-02-29 2024-13-01 2001-12-14t21:59:43.10-05:00 2001-12-15T02:59:43.1Z".split(
    " ",
  ),
  "2001-12-14 21:59:43.10 -5",
  "2001-12-15 2:59:43.10",
  "2001-12-14T21:59:43",
  "2024-01-01T24:00:00Z",
  "0001-01-01",
  "a: b",
  "a #b",
  "- a",
  "a\tb",
  "{a}",
  "[a]",
];

/** What stands in front of a text, within it or at its end makes a reader look twice. */
const SIGNS = [..."-?:,[]{}#&*!|>'\"%@`~=<.+_/\\ \t$^();0189"];

export function word(random: Random): string {
  return random.pick(WORDS);
}

const NUMBER_STARTS = [
  ..."+ - 0x 0X 0b 0B 0o 0O 0 00 . -. +. -0x -0b -0o +0b 0b- 0b+ 0x- 0o- 0o+ _ -_ 0_ 1_ 1 20".split(" "),
  "",
  "",
  "",
];
const NUMBER_ALPHABETS = [
  ..."01 01_ 0123456789 0123456789_. 01234567 0123456789abcdefABCDEF 019.eE+-_ 0123456789-:TtZ. 0:5 ٣1 9 1e".split(" "),
];

/** A text that could be a number, and sometimes is one, of more digits than 64 bits have now and then. */
function numberLike(random: Random): string {
  const alphabet = [...random.pick(NUMBER_ALPHABETS)];
  const length = random.below(random.chance(0.2) ? 40 : 9);
  return random.pick(NUMBER_STARTS) + Array.from({ length }, () => random.pick(alphabet)).join("");
}

/** A text that could be a point in time. */
function timeLike(random: Random): string {
  const year = random.pick(["2024", "2023", "0000", "1900", "2000", "9999", "024", "20240"]);
  const month = random.pick(["1", "01", "2", "02", "12", "13", "0", "04"]);
  const date = `${year}-${month}-${random.pick(["1", "01", "28", "29", "30", "31", "32", "0"])}`;
  if (random.chance(0.2)) return date;
  const hours = random.pick(["0", "05", "23", "24"]), seconds = random.pick(["0", "00", "59", "60", ""]);
  const fraction = random.pick(["", "", "", ".5", ",5", ".", ".123456789", ".1234567891"]);
  const zone = random.pick([
    "",
    "",
    "Z",
    "Z",
    "z",
    "+01:00",
    "-24:00",
    "+24:60",
    "-25:00",
    "+1:00",
    "+01:61",
    "-5",
    " Z",
  ]);
  return `${date}${random.pick(["T", "T", "t", " ", " ", "  "])}${hours}:${
    random.pick(["0", "59", "60"])
  }:${seconds}${fraction}${zone}`;
}

function signs(random: Random): string {
  const part = () => random.chance(0.5) ? random.pick(SIGNS) : word(random);
  return Array.from({ length: 1 + random.below(4) }, part).join("");
}

/** A text of one line that may mean anything when it stands plain. */
export function oddScalar(random: Random): string {
  return random.pick([
    () => random.pick(LISTED),
    () => random.pick(LISTED),
    () => random.pick(LISTED),
    () => word(random),
    () => numberLike(random),
    () => timeLike(random),
    () => signs(random),
    () => random.pick(LISTED) + random.pick(SIGNS),
  ])();
}

/** Characters that have a meaning of their own somewhere: breaks, blanks, what is not printable, what is not in the basic plane. */
export const SPECIAL_CHARACTERS = [
  ..."\n\n\n \t\r",
  "\r\n",
  ..."\u0085\u00a0\u2028\u2029\ufeff\u200b\u0000\u0007\u001b\u007f\u0080\u009f\ufffd\ufffe\uffff",
  "😀",
  "\u{10ffff}",
  "ü",
  "´",
  "日",
];
