/** Random calls of template functions, with arguments of all kinds, right and wrong. The same seed gives the same calls. */
import type { TemplateFunction } from "../../src/template/function.ts";
import { BUILTIN_FUNCTIONS } from "../../src/template/functions/builtin.ts";
import { functionTable } from "../../src/template/functions/table.ts";
import { ANY, REFLECT_VALUE } from "../../src/template/value.ts";
import * as pools from "./call_arguments.ts";
import type { Pool } from "./call_arguments.ts";
import { Random } from "./generate_lua.ts";
import * as texts from "./random_texts.ts";

const { WORDS, STRINGS, SMALL_INTS: SMALL, MAPS, LISTS, KEYS, FIELD_PATHS, PATTERNS, LAYOUTS, ZONES, NUMBERS, INTS } =
  pools;
const DATED: Pool = [...pools.TIMES, ...pools.INT64S, ...pools.INTS];
const TEXTS: Pool = [...WORDS, ...pools.UNICODE, ...pools.STRAY];
const NUMERIC: Pool = [...pools.INTS, ...pools.INT64S, ...pools.FLOATS, ...NUMBERS, ...pools.BOOLS];
const SEPARATORS: Pool = ['","', '"-"', '""', '"a"', '" "', '"\\n"', '"ü"', '"."', '", "', '"aa"', '(b64dec "/w==")'];

/** What sprig's encryptAES made with the passwords "a", "abc" and "", and what is no such text. */
const CIPHERTEXTS: Pool = [
  '"7j9/JPbNXljYgbtY4xKfjPGg2r3WTKZyLGph9QbwyXk="',
  '"Figmryv4ydj6goJarixxaddk+KivIV6PbSF3PlrF6hdBBcNHNP3ft2b9/t9EX60r"',
  '"R8oeT55Vaew6s5GmIpJwBqGrE+zrFwKoMJno6U0A7e0="',
  '"AAAAAAAAAAAAAAAAAAAAAA=="',
];

/** Texts of one kind, other ones each time. */
type Texts = (random: Random) => string;

const literals = (make: Texts): Texts => (random) => texts.literal(make(random));
const TEXT = literals(texts.anyText), POOR = literals(texts.poorText), SHORT = literals(texts.shortText);
const NUMBER = literals(texts.number), DURATION = literals(texts.duration), PROSE = literals(texts.prose);
const PATTERN = literals(texts.pattern), LAYOUT = literals(texts.layout);
const NESTED: Texts = (random) => texts.nested(random, pools.ALL);

