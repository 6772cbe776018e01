/** Messages, limits, and that evaluation changes nothing; what rules compute is in the cases `cel-*` of tests/conformance. */
import assert from "node:assert/strict";
import { CelError, type CelStage, compileRule } from "../../src/cel/mod.ts";
import { type Json, parseJson } from "../../src/json/json.ts";

/** The outcome of a rule, which is all that selection sees: the same whether one asks why it fails or not. */
function outcome(rule: string, resource: Json): string {
  try {
    const compiled = compileRule(rule);
    const tested = compiled.test(resource);
    let evaluated: boolean | undefined;
    try {
      evaluated = compiled.evaluate(resource);
    } catch (error) {
      if (!(error instanceof CelError) || error.stage !== "evaluate") throw error;
    }
    assert.equal(tested, evaluated, rule);
    return String(tested ?? "error");
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return "error";
  }
}

Deno.test("whoever doesn't ask why a rule fails hears the same of it", () => {
  const folder = new URL("../conformance/cases/", import.meta.url);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => /^cel-[a-z]+\.jsonl$/.test(name));
  let failing = 0;
  for (const line of names.flatMap((name) => Deno.readTextFileSync(new URL(name, folder)).trim().split("\n"))) {
    const { rules, resource } = parseJson(line) as unknown as { rules: { rule: string }[]; resource: Json };
    for (const { rule } of rules) if (outcome(rule, resource) === "error") failing++;
  }
  assert.ok(failing > 1000, "many of them fail");
});

/** The error that compiling or evaluating gives. */
function errorOf(rule: string, resource: Json): CelError {
  try {
    compileRule(rule).evaluate(resource);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
  throw new Error(`no error: ${rule}`);
}

const messages: readonly { name: string; rule: string; stage: CelStage; want: string }[] = [
  {
    name: "syntax",
    rule: "resource.kind ==",
    stage: "parse",
    want: "1:17: found the end of the rule, expected an expression\nresource.kind ==\n                ^",
  },
  {
    name: "second line, after a character outside the BMP",
    rule: 'resource.kind == "😀" &&\n  "😀" == nope',
    stage: "check",
    want: "2:10: undeclared reference to 'nope'\n  \"😀\" == nope\n         ^",
  },
  {
    name: "operands",
    rule: "1 == 1.0",
    stage: "check",
    want: "1:3: found no matching overload for '_==_' applied to '(int, double)'\n1 == 1.0\n  ^",
  },
  {
    name: "a key of the rule's own",
    rule: 'resource.kind == "" || resource.nope == 1',
    stage: "evaluate",
    want: "1:32: no such key: nope\n" +
      'resource.kind == "" || resource.nope == 1\n                               ^',
  },
  {
    name: "a key from the object is not quoted",
    rule: "resource[resource.kind] == 1",
    stage: "evaluate",
    want: "1:9: no such key or index\nresource[resource.kind] == 1\n        ^",
  },
  { name: "no boolean", rule: "resource.kind", stage: "evaluate", want: "must return bool, got string" },
  { name: "no boolean but null", rule: "resource.nil", stage: "evaluate", want: "must return bool, got null_type" },
];

for (const { name, rule, stage, want } of messages) {
  Deno.test(`message: ${name}`, () => {
    const error = errorOf(rule, { kind: "Secret", nil: null });
    assert.equal(error.stage, stage);
    assert.equal(error.message, want);
  });
}

Deno.test("no message quotes what an object holds", () => {
  const marker = "S3CRET";
  const object = parseJson(
    `{"s":"${marker}","n":987654321,"l":["${marker}"],"m":{"${marker}":"${marker}"},"d":"2025-${marker}"}`,
  );
  const rules = [
    "resource.s",
    "resource.l",
    "resource.m",
    "resource.m[resource.n]",
    "resource[resource.s]",
    "resource.l[resource.n]",
    "resource.l[resource.s]",
    "int(resource.s) == 1",
    "double(resource.s) == 1.0",
    "bool(resource.s)",
    "timestamp(resource.s) == timestamp(0)",
    "timestamp(resource.n) < timestamp(0) || timestamp(resource.d) > timestamp(0)",
    'duration(resource.s) > duration("1s")',
    "timestamp(0).getHours(resource.s) == 1",
    "resource.s.matches(resource.s + '(')",
    "resource.s + 1 == ''",
    "resource.n.startsWith(resource.s)",
    "resource.m.all(k, k == 1 || resource.nope[k])",
    "{resource.s: 1}[resource.d] == 1",
    "[resource.s][resource.n] == ''",
    "resource.s ? true : false",
    "resource.s in resource.n",
  ];
  for (const rule of rules) {
    const { message, reason, stack } = errorOf(rule, object);
    for (const text of [message, reason, stack ?? ""]) assert.doesNotMatch(text, /S3CRET|987654321/, rule);
  }
});

const ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
const STOPPED = /stopped after 2000000 steps \(limit --cel-cost\)$/m;
const hostile: readonly { name: string; rule: string; stage: CelStage; want: RegExp }[] = [
  {
    name: "loops in loops over literals",
    rule: [..."abcdefgh"].reduce((body, name) => `${ten}.all(${name}, ${body})`, "true"),
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "loops in loops over the object",
    rule: "resource.list.all(a, resource.list.all(b, a != -1))",
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "|| does not absorb the limit",
    rule: "resource.list.all(a, resource.list.all(b, a != -1)) || true",
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "text that doubles",
    rule: `["abcdefghij"]${".map(x, x + x)".repeat(50)} == []`,
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "lists that double",
    rule: `[[1, 2]]${".map(x, x + x)".repeat(50)} == [[]]`,
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "values that double without being copied",
    rule: `[dyn(1)]${".map(x, dyn([x, x]))".repeat(90)}.all(x, x == x)`,
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "types that double",
    rule: `[1]${".map(x, {x: x})".repeat(50)} == []`,
    stage: "check",
    want: /types take more than 1000000 steps/,
  },
  {
    name: "counting a large map again and again",
    rule: "resource.list.all(a, resource.map.size() > 0)",
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "a pattern with many states on a long text",
    rule: 'resource.text.matches("(a|aa|a?a?){20}b")',
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "a pattern that unfolds",
    rule: `resource.text.matches("${"a{1000}".repeat(100)}")`,
    stage: "limit",
    want: STOPPED,
  },
  ...["int", "uint", "double", "timestamp", "duration", "bytes"].map((name) => ({
    name: `${name}() of a long text again and again`,
    rule: `resource.list.all(a, ${name}(resource.digits) == ${name}("0") || true)`,
    stage: "limit" as const,
    want: STOPPED,
  })),
  {
    name: "string() of many bytes again and again",
    rule: "[bytes(resource.text)].all(t, resource.list.all(a, string(t) != ''))",
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "patterns made in a loop",
    rule: "resource.list.all(a, resource.kind.matches('^(' + string(a) + '|[a-z]{1,50}|\\\\pL+)$'))",
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "time zones in a loop",
    rule: "[timestamp(0)].all(t, resource.list.all(a, resource.list.all(b, t.getHours('Asia/Kolkata') == 5)))",
    stage: "limit",
    want: STOPPED,
  },
  {
    name: "a long pattern",
    rule: `resource.text.matches("${"a".repeat(10_001)}")`,
    stage: "limit",
    want: STOPPED,
  },
  { name: "brackets", rule: "(".repeat(90_000), stage: "parse", want: /nested more than 250 levels deep/ },
  { name: "operators", rule: `1${" + 1".repeat(20_000)}`, stage: "parse", want: /more than 250 operators deep/ },
  { name: "a long rule", rule: `"${"x".repeat(100_000)}"`, stage: "parse", want: /longer than 100000 characters/ },
];

const large: Json = {
  list: Array.from({ length: 5000 }, (_, index) => index),
  map: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index])),
  text: "a".repeat(500_000),
  digits: "0".repeat(500_000),
  kind: "large",
};

