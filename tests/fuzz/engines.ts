/** Templates, CEL rules and Lua scripts: parsed, refused, printed and parsed again, run on objects that hold a secret. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CelError, compileRule } from "../../src/cel/mod.ts";
import type { Json } from "../../src/json/json.ts";
import { DialectError, rewrite } from "../../src/sandbox/dialect/mod.ts";
import { createLuaSandbox, LuaError } from "../../src/sandbox/mod.ts";
import { BUILTIN_FUNCTIONS } from "../../src/template/functions/builtin.ts";
import { lex } from "../../src/template/lex.ts";
import { functionTable, parseTemplate, TemplateError } from "../../src/template/mod.ts";
import { nodeText } from "../../src/template/node.ts";
import { parse } from "../../src/template/parse.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { field } from "../../src/json/json.ts";
import { parsedOr, PLANTED, PLANTED_BASE64, property } from "./property.ts";
import { PROTOTYPE_KEYS, textsOf } from "./texts.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
const example = (name: string) => readYaml(read(`k8s/examples/push-model/${name}.yaml`));

// deno-fmt-ignore
const TEMPLATE_PIECES = [
  "{{", "}}", "{{- ", " -}}", "{{ end }}", "{{ else }}", "{{ if .a }}", "{{ with $x := .a }}", "{{ range $k, $v := .a }}",
  "{{ define \"t\" }}", "{{ template \"t\" . }}", "{{ block \"b\" . }}", "{{ break }}", "{{ continue }}", "{{/* c */}}", "{{ else if .b }}",
  "{{ .Resource.data.value }}", "$", "$x", ":=", "=", "|", " | quote", " | b64dec", "(", ")", ".", ".a", ".a.b", "nil", "true", "1", "-1", "0x1p4", "1i",
  "1e1000", "'a'", "'\\u00ff'", '"s"', '"\\x41"', "`raw`", " ", "\n", "\t", ",", "printf \"%v\" ", "index . \"a\"", "eq 1 1", "and", "not",
  "text", "{", "}", "<no value>", ...PROTOTYPE_KEYS.map((key) => `{{ .${key} }}`),
];
const TEMPLATES = textsOf(TEMPLATE_PIECES, [
  String(field(field(example("template"), "data"), "secret.yaml")),
  '{{ range $i, $e := .list }}{{ if eq $i 1 }}{{ $e.name | upper | quote }}{{ else if $e }}{{ (index . "x").y }}{{ else }}z{{ end }}{{ end }}',
  '{{ define "a" }}{{ .x }}{{ end }}{{ template "a" dict "x" 1 }}{{ with .m }}{{ .k }}{{ end }}',
]);

// deno-fmt-ignore
const CEL_PIECES = [
  "resource", ".metadata", ".name", ".data.value", "['a']", "[0]", "has(", "(", ")", "==", "!=", "&&", "||", "!", "-", "+", "*", "/", "%", "?", ":", ",", "<",
  " in ", "[", "]", "{", "}", "1", "1u", "0x1F", "1.5e3", "'s'", '"d"', "r'\\d'", "b'x'", "'''m'''", "true", "null", ".all(x, x)", ".exists(k, k == 'a')",
  ".map(x, x)", ".filter(x, true)", ".size()", "size(", "matches('(a+)+$')", ".startsWith('a')", "string(", "int(", "timestamp('x')", "duration('1s')", "dyn(",
  "type(", "`a.b`", "// c\n", "\n", " ", "x", "\\", ...PROTOTYPE_KEYS.map((key) => `.${key}`),
];
const CEL_TEXTS = textsOf(CEL_PIECES, [
  "resource.metadata.name.endsWith('-kubeconfig') && resource.type == 'cluster.x-k8s.io/secret'",
  "has(resource.status) && resource.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
  "resource.data.value.matches('^[a-z]+$') || size(resource.metadata.labels) > 2 ? true : [1, 2u, 3.0].all(x, x < 4)",
]);

/** Rules that mostly are CEL, of any types. */
const CEL_RULES: fc.Arbitrary<string> = fc.letrec<{ rule: string }>((tie) => {
  const rule = tie("rule");
  const two = (join: (a: string, b: string) => string) => fc.tuple(rule, rule).map(([a, b]) => join(a, b));
  const paths = [
    "resource",
    "resource.metadata.name",
    "resource.data.value",
    "resource.list",
    "resource.nope.x",
    "x",
    "k",
  ];
  const literals = [
    "1",
    "2u",
    "1.5",
    "'s'",
    "b'x'",
    "true",
    "null",
    "[]",
    "{}",
    "'(a+)+$'",
    "-9223372036854775808",
    "duration('1h')",
  ];
  const operators = ["==", "!=", "<", "<=", "&&", "||", "+", "-", "*", "/", "%", "in"];
  const functions = [
    "size",
    "string",
    "int",
    "uint",
    "double",
    "bytes",
    "type",
    "dyn",
    "timestamp",
    "duration",
    "!",
    "-",
  ];
  const macros = ["all", "exists", "exists_one", "filter", "map"];
  return {
    rule: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      fc.constantFrom(...paths, ...literals),
      fc.tuple(fc.constantFrom(...operators), two((a, b) => `${a}\0${b}`)).map(([op, pair]) =>
        `(${pair.replace("\0", ` ${op} `)})`
      ),
      fc.tuple(fc.constantFrom(...functions), rule).map(([name, a]) => `${name}(${a})`),
      fc.tuple(fc.constantFrom(...macros), two((a, b) => `${a}\0${b}`)).map(([name, pair]) =>
        pair.replace("\0", `.${name}(x, `) + ")"
      ),
      two((a, b) => `${a}.matches(${b})`),
      two((a, b) => `[${a}, ${b}]`),
      two((a, b) => `{${a}: ${b}}`),
      two((a, b) => `${a}[${b}]`),
      rule.map((a) => `(resource.on ? ${a} : resource)`),
    ),
  };
}).rule;