/** Random texts in place of the pools of {@link SENSIBLE}; a row gives all arguments. */
const RANDOM: Readonly<Record<string, readonly (Texts | Pool)[] | ((random: Random) => readonly string[])>> = {
  ...rows(["upper", "lower", "title", "untitle", "swapcase", "snakecase", "camelcase", "kebabcase", "initials"], [
    literals(texts.name),
  ]),
  ...rows([
    "trim",
    "nospace",
    "quote",
    "squote",
    "html",
    "js",
    "urlquery",
    "b64enc",
    "b32enc",
    "toJson",
    "regexQuoteMeta",
  ], [TEXT]),
  ...rows(["sha1sum", "sha256sum", "sha512sum", "adler32sum", "toString", "len"], [TEXT]),
  ...rows([
    "trimAll",
    "trimall",
    "trimPrefix",
    "trimSuffix",
    "hasPrefix",
    "hasSuffix",
    "contains",
    "splitList",
    "split",
  ], [SHORT, POOR]),
  ...rows(["replace"], [SHORT, SHORT, POOR]),
  ...rows(["splitn"], [SHORT, SMALL, POOR]),
  ...rows(["repeat", "indent", "nindent", "trunc", "abbrev"], [SMALL, TEXT]),
  ...rows(["substr", "abbrevboth"], [SMALL, SMALL, PROSE]),
  ...rows(["wrap"], [SMALL, PROSE]),
  ...rows(["wrapWith"], [SMALL, SHORT, PROSE]),
  ...rows(["atoi", "int", "int64", "float64", "toDecimal", "floor", "ceil", "add1", "add1f", "duration"], [NUMBER]),
  ...rows(["add", "sub", "mul", "div", "mod", "max", "min", "addf", "subf", "mulf", "divf", "maxf", "minf"], [
    NUMBER,
    NUMBER,
  ]),
  ...rows(["round"], [NUMBER, SMALL, ["0.5", "0.1", "0.9", "0.49", "1.0"]]),
  ...rows(["durationRound"], [DURATION]),
  ...rows(["dateModify", "mustDateModify"], [DURATION, pools.TIMES]),
  ...rows(["date"], [LAYOUT, DATED]),
  ...rows(["dateInZone"], [LAYOUT, DATED, ZONES]),
  toDate: (random) => texts.layoutAndTime(random).map(texts.literal),
  mustToDate: (random) => texts.layoutAndTime(random).map(texts.literal),
  ...rows(["semver"], [literals(texts.version)]),
  ...rows(["semverCompare"], [literals(texts.constraint), literals(texts.version)]),
  ...rows(["regexMatch", "mustRegexMatch", "regexFind", "mustRegexFind"], [PATTERN, POOR]),
  ...rows(["regexFindAll", "mustRegexFindAll", "regexSplit", "mustRegexSplit"], [PATTERN, POOR, SMALL]),
  ...rows(["regexReplaceAll", "mustRegexReplaceAll"], [PATTERN, POOR, literals(texts.replacement)]),
  ...rows(["regexReplaceAllLiteral"], [PATTERN, POOR, SHORT]),
  ...rows(["base", "dir", "clean", "ext", "isAbs"], [literals(texts.path)]),
  ...rows(["urlParse"], [literals(texts.url)]),
  ...rows(["b64dec"], [literals(texts.base64)]),
  ...rows(["b32dec"], [literals(texts.base32)]),
  ...rows(["fromJson", "fromJsonArray", "mustFromJson"], [literals(texts.json)]),
  ...rows(["toYaml", "toPrettyJson", "toRawJson", "toToml", "deepCopy", "print"], [NESTED]),
  copy: (random) => [`(dict "k" ${NESTED(random)})`],
  ...rows(["merge", "mergeOverwrite", "deepEqual", "concat", "has", "without", "append"], [NESTED, NESTED]),
  ...rows(["uniq", "compact", "sortAlpha", "reverse", "toStrings", "first", "last"], [NESTED]),
  join: (random) => [SHORT(random), NESTED(random)],
  dict: (random) => [NESTED(random), NESTED(random), NESTED(random)],
};

function rows(names: readonly string[], row: readonly (Texts | Pool)[]): Record<string, readonly (Texts | Pool)[]> {
  return Object.fromEntries(names.map((name) => [name, row]));
}

