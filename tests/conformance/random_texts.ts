/** Random texts of the kinds that template functions read: names, numbers, times, versions, patterns, paths, URLs, documents. */
import type { Random } from "./generate_lua.ts";

/** A text as a literal of a template. */
export function literal(text: string): string {
  const escaped = Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    const isPlain = code >= 0x20 && code !== 0x22 && code !== 0x5c && code !== 0x7f;
    return isPlain ? character : `\\x${code.toString(16).padStart(2, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

type Maker = (random: Random) => string;

function repeated(random: Random, most: number, make: Maker): string {
  return Array.from({ length: random.below(most + 1) }, () => make(random)).join("");
}

/** Now and then, a character more, another or none. */
function disturbed(random: Random, text: string, characters: string): string {
  if (!random.chance(0.15)) return text;
  const runes = [...text], at = random.below(runes.length + 1);
  return [...runes.slice(0, at), random.pick([...characters, ""]), ...runes.slice(at + random.below(2))].join("");
}

const RUNES = [
  ..."aaabcxyzABCXYZ0179 -_.,/:;'\"\\<>&%$#()[]{}\n\t",
  "ü",
  "É",
  "ß",
  "€",
  "日",
  "😀",
  "\u0301",
  "\u00a0",
  "ǆ",
  "\udcff",
  "\udce2",
  "\u0085",
  "\u2028",
];
const NAME_RUNES = [..."abcdeXYZABC01289", "_", "-", " ", "_", "é", "Ä", ".", "日", "\udcff", "Ⅷ", "٣"];

export const anyText: Maker = (random) => repeated(random, random.pick([3, 8, 20]), () => random.pick(RUNES));
/** Few different characters, so that searches find something. */
export const poorText: Maker = (random) => repeated(random, 12, () => random.pick([..."aaab, \n-", "ü"]));
export const shortText: Maker = (random) => repeated(random, 2, () => random.pick([..."aab, -", "ü", "aa"]));
export const name: Maker = (random) => repeated(random, 12, () => random.pick(NAME_RUNES));
/** Words of several lengths between blanks and breaks. */
export const prose: Maker = (random) =>
  repeated(
    random,
    12,
    () => "abcdeüx".repeat(3).slice(0, random.below(15)) + random.pick([" ", " ", "  ", "\n", "-", ""]),
  );

export const number: Maker = (random) => {
  const digits = () => repeated(random, random.pick([2, 5, 20]), () => random.pick([..."0123456789", "0", "_"]));
  const sign = random.pick(["", "", "-", "+"]);
  const text = random.pick([
    () => digits(),
    () => `${digits()}.${digits()}`,
    () => `${digits()}e${random.pick(["", "+", "-"])}${random.below(25)}`,
    () => `0x${digits()}${random.pick(["", "f", "ABC", "g"])}`,
    () => `0${random.pick(["b", "o", "O", ""])}${digits()}`,
    () => random.pick(["inf", "NaN", "Infinity", "nan", "true", "."]),
  ])();
  return disturbed(random, sign + text, " ._-+e0x");
};

const UNITS = ["h", "m", "s", "ms", "us", "µs", "μs", "ns", "d", ""];
export const duration: Maker = (random) =>
  disturbed(
    random,
    random.pick(["", "-", "+"]) + repeated(random, 3, () => plainNumber(random) + random.pick(UNITS)),
    "-. hx",
  );

function plainNumber(random: Random): string {
  const whole = random.pick(["", "0", "1", "07", String(random.below(100_000)), "9223372036"]);
  return whole + random.pick(["", "", `.${random.below(1000)}`, "."]);
}

export const version: Maker = (random) => {
  const part = () => random.pick(["0", "1", "2", "10", "01", String(random.below(100))]);
  const suffix = random.pick(["", "", `-${random.pick(["rc", "alpha", "beta.2", "0", "01", "rc-1.x", "1.10"])}`]);
  const metadata = random.pick(["", "", "", "+b", "+b.1"]);
  const core = Array.from({ length: random.pick([1, 2, 3, 3, 3, 3, 4]) }, part).join(".");
  return disturbed(random, random.pick(["", "", "v"]) + core + suffix + metadata, ".-+vx 0*");
};

export const constraint: Maker = (random) => {
  const one = () => {
    const operator = random.pick(["", "", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "~>", "^", "^", "~"]);
    const wild = random.pick(["", "", "", ".x", ".*", ".X", ".x.x"]);
    const core = wild === ""
      ? version(random)
      : Array.from({ length: 1 + random.below(2) }, () => random.below(3)).join(".");
    return operator + random.pick(["", "", " "]) + random.pick([core + wild, core + wild, core + wild, "*"]);
  };
  const join = () => random.pick([", ", ",", " ", " || ", "||", " - "]);
  let text = one();
  for (let i = random.below(3); i > 0; i--) text += join() + one();
  return disturbed(random, text, " ,|-<>=x");
};

/** Elements of layouts, each with what it may stand for. */
const ELEMENTS: readonly (readonly [string, readonly string[]])[] = [
  ["2006", ["2024", "1999", "0001", "24", "12345"]],
  ["06", ["24", "69", "68", "7"]],
  ["01", ["02", "12", "13", "2", "00"]],
  ["1", ["2", "12", "02"]],
  ["Jan", ["Feb", "feb", "Sept", "MAY"]],
  ["January", ["February", "may", "Sep"]],
  ["02", ["29", "31", "00", "5"]],
  ["2", ["9", "31", "05"]],
  ["_2", [" 9", "19", "9"]],
  ["002", ["060", "366", "1"]],
  ["__2", [" 60", "366", "  1"]],
  ["Mon", ["Thu", "thu", "Xyz"]],
  ["Monday", ["Thursday", "Mon"]],
  ["15", ["00", "23", "24", "7"]],
  ["03", ["12", "01", "13"]],
  ["3", ["12", "1", "0"]],
  ["04", ["59", "60", "5"]],
  ["4", ["5", "59"]],
  ["05", ["59", "60", "05.123", "07,5"]],
  ["5", ["5", "59"]],
  [".000", [".123", ".5", ",123"]],
  [".999", [".5", "", ".123456789"]],
  [",00", [",12", ".12"]],
  ["PM", ["PM", "AM", "pm"]],
  ["pm", ["pm", "am", "AM"]],
  ["MST", ["CET", "UTC", "PST", "GMT+3", "WITA", "cet", "+03"]],
  ["Z07:00", ["Z", "+02:00", "-11:30", "+00:00", "+25:00"]],
  ["-0700", ["+0200", "-0000", "Z"]],
  ["-07:00", ["+02:00", "-07:00"]],
  ["-07", ["+02", "-12", "Z"]],
  ["Z0700", ["Z", "+0530"]],
  ["-07:00:00", ["+01:02:03"]],
];
const SEPARATORS = [" ", "-", ":", "T", "/", "", ", ", ".", "x", "_"];

/** A layout, and a text that more or less is a time by it. */
export function layoutAndTime(random: Random): readonly [layout: string, time: string] {
  let layout = "", time = "";
  for (let i = 1 + random.below(7); i > 0; i--) {
    const [element, values] = random.pick(ELEMENTS), separator = random.pick(SEPARATORS);
    layout += element + separator;
    time += (random.chance(0.75) ? values[0]! : random.pick(values)) + separator;
  }
  return [layout, disturbed(random, time, " :0x")];
}

export const layout: Maker = (random) => layoutAndTime(random)[0];

const CLASSES = [
  "[ab]",
  "[^a]",
  "[a-c]",
  "\\d",
  "\\w",
  "\\s",
  "\\W",
  ".",
  "\\pL",
  "[[:alpha:]]",
  "[a\\]b]",
  "\\.",
  "ü",
  "[ü-ÿ]",
  "\\x61",
  "[^\\n]",
];
const POSITIONS = ["^", "$", "\\b", "\\B", "\\A", "\\z"];

export const pattern: Maker = (random) => disturbed(random, alternatives(random, 2), "()[]*+?|{}\\^$");

function alternatives(random: Random, depth: number): string {
  const branch = () => repeated(random, 3, () => piece(random, depth));
  return random.chance(0.25) ? `${branch()}|${branch()}` : branch();
}

function piece(random: Random, depth: number): string {
  const atom = random.pick([
    () => random.pick([..."aab, -", "ab"]),
    () => random.pick(CLASSES),
    () => random.pick(POSITIONS),
    () =>
      depth === 0
        ? "a"
        : `${random.pick(["(", "(", "(?:", "(?P<n>", "(?<m>", "(?i:", "(?s)(", "(?U)("])}${
          alternatives(random, depth - 1)
        })`,
  ])();
  return atom + random.pick(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,}", "{1}?"]);
}

export const replacement: Maker = (random) =>
  repeated(
    random,
    4,
    () => random.pick(["$1", "${1}", "$0", "$n", "${n}", "$$", "x", "$2y", "${m}", "$", "${", "}", "ü", "$ü"]),
  );

export const path: Maker = (random) =>
  repeated(random, 7, () => random.pick(["/", "/", ".", "..", "a", "b.c", "//", "ü", " ", "\\"]));

export const url: Maker = (random) => {
  const scheme = random.pick(["http:", "https:", "HTTP:", "mailto:", "a+b.c-d:", "1a:", "", ":", "ü:"]);
  const user = random.pick(["", "", "", "u@", "u:p@", "u%40:p%2f@", "u:p:q@", "ü@", "@", "a b@"]);
  const host = random.pick([
    "h",
    "h.example:80",
    "[::1]",
    "[::1]:443",
    "[fe80::1%25en0]",
    "h:x",
    "",
    "ü",
    "h%41",
    "h_",
    "[",
    "1.2.3.4:",
    "a b",
  ]);
  const rest = repeated(
    random,
    5,
    () =>
      random.pick([
        "/",
        "a",
        "%20",
        "%2f",
        "%zz",
        "b;c",
        "ü",
        "..",
        "?",
        "=",
        "&",
        "+",
        " ",
        "#",
        "!",
        "%",
        "'",
        '"',
        "<",
      ]),
  );
  return disturbed(random, scheme + random.pick(["//", "//", ""]) + user + host + rest, "/:@?#[]%");
};

export const base64: Maker = (random) => {
  const digits = repeated(random, 12, () => random.pick([..."AZaz09+/", "Y", "Q"]));
  return disturbed(random, digits + random.pick(["", "=", "=="]), "=\n\r_- A");
};
export const base32: Maker = (random) => {
  const digits = repeated(random, 17, () => random.pick([..."AZ27", "M", "E"]));
  return disturbed(random, digits + random.pick(["", "=", "===", "====", "======"]), "=\n1a A");
};

export const json: Maker = (random) => disturbed(random, jsonValue(random, 3), '{}[]:,"\\ \nx0-.e');

function jsonValue(random: Random, depth: number): string {
  const blank = () => random.pick(["", "", "", " ", "\n", "\t"]);
  const scalar = () =>
    random.pick([
      "null",
      "true",
      "false",
      "0",
      "-0",
      "1.50",
      "1e3",
      "1E-7",
      "123456789012345678901",
      '"a"',
      '"\\u00e9\\n"',
      '"\\ud83d\\ude00"',
      '"\\ud800"',
      '"ü"',
      '""',
      "9007199254740993",
      "1e21",
      "0.000001",
    ]);
  if (depth === 0 || random.chance(0.3)) return blank() + scalar() + blank();
  const count = random.below(4);
  if (random.chance(0.5)) {
    return `${blank()}[${Array.from({ length: count }, () => jsonValue(random, depth - 1)).join(",")}]`;
  }
  const fields = Array.from(
    { length: count },
    () =>
      `${blank()}"${random.pick(["a", "b", "", "ü", "a.b", "__proto__"])}"${blank()}:${jsonValue(random, depth - 1)}`,
  );
  return `${blank()}{${fields.join(",")}${blank()}}`;
}

/** An expression for a value of maps, lists and scalars within each other. */
export function nested(random: Random, scalars: readonly string[], depth = 3): string {
  if (depth === 0 || random.chance(0.35)) return random.pick(scalars);
  const count = random.below(4);
  const inner = () => nested(random, scalars, depth - 1);
  if (random.chance(0.4)) return `(list ${Array.from({ length: count }, inner).join(" ")})`;
  const key = () =>
    literal(random.pick(["a", "b", "c", "z", "a.b", "1", "10", "9", "", "y", "true", "a b", "ü", "A", "-", "~", "a:"]));
  return `(dict ${Array.from({ length: count }, () => `${key()} ${inner()}`).join(" ")})`;
}
