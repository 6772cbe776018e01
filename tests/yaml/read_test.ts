/** Reading: go-yaml's words for errors; and what is our own: places, bounds, keys that stand twice, silence about what stands there. */
import assert from "node:assert/strict";
import { Float64, type Json } from "../../src/json/json.ts";
import { readYaml, YamlError } from "../../src/yaml/read.ts";
import { textField } from "../conformance/case.ts";
import { timeOf } from "../support/hang_guard.ts";
import { casesOf } from "./conformance_cases.ts";

/** Messages that quote a value in Go's notation, which we don't write. */
const QUOTES_VALUE = /^(yaml: invalid map key|unsupported map key of type)/;

Deno.test("errors are told in go-yaml's words, with its line", () => {
  const failing = casesOf("yaml-read").filter(({ wanted }) => wanted.error !== undefined);
  assert.ok(failing.length > 400);
  for (const { input, wanted } of failing) {
    const { goMessage } = errorOf(textField(input, "text"));
    if (!QUOTES_VALUE.test(wanted.error as string)) assert.equal(goMessage, wanted.error, input.id);
  }
});

function errorOf(text: string): YamlError {
  try {
    readYaml(text);
  } catch (error) {
    assert.ok(error instanceof YamlError, String(error));
    return error;
  }
  assert.fail(`${JSON.stringify(text)} was read`);
}

const NUMBERS: readonly { name: string; text: string; want: Json }[] = [
  { name: "an integer", text: "3", want: 3 },
  { name: "a whole float is an integer of JSON", text: "3.0", want: 3 },
  { name: "beyond 2^53", text: "9007199254740993", want: 9007199254740993n },
  { name: "beyond int64, as Kubernetes reads it in JSON", text: "18446744073709551615", want: new Float64(2 ** 64) },
  { name: "a large float", text: "1e21", want: new Float64(1e21) },
];
for (const { name, text, want } of NUMBERS) {
  Deno.test(`numbers: ${name}`, () => assert.deepEqual(readYaml(text), want));
}

const PLACES: readonly { name: string; text: string; line: number; column: number }[] = [
  { name: "a colon too many", text: "a: b\nc: d: e\n", line: 2, column: 5 },
  { name: "a tab as indentation", text: "a:\n\tb: c\n", line: 2, column: 1 },
  { name: "a bracket that stays open", text: "a: [1,\n  2\nb: 3\n", line: 3, column: 2 },
  { name: "less indented than its list", text: "a:\n  - b\n c: d\n", line: 3, column: 2 },
  { name: "an unknown alias", text: "a: 1\nb: *x\n", line: 2, column: 4 },
  { name: "infinity", text: "a:\n  b: .inf\n", line: 2, column: 6 },
  { name: "a null key", text: "a:\n  ~: 1\n", line: 2, column: 3 },
  { name: "a control character", text: "a: b\nü\u0007\n", line: 2, column: 2 },
  { name: "a text without its end", text: 'a: "b\nc\n', line: 3, column: 1 },
];
for (const { name, text, line, column } of PLACES) {
  Deno.test(`place: ${name}`, () => {
    const error = errorOf(text);
    assert.deepEqual([error.line, error.column], [line, column], error.message);
  });
}

Deno.test("reasons don't quote the text", () => {
  for (
    const text of [
      "password: *secret",
      "a: !!int secret",
      "? [secret]\n: x",
      "? {secret: 1}\n: x",
      "a: &secret [*secret]",
    ]
  ) {
    assert.doesNotMatch(errorOf(text).message, /secret/);
  }
});

Deno.test("a key that stands twice is told with its place; the last one wins", () => {
  const heard: unknown[] = [];
  const onDuplicateKey = (...place: unknown[]) => heard.push(place);
  assert.deepEqual(readYaml("a: 1\nb:\n  c: 1\n  'c': 2\na: 3\n", { onDuplicateKey }), { a: 3, b: { c: 2 } });
  assert.deepEqual(heard, [["c", 4, 3], ["a", 5, 1]]);
});

Deno.test("a merge is no key that stands twice", () => {
  const heard: unknown[] = [];
  readYaml("x: &x {a: 1}\ny: {<<: *x, a: 2}\n", { onDuplicateKey: (key) => heard.push(key) });
  assert.deepEqual(heard, []);
});

Deno.test("names of JavaScript's own are keys like others", () => {
  const value = readYaml("__proto__: {polluted: true}\nconstructor: 1\n") as Record<string, Json>;
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

Deno.test("aliases that unfold to very much are an error", () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `a${i}: &a${i} [${Array(10).fill(i === 0 ? "x" : `*a${i - 1}`)}]`,
  );
  assert.equal(errorOf(levels.join("\n")).message, "document contains excessive aliasing");
});

Deno.test("what is nested too deep is an error", () => {
  assert.match(errorOf("[".repeat(5000)).message, /exceeded max depth of 1000/);
  assert.match(errorOf("- ".repeat(5000)).message, /exceeded max depth of 1000/);
  assert.deepEqual(JSON.stringify(readYaml(`${"[".repeat(900)}${"]".repeat(900)}`)).length, 1800);
});

Deno.test("a long text is read in a time that grows with its length", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `key${i}: {a: [1, "two"], b: text with blanks}`).join("\n");
  assert.ok(timeOf(() => readYaml(text)) < 5_000);
});