/** What sensible calls give each parameter; the last pool stands for all further ones. Without a row, the type decides. */
const SENSIBLE: Readonly<Record<string, readonly Pool[]>> = {
  // The right sizes: what makes texts or lists as long as a number says.
  repeat: [SMALL, TEXTS],
  indent: [SMALL, TEXTS],
  nindent: [SMALL, TEXTS],
  wrap: [SMALL, TEXTS],
  wrapWith: [SMALL, SEPARATORS, TEXTS],
  until: [SMALL],
  untilStep: [SMALL, SMALL, SMALL],
  seq: [SMALL, SMALL, SMALL],
  chunk: [SMALL, LISTS],
  mustChunk: [SMALL, LISTS],
  slice: [[...LISTS, ...TEXTS], SMALL, SMALL],
  mustSlice: [LISTS, SMALL, SMALL],
  substr: [SMALL, SMALL, TEXTS],
  trunc: [SMALL, TEXTS],
  abbrev: [SMALL, TEXTS],
  abbrevboth: [SMALL, SMALL, TEXTS],
  splitn: [SEPARATORS, SMALL, TEXTS],
  split: [SEPARATORS, TEXTS],
  splitList: [SEPARATORS, TEXTS],
  join: [SEPARATORS, LISTS],
  trimAll: [SEPARATORS, TEXTS],
  trimall: [SEPARATORS, TEXTS],
  trimPrefix: [SEPARATORS, TEXTS],
  trimSuffix: [SEPARATORS, TEXTS],
  hasPrefix: [SEPARATORS, TEXTS],
  hasSuffix: [SEPARATORS, TEXTS],
  contains: [SEPARATORS, TEXTS],
  replace: [SEPARATORS, SEPARATORS, TEXTS],
  plural: [WORDS, WORDS, SMALL],
  round: [NUMERIC, SMALL, pools.FLOATS],
  atoi: [NUMBERS],
  int: [NUMERIC],
  int64: [NUMERIC],
  float64: [NUMERIC],
  toDecimal: [NUMERIC],
  ...Object.fromEntries(
    [
      "add",
      "add1",
      "sub",
      "div",
      "mod",
      "mul",
      "max",
      "min",
      "biggest",
      "maxf",
      "minf",
      "addf",
      "add1f",
      "subf",
      "mulf",
      "divf",
      "ceil",
      "floor",
    ]
      .map((name) => [name, [NUMERIC]]),
  ),
  date: [LAYOUTS, DATED],
  dateInZone: [LAYOUTS, DATED, ZONES],
  date_in_zone: [LAYOUTS, DATED, ZONES],
  htmlDate: [DATED],
  htmlDateInZone: [DATED, ZONES],
  toDate: [LAYOUTS, pools.DATES],
  mustToDate: [LAYOUTS, pools.DATES],
  dateModify: [pools.DURATIONS, pools.TIMES],
  mustDateModify: [pools.DURATIONS, pools.TIMES],
  date_modify: [pools.DURATIONS, pools.TIMES],
  must_date_modify: [pools.DURATIONS, pools.TIMES],
  unixEpoch: [pools.TIMES],
  duration: [[...NUMERIC, ...pools.DURATIONS]],
  durationRound: [[...pools.DURATIONS, ...NUMERIC]],
  semver: [pools.VERSIONS],
  semverCompare: [pools.CONSTRAINTS, pools.VERSIONS],
  ...Object.fromEntries(
    ["Match", "Find", "Split", "FindAll"].flatMap((name) =>
      [`regex${name}`, `mustRegex${name}`].map((full) => [full, [PATTERNS, TEXTS, SMALL]] as const)
    ),
  ),
  ...Object.fromEntries(
    ["ReplaceAll", "ReplaceAllLiteral"].flatMap((name) =>
      [`regex${name}`, `mustRegex${name}`].map((full) => [full, [PATTERNS, TEXTS, pools.REPLACEMENTS]] as const)
    ),
  ),
  regexQuoteMeta: [[...PATTERNS, ...TEXTS]],
  fromJson: [pools.JSONS],
  mustFromJson: [pools.JSONS],
  fromJsonArray: [pools.JSONS],
  fromYaml: [pools.YAMLS],
  fromYamlArray: [pools.YAMLS],
  fromToml: [pools.TOMLS],
  urlParse: [pools.URLS],
  urlJoin: [[
    '(urlParse "http://u:p@h:80/p?q=1#f")',
    '(dict "scheme" "http" "host" "h" "path" "a b")',
    '(dict "host" "h")',
    '(dict "scheme" 1)',
    '(dict "query" "x y" "fragment" "ü%" "userinfo" "a:b" "host" "h" "scheme" "s")',
    '(dict "opaque" "o" "scheme" "s")',
    ...MAPS,
  ]],
  base: [pools.PATHS],
  dir: [pools.PATHS],
  clean: [pools.PATHS],
  ext: [pools.PATHS],
  isAbs: [pools.PATHS],
  osBase: [pools.PATHS],
  osDir: [pools.PATHS],
  osClean: [pools.PATHS],
  osExt: [pools.PATHS],
  osIsAbs: [pools.PATHS],
  b64dec: [[...pools.BASE64, ...STRINGS]],
  b32dec: [[...pools.BASE64, ...STRINGS]],
  decryptAES: [['"a"', '"abc"', '""', ...WORDS], [...CIPHERTEXTS, ...pools.BASE64]],
  copy: [[...MAPS, ...pools.ALL.map((value) => `(dict "k" ${value})`)]],
  get: [MAPS, KEYS],
  set: [MAPS, KEYS, pools.ALL],
  unset: [MAPS, KEYS],
  hasKey: [MAPS, KEYS],
  pluck: [KEYS, MAPS],
  pick: [MAPS, KEYS],
  omit: [MAPS, KEYS],
  dig: [KEYS, KEYS, pools.ALL, MAPS],
  index: [[...MAPS, ...LISTS, ...WORDS], [...KEYS, ...SMALL], [...KEYS, ...SMALL]],
  getField: [MAPS, FIELD_PATHS],
  removeField: [MAPS, FIELD_PATHS],
  chainRemoveField: [MAPS, FIELD_PATHS],
  setField: [MAPS, FIELD_PATHS, pools.ALL],
  chainSetField: [MAPS, FIELD_PATHS, pools.ALL],
  typeIs: [pools.TYPES, pools.ALL],
  typeIsLike: [pools.TYPES, pools.ALL],
  kindIs: [pools.TYPES, pools.ALL],
  printf: [pools.FORMATS, pools.ALL],
  ternary: [pools.ALL, pools.ALL, pools.BOOLS],
  sortAlpha: [LISTS],
  ...Object.fromEntries(
    ["first", "last", "rest", "initial", "reverse", "uniq", "compact"].flatMap((name) =>
      [name, `must${name[0]!.toUpperCase()}${name.slice(1)}`].map((full) => [full, [LISTS]] as const)
    ),
  ),
  ...Object.fromEntries(
    ["append", "prepend", "push", "without"].flatMap((name) =>
      [name, `must${name[0]!.toUpperCase()}${name.slice(1)}`].map((full) => [full, [LISTS, pools.ALL]] as const)
    ),
  ),
  has: [pools.ALL, LISTS],
  mustHas: [pools.ALL, LISTS],
  concat: [LISTS],
};