// deno-fmt-ignore
const LUA_PIECES = [
  "function ", "end ", "local ", "return ", "if ", "then ", "else ", "elseif ", "while ", "do ", "repeat ", "until ", "for ", "in ", "break ", "goto ", "::a::",
  "x", "y", "evaluate()", " = ", "==", "~=", "..", "...", "+", "-", "*", "/", "%", "^", "#", "not ", "and ", "or ", "nil", "true", "1", "0x1F", "1e3", "1e400", "'s'",
  '"\\10"', '"\\x41"', "[[l]]", "[==[", "]==]", "--c\n", "--[[c]]", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".", "\n", " ", "\0", "\xff", "\x1bLua",
  "a, b = b, a ", "setmetatable({}, {__index = function() end})", "string.rep('x', 10)", ...PROTOTYPE_KEYS,
];
const LUA_TEXTS = textsOf(LUA_PIECES, [
  String(field(field(example("eventsource"), "spec"), "aggregatedSelection")),
  "function evaluate() local r = {} for i, v in ipairs(resources) do if v.kind == 'Secret' then r[#r+1] = v end end return {resources = r} end",
]).map((text) => text.replace(/[^\0-\xff]/g, "?"));

const OBJECT: Json = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s", namespace: "n", labels: { a: "b" } },
  type: "Opaque",
  list: [1, { name: "x" }],
  data: { value: PLANTED_BASE64, plain: PLANTED },
};

const sandbox = createLuaSandbox({ milliseconds: 100, bytes: 32 * 1024 * 1024 });

export const ENGINE_PROPERTIES = [
  property("template: tokens end", 1_000, TEMPLATES, (text) => {
    const tokens = lex(text);
    assert.ok(tokens.length <= text.length + 1, `${tokens.length} tokens`);
  }),
  property("template: what is parsed is printed and parsed again", 2_000, TEMPLATES, (text) => {
    const tables = [functionTable, BUILTIN_FUNCTIONS];
    for (const [name, tree] of parsedOr([TemplateError], () => parse("t", text, tables)) ?? []) {
      const printed = nodeText(tree);
      // A brace before an action is printed as three; so it is in Go.
      if (name !== "t" || printed.includes("{{{")) continue;
      // Calls of templates are known when they are executed, so that a tree stands for itself.
      assert.equal(nodeText(parse("t", printed, tables).get("t") ?? tree), printed);
    }
  }),
  property("template: rendered, or refused with its place", 1_500, TEMPLATES, (text) => {
    const template = parsedOr([TemplateError], () => parseTemplate("t", text));
    if (!template) return;
    try {
      template.render({ Resource: OBJECT, a: { b: 1 }, list: [1, 2], m: { k: PLANTED } }, {
        limits: { steps: 20_000, outputBytes: 100_000, templateDepth: 50 },
      });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      // What functions say is Go's text and taken care of by the pipeline (pipeline.ts).
      if (!error.message.includes("error calling ")) {
        parsedOr([TemplateError], () => {
          throw error;
        });
      }
    }
  }),
  property("CEL: a rule, or an error with its place", 1_500, CEL_TEXTS, (text) => {
    const rule = parsedOr([CelError], () => compileRule(text, { cost: 20_000 }));
    if (rule) parsedOr([CelError], () => rule.evaluate(OBJECT));
    if (rule) parsedOr([CelError], () => rule.test(OBJECT));
  }),
  property("CEL: a rule runs, or fails with its place", 2_000, CEL_RULES, (text) => {
    const rule = parsedOr([CelError], () => compileRule(text, { cost: 20_000 }));
    if (rule) parsedOr([CelError], () => rule.evaluate(OBJECT));
    if (rule) parsedOr([CelError], () => rule.test(OBJECT));
  }),
  property("Lua: rewritten, or refused with its line", 2_000, LUA_TEXTS, (text) => {
    parsedOr([DialectError], () => rewrite(text, "script"));
  }),
  property("Lua: run, or refused", 120, LUA_TEXTS, (text) => {
    try {
      sandbox.evaluate({ text, name: "script" }, { global: "resources", value: [OBJECT] });
    } catch (error) {
      // What a script raises is its own text and taken care of by the pipeline.
      if (!(error instanceof LuaError)) throw error;
    }
  }),
  property("Lua: names of JavaScript's own", 60, fc.constantFrom(...PROTOTYPE_KEYS), (key) => {
    const text =
      `function evaluate() local t = {} t["${key}"] = {polluted = 1} return {resources = {{kind = "X", t = t, ["${key}"] = "v"}}} end`;
    const { value } = sandbox.evaluate({ text, name: "script" }, { global: "resources", value: [] });
    const item = (field(value, "resources") as Json[])[0]!;
    assert.equal(field(item, key), "v");
  }),
];
