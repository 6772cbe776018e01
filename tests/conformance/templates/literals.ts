/** Literals of templates in all the ways to write them, right and wrong ones. */
import type { Random } from "../generate_lua.ts";

const INTS = [
  ...[
    "0",
    "1",
    "1",
    "2",
    "2",
    "3",
    "3",
    "4",
    "5",
    "7",
    "10",
    "-1",
    "+2",
    "42",
    "100",
    "255",
    "1000",
    "65",
    "8080",
    "-7",
  ],
  ...[
    "0x1F",
    "0XfF",
    "0b101",
    "0o17",
    "017",
    "1_000",
    "0x_1",
    "'a'",
    "'\\n'",
    "'ü'",
    "'😀'",
    "'\\''",
    "'\\x41'",
    "'\\u00fc'",
  ],
  ...["9223372036854775807", "-9223372036854775808", "1000000", "2147483648", "-0", "0b1111_0000"],
];
const WRONG_INTS = [
  "9223372036854775808",
  "18446744073709551615",
  "08",
  "1__0",
  "0x",
  "0b2",
  "''",
  "'ab'",
  "'\\q'",
  "1a",
  "0_7_",
];
const FLOATS = [
  ...[
    "0.0",
    "1.0",
    "1.5",
    ".5",
    "1.",
    "3.0",
    "2.5",
    "-0.5",
    "1e3",
    "1E-7",
    "1e+2",
    "0.1",
    "100.0",
    "1e21",
    "1e20",
    "5e-324",
  ],
  ...["0x1p-2", "0x1.8p1", "1_0.5", "123456.789", "-0.0", "1.7976931348623157e308", "0.30000000000000004", "1000000.0"],
];
const WRONG_FLOATS = ["1e309", "1e", "1.2.3", ".", "0x1.8", "1e1_", "1._5"];
const COMPLEXES = [
  "1i",
  "2.5i",
  "1+2i",
  "1-2i",
  "-1.5e2+0i",
  "0i",
  "0x1p2i",
  "1e3+1E-3i",
  "1+2",
  "1+2i3",
  "010i",
  "'a'i",
];
const STRINGS = [
  ...[
    '""',
    '"a"',
    '"b"',
    '"web"',
    '"abc"',
    '"hello world"',
    '"a,b"',
    '"42"',
    '"-7"',
    '"3.5"',
    '"true"',
    '","',
    '" "',
    '"-"',
  ],
  ...[
    '"x\\ty\\n"',
    '"\\"q\\""',
    '"\\\\"',
    '"\\x41\\101"',
    '"\\u00fc"',
    '"\\U0001F600"',
    '"ü€😀"',
    "\"<a href='x'>&\"",
    '"%s"',
  ],
  ...[
    '"\\xff\\xfe"',
    '"\\a\\b\\f\\r\\v"',
    '"\\000"',
    '"日本語"',
    '"A B C"',
    '"2025-03-01"',
    '"a\u0301"',
    '"{{x}}"',
    '"1e3"',
    '"0x10"',
  ],
  ...["`raw`", "`a\\nb`", "`\n`", '`"`', "`a\nb\nc`", "``", "`{{ . }}`", "`ü\t`"],
];
const WRONG_STRINGS = ['"\\q"', '"\\x4"', '"\\ud800"', '"\\400"', '"a\nb"', '"', "`", '"\\', "'abc'"];

export function intLiteral(random: Random): string {
  return random.pick(random.chance(0.005) ? WRONG_INTS : INTS);
}

/** One that a text may be repeated or a list be long. */
export function smallLiteral(random: Random): string {
  return random.pick(["0", "1", "1", "2", "2", "3", "3", "4", "5", "7", "-1", "10"]);
}

export function floatLiteral(random: Random): string {
  return random.pick(random.chance(0.005) ? WRONG_FLOATS : FLOATS);
}

export function complexLiteral(random: Random): string {
  return random.pick(COMPLEXES);
}

export function stringLiteral(random: Random): string {
  return random.pick(random.chance(0.005) ? WRONG_STRINGS : STRINGS);
}