/** Functions of chance or of the clock, of the outside, and those that take long: called by cases of their own. */
const NOT_CALLED = new Set([
  ...[
    "now",
    "ago",
    "uuidv4",
    "randInt",
    "randAlpha",
    "randNumeric",
    "randAlphaNum",
    "randAscii",
    "randBytes",
    "shuffle",
  ],
  ...[
    "bcrypt",
    "htpasswd",
    "encryptAES",
    "derivePassword",
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
  ],
  ...[
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "buildCustomCert",
    "env",
    "expandenv",
    "getHostByName",
  ],
]);

/** Functions whose result has Go's random order of keys. */
const UNORDERED = new Set(["keys", "values"]);
/** Functions that change a map, and so are asked what the map is afterwards. */
const CHANGING: ReadonlyMap<string, number> = new Map([
  ...["set", "unset", "chainSetField", "chainRemoveField", "setField", "removeField", "copy", "getResource"].map((
    name,
  ) => [name, 0] as const),
  ...["merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "deepCopy", "mustDeepCopy", "pick", "omit"].map((
    name,
  ) => [name, 0] as const),
  ...["append", "prepend", "push", "reverse", "without", "rest", "initial", "concat", "compact", "uniq", "sortAlpha"]
    .map((name) => [name, 0] as const),
]);

/** Big numbers would make Go ask for more memory than there is. */
const SIZED = new Set(["repeat", "indent", "nindent", "until", "untilStep", "seq", "wrap", "wrapWith"]);

/** The functions that random calls are made of. */
export function calledNames(): readonly string[] {
  return [...new Set([...BUILTIN_FUNCTIONS.keys(), ...functionTable.keys()])].filter((name) => !NOT_CALLED.has(name));
}

/** `count` calls of `name`: every value alone first where one argument does, then random ones. */
export function* randomCalls(name: string, seed: number, count: number): Generator<string> {
  const random = new Random(seed * 7919 + hash(name));
  const definition = functionTable.get(name) ?? BUILTIN_FUNCTIONS.get(name)!;
  if ("refused" in definition) return;
  for (let i = 0; i < count; i++) {
    const args = argumentsOf(random, name, definition, i);
    // A map within itself would be the end of the Go program.
    if (name !== "set" || args[0] !== args[2]) yield shown(random, name, args);
  }
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (Math.imul(sum, 31) + character.codePointAt(0)!) | 0, 17);
}

