/** Random literals of CEL by kind, with their extremes and in the several ways to write them; patterns of RE2, time zones. */
import type { Kind } from "./generate_cel.ts";
import type { Random } from "./generate_lua.ts";
import { randomText, TEXTS } from "./generate_object.ts";

const LITERALS: Record<Exclude<Kind, "string" | "time" | "duration">, readonly string[]> = {
  bool: ["true", "false"],
  int: [
    ...["0", "1", "2", "3", "-1", "-5", "10", "80", "443", "0x1F", "-0x1", "007", "9223372036854775807"],
    ...["-9223372036854775808", "9007199254740993", "int(7)", "- 1", "--1", "1000000"],
  ],
  uint: ["0u", "1u", "2u", "3U", "10u", "0x10u", "18446744073709551615u", "9223372036854775808u", "uint(4)"],
  double: [
    ...[
      "0.0",
      "1.0",
      "2.5",
      "-1.5",
      "3.0",
      ".5",
      "1e3",
      "1E-3",
      "-0.0",
      "1e308",
      "5e-324",
      "0.1",
      "1e21",
      "123456789.125",
    ],
    ...[
      'double("NaN")',
      'double("Infinity")',
      'double("-Infinity")',
      "9223372036854775808.0",
      "1e6",
      "100000.0",
      "4.0",
    ],
  ],
  bytes: ['b"a"', 'b""', 'b"\\xff\\x00"', "b'é'", 'bytes("abc")', "br'\\x'", 'b"\\303\\251"', 'b"""a"""'],
  list: [
    "[]",
    "[1, 2, 3]",
    '["a"]',
    '[1, "a", 2.5, null]',
    "[[1], []]",
    "[true]",
    "[1u, 2u]",
    "[0.5, 1.0]",
    "[{}]",
    "[1,]",
  ],
  map: [
    "{}",
    '{"a": 1}',
    "{1: 2}",
    "{1u: 1, 2: 2}",
    "{true: 1}",
    '{"a": {"b": null}}',
    "{0.5: 1}",
    '{"x": [1]}',
    "{1: 1, 1u: 2}",
  ],
  null: ["null"],
  type: [
    ...[
      "int",
      "uint",
      "double",
      "bool",
      "string",
      "bytes",
      "list",
      "map",
      "null_type",
      "type",
      "google.protobuf.Timestamp",
    ],
    ...["google.protobuf.Duration", ".int", "type(int)"],
  ],
};

export function randomLiteral(random: Random, kind: Kind): string {
  switch (kind) {
    case "string":
      return stringLiteral(random, randomText(random));
    case "time":
      return `timestamp(${random.chance(0.15) ? timeNumber(random) : stringLiteral(random, goodTime(random))})`;
    case "duration":
      return `duration(${
        stringLiteral(random, random.pick(random.chance(0.8) ? TEXTS.duration.slice(0, 12) : TEXTS.duration))
      })`;
  }
  return random.pick(LITERALS[kind]);
}

function goodTime(random: Random): string {
  if (random.chance(0.1)) return random.pick(TEXTS.time);
  if (random.chance(0.5)) return random.pick(TEXTS.time.slice(0, 8));
  const two = (limit: number, from = 0) => String(from + random.below(limit)).padStart(2, "0");
  const zone = random.pick(["Z", "Z", "+02:00", "-11:30"]);
  return `${1950 + random.below(90)}-${two(12, 1)}-${two(28, 1)}T${two(24)}:${two(60)}:${two(60)}${zone}`;
}

function timeNumber(random: Random): string {
  return random.pick(["0", "1740000000", "-1", "253402300799", "253402300800", "-62135596800", "-62135596801"]);
}

