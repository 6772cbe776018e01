/** Functions that read texts take the time of the text's length alone, or end at the limit of steps. */
import { Budget, DEFAULT_LIMITS, LimitError } from "../../../src/template/budget.ts";
import { type CallContext, FunctionError } from "../../../src/template/function.ts";
import { functionTable } from "../../../src/template/functions/table.ts";
import { sprintf } from "../../../src/template/printf.ts";
import { goInt, type Value } from "../../../src/template/value.ts";
import { readNumber } from "../../../src/template/number.ts";
import { assertEndsSoon, HOSTILE_TEXTS } from "../../support/hang_guard.ts";
import { WORLD } from "../support.ts";
import assert from "node:assert/strict";

function call(name: string, ...args: Value[]): void {
  const found = functionTable.get(name);
  assert.ok(found && !("refused" in found), name);
  bounded((context) => found.call(args, context));
}

/** Refusals and the end of the steps are answers. */
function bounded(work: (context: CallContext) => unknown): void {
  const budget = new Budget(DEFAULT_LIMITS);
  const spend = (steps: number) => budget.spend(steps), reserve = (bytes: number) => budget.reserve(bytes);
  try {
    work({ world: WORLD, limits: DEFAULT_LIMITS, spend, reserve });
  } catch (error) {
    if (!(error instanceof FunctionError || error instanceof LimitError)) throw error;
  }
}

const NUMBERS = HOSTILE_TEXTS.map(({ name }) => name).filter((name) =>
  /digit|zeros|fraction|exponent|under/.test(name)
);
const one = goInt(1);

/** What is called with each of the texts. */
const CALLS: readonly { readonly name: string; readonly call: (text: string) => void; readonly texts: string[] }[] = [
  { name: "trim", call: (text) => call("trim", text), texts: ["blanks", "blanks behind a digit", "line breaks"] },
  { name: "base", call: (text) => call("base", text), texts: ["slashes", "slashes alone", "folders up"] },
  { name: "clean", call: (text) => call("clean", text), texts: ["slashes", "folders up", "points"] },
  { name: "atoi", call: (text) => call("atoi", text), texts: NUMBERS },
  { name: "int64", call: (text) => call("int64", text), texts: NUMBERS },
  { name: "float64", call: (text) => call("float64", text), texts: NUMBERS },
  { name: "toDecimal", call: (text) => call("toDecimal", text), texts: NUMBERS },
  { name: "duration", call: (text) => call("duration", text), texts: [...NUMBERS, "units of time"] },
  { name: "durationRound", call: (text) => call("durationRound", text), texts: ["units of time", "digits alone"] },
  { name: "toDate", call: (text) => call("toDate", "2006-01-02T15:04:05.999", text), texts: ["a date and a fraction"] },
  {
    name: "toDate's layout",
    call: (text) => call("toDate", text, text),
    texts: ["zeros", "points", "blanks", "sixties"],
  },
  { name: "semver", call: (text) => call("semver", text), texts: ["digits and points", "letters and hyphens"] },
  {
    name: "semverCompare",
    call: (text) => call("semverCompare", text, "1.2.3"),
    texts: ["comparisons", "words and blanks", "alternatives", "ranges", "blanks behind a digit", "digits and points"],
  },
  { name: "urlParse", call: (text) => call("urlParse", text), texts: ["ats", "colons", "percent escapes", "slashes"] },
  { name: "b64dec", call: (text) => call("b64dec", text), texts: ["base64", "equal signs", "line breaks"] },
  {
    name: "printf",
    call: (text) => bounded((context) => sprintf(text, [text], context)),
    texts: ["percent signs", "open indexes", "indexed verbs"],
  },
  {
    name: "wrapWith",
    call: (text) => call("wrapWith", one, "\n", text),
    texts: ["letters", "blanks", "words and blanks"],
  },
  { name: "wrap", call: (text) => call("wrap", goInt(80), text), texts: ["letters", "blanks", "words and blanks"] },
  { name: "snakecase", call: (text) => call("snakecase", text), texts: ["letters of both cases", "underscores"] },
  { name: "fromJson", call: (text) => call("fromJson", text), texts: ["opening brackets", "escapes", "digits alone"] },
  { name: "fromToml", call: (text) => call("fromToml", text), texts: ["opening brackets", "quotes", "digits"] },
  {
    name: "regexMatch's pattern",
    call: (text) => call("regexMatch", text, text),
    texts: ["points", "stars", "opening parentheses", "pairs of brackets", "alternatives"],
  },
  ...["a.*b|a", "(a*)*b", "^\\s+|\\s+$", ""].map((pattern) => ({
    name: `regexFindAll of ${pattern}`,
    call: (text: string) => call("regexFindAll", pattern, text, goInt(-1)),
    texts: ["letters", "blanks behind a digit"],
  })),
  {
    name: "regexReplaceAll",
    call: (text) => call("regexReplaceAll", "a", "a".repeat(10_000), text),
    texts: ["dollars", "letters"],
  },
  {
    name: "a number of a template",
    call: (text) => {
      try {
        readNumber(text, "number");
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    },
    texts: NUMBERS,
  },
];

for (const { name, call, texts } of CALLS) {
  Deno.test(`${name} ends soon, whatever it is given`, () => {
    for (const text of texts) {
      const found = HOSTILE_TEXTS.find((one) => one.name === text);
      assert.ok(found, text);
      assertEndsSoon(text, found.make, call);
    }
  });
}