function argumentsOf(random: Random, name: string, definition: TemplateFunction, i: number): string[] {
  const { parameters, variadic } = definition;
  const special = RANDOM[name];
  if (special !== undefined && random.chance(0.5)) {
    if (typeof special === "function") return [...special(random)];
    return special.map((pool) => typeof pool === "function" ? pool(random) : random.pick(pool));
  }
  const row = SENSIBLE[name];
  let count = parameters.length + (variadic === undefined ? 0 : random.pick([0, 1, 1, 1, 2, 2, 3]));
  if (name === "dig") count = random.pick([2, 3, 3, 4, 4, 5]);
  if (name === "slice" || name === "mustSlice") count = random.pick([1, 2, 3, 3, 4]);
  const isWrongCount = random.chance(0.04);
  if (isWrongCount) count = Math.max(0, count + random.pick([-1, 1]));
  const isWild = !isWrongCount && random.chance(0.2);
  // A sweep over all values by the first parameter that takes any.
  const swept = i < pools.ALL.length && count > 0 && !isWild ? sweptParameter(parameters, variadic) : -1;
  return Array.from({ length: count }, (_, k) => {
    if (k === swept && !SIZED.has(name)) return pools.ALL[i]!;
    if (isWild && random.chance(0.6)) {
      const value = random.pick(random.pick(pools.KINDS));
      return SIZED.has(name) && /^[-\d(]/.test(value) ? random.pick(SMALL) : value;
    }
    const pool = name === "dig" && k === count - 1 ? MAPS : row?.[Math.min(k, row.length - 1)];
    return random.pick(pool ?? poolOf(random, parameters[k] ?? variadic ?? ANY));
  });
}

function sweptParameter(parameters: readonly string[], variadic: string | undefined): number {
  const at = parameters.findIndex((type) => type === ANY || type === REFLECT_VALUE);
  return at >= 0 ? at : variadic === ANY || variadic === REFLECT_VALUE ? parameters.length : -1;
}

function poolOf(random: Random, type: string): Pool {
  switch (type) {
    case "string":
      return STRINGS;
    case "bool":
      return pools.BOOLS;
    case "float64":
      return pools.FLOATS;
    case "time.Time":
      return pools.TIMES;
    case "map[string]interface {}":
      return MAPS;
    case "int":
    case "int64":
    case "uint32":
      return INTS;
    default:
      return random.pick(pools.KINDS);
  }
}

/** The call in one of the forms that templates have, and its result printed in one of the ways that tell types apart. */
function shown(random: Random, name: string, args: readonly string[]): string {
  const isPiped = args.length > 0 && args.at(-1) !== "nil" && random.chance(0.25);
  const target = CHANGING.get(name);
  if (target !== undefined && args.length > target && args[target] !== "nil" && random.chance(0.7)) {
    const inner = args.map((arg, k) => k === target ? "$x" : arg);
    return `{{ $x := ${args[target]} }}{{ $y := ${[name, ...inner].join(" ")} }}{{ ${random.pick(AFTER)} }}|{{ ${
      random.pick(SHOW).replaceAll("@", "$y")
    } }}|{{ ${random.pick(SHOW).replaceAll("@", "$x")} }}`;
  }
  const call = isPiped ? `${args.at(-1)} | ${[name, ...args.slice(0, -1)].join(" ")}` : [name, ...args].join(" ");
  if (UNORDERED.has(name)) return `{{ ${call} | toStrings | sortAlpha }}`;
  return random.chance(0.3) ? `{{ ${call} }}` : `{{ $v := ${call} }}{{ ${random.pick(SHOW).replaceAll("@", "$v")} }}`;
}

const SHOW = ["@", 'printf "%T %#v" @ @', 'printf "%T %#v" @ @', "toJson @", "typeOf @", "toYaml @"];
const AFTER = ["1", "$x | len", 'set $x "new" 1 | len', "if $y }}yes{{ else }}no{{ end }}{{ 1"];