/** The text as a literal, in one of the forms that can hold it. */
function stringLiteral(random: Random, text: string): string {
  const escaped = JSON.stringify(text);
  if (random.chance(0.7)) return escaped;
  // Raw line ends would be read as \n, and a NUL stands in no rule that YAML can hold.
  const isPlain = !/["'\\\r\n\0]/.test(text);
  return random.pick([
    () => isPlain ? `'${text}'` : escaped,
    () => isPlain ? `"${text}"` : escaped,
    () => isPlain ? `r"${text}"` : escaped,
    () => isPlain ? `"""${text}"""` : escaped,
    () => isPlain ? `'''${text}'''` : escaped,
    () => `"${[...text].map((char) => `\\U${char.codePointAt(0)!.toString(16).padStart(8, "0")}`).join("")}"`,
  ])();
}

const ATOMS = [
  ...[
    "a",
    "b",
    "web",
    ".",
    "\\d",
    "\\w",
    "\\s",
    "\\D",
    "\\W",
    "[a-z]",
    "[^a]",
    "[0-9]+",
    "[[:alpha:]]",
    "[[:^digit:]]",
    "\\pL",
  ],
  ...[
    "\\p{Greek}",
    "\\PN",
    "\\b",
    "\\B",
    "^",
    "$",
    "\\A",
    "\\z",
    "é",
    "\\.",
    "\\-",
    "\\/",
    "\\x41",
    "\\x{e9}",
    "\\n",
    "\\t",
  ],
  ...[
    "[\\w.-]",
    "[]a]",
    "[a\\]]",
    "[-a]",
    "(a|b)",
    "(?:a|)",
    "(?i)WEB",
    "(?i:A)",
    "(?s).",
    "(?m)^a$",
    "(?U)a+",
    "(?P<n>a)",
    "(?<n>b)",
  ],
  ...[
    "\\Qa.b\\E",
    "\\C",
    "😀",
    "[日本]",
    "\\pZ",
    "(?is-m:a.)",
    "\\a",
    "\\07",
    "\\101",
    "[\\d]",
    "[^\\S]",
    "[a-\\x{10ffff}]",
    "()",
  ],
  ...[
    "\\p{Lu}",
    "\\p{^L}",
    "\\P{L}",
    "\\p{Any}",
    "[\\pL\\pN]",
    "(?i)ß",
    "(?i)k",
    "(?i)[a-k]",
    "(?i)İ",
    "\\f",
    "\\v",
    "-",
    ":",
    "/",
  ],
] as const;
/** What RE2 doesn't take. */
const BAD = [
  ...[
    "(",
    ")",
    "[",
    "a**",
    "*a",
    "+",
    "?",
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(?<!a)",
    "\\1",
    "a{1001}",
    "a{2,1}",
    "[z-a]",
    "\\",
  ],
  ...[
    "(?P<n",
    "(?P<1>a)",
    "(?P<n>a)(?P<n>b)",
    "(?x)a",
    "\\pX",
    "\\p{Foo}",
    "[[:foo:]]",
    "a{1000}{1000}",
    "(?#c)",
    "(?>a)",
    "a++",
  ],
  ...[
    "\\8",
    "\\c",
    "\\h",
    "\\R",
    "\\X",
    "\\Z",
    "\\G",
    "\\u0041",
    "\\x{110000}",
    "\\xg",
    "[\\b]",
    "(?P=n)",
    "(?i",
    "(?:",
    "a{,2}",
    "a??+",
  ],
  ...[
    "\\_",
    "\\é",
    "\\<",
    "[a-\\d]",
    "[\\d-z]",
    "\\p",
    "\\pl",
    "\\p{lu}",
    "(?'n'a)",
    "(?P<é>a)",
    "(?z)",
    "(?-)",
    "(?i-)",
    "(?--i)",
    "\\e",
  ],
] as const;
const REPEATS = [
  "",
  "",
  "",
  "",
  "*",
  "+",
  "?",
  "*?",
  "+?",
  "??",
  "{2}",
  "{1,3}",
  "{2,}",
  "{0}",
  "{0,2}?",
  "{",
  "{a}",
  "{1",
  "{1,a}",
  "{,3}",
];

/** A literal of a pattern, mostly one that RE2 takes. */
export function randomPattern(random: Random): string {
  let pattern = random.chance(0.3) ? "^" : "";
  for (let i = 1 + random.below(4); i > 0; i--) {
    pattern += (random.chance(0.04) ? random.pick(BAD) : random.pick(ATOMS)) + random.pick(REPEATS);
    if (random.chance(0.1)) pattern += "|";
  }
  if (random.chance(0.3)) pattern += "$";
  if (random.chance(0.1)) pattern = `(${pattern})${random.pick(REPEATS)}`;
  return /["\n]/.test(pattern) || random.chance(0.3) ? JSON.stringify(pattern) : `r"${pattern.replace(/\\$/, "")}"`;
}

/** A literal of a time zone; without those whose past depends on the tzdata, which is a known gap. */
export function randomZone(random: Random): string {
  return JSON.stringify(random.pick([
    ...[
      "UTC",
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
      "America/St_Johns",
      "+02:00",
      "-11:30",
    ],
    ...[
      "02:00",
      "+5:3",
      "+24:00",
      "-00:30",
      "",
      "Local",
      "europe/berlin",
      "Nowhere/City",

      "GMT",
      "Etc/GMT+5",
      "Z",
      "+0200",
    ],
    ...[
      "US/Pacific",
      "Asia/Calcutta",

      "+1:60",
      "1:1:1",
      ":",

      "utc",
      "GMT+5",
      "Africa/Casablanca",
      "Pacific/Apia",
    ],
  ]));
}