for (const { name, rule, stage, want } of hostile) {
  Deno.test(`limit: ${name}`, () => {
    const error = errorOf(rule, large);
    assert.equal(error.stage, stage);
    assert.match(error.reason, want);
    if (stage === "limit") assert.throws(() => compileRule(rule).test(large), want);
  });
}

Deno.test("what a user may need is within the limit", () => {
  assert.equal(outcome("resource.list.all(a, a >= 0 && a < 5000 && string(a).matches('^[0-9]{1,4}$'))", large), "true");
  assert.equal(outcome('resource.text.matches("^(a+)+$")', large), "true");
});

Deno.test("the limit is the caller's, and a rule costs the same on the same object every time", () => {
  const rule = "resource.list.all(a, a >= 0) && resource.kind.matches('^[a-z]{1,30}$')";
  let cost = 1;
  const evaluate = () => compileRule(rule, { cost }).evaluate(large);
  for (let isEnough = false; !isEnough; cost += isEnough ? 0 : 500) {
    try {
      isEnough = evaluate();
    } catch (error) {
      assert.ok(error instanceof CelError && error.stage === "limit");
      assert.equal(error.reason, `stopped after ${cost} steps (limit --cel-cost)`);
    }
  }
  for (let i = 0; i < 3; i++) assert.equal(evaluate(), true);
  cost -= 500;
  for (let i = 0; i < 3; i++) assert.throws(evaluate, /limit --cel-cost/);
});

Deno.test("a rule is evaluated again and again, on objects that nobody may change", () => {
  const rule = compileRule("resource.items.map(i, i.n).filter(n, n > 1) == [2, 3] && [].map(x, x) == []");
  const freeze = <T>(value: T): T => {
    if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
    return value;
  };
  const matching = freeze({ items: [{ n: 1 }, { n: 2 }, { n: 3 }] });
  const other = freeze({ items: [{ n: 1 }] });
  for (const [object, want] of [[matching, true], [other, false], [matching, true], [other, false]] as const) {
    assert.equal(rule.evaluate(object), want);
  }
});
