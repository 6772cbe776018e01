/** The parser: trees printed back as Go prints them, Go's messages, and where our errors point. */
import assert from "node:assert/strict";
import { BUILTIN_FUNCTIONS } from "../../src/template/functions/builtin.ts";
import { parseTemplate, TemplateError } from "../../src/template/mod.ts";
import { nodeText } from "../../src/template/node.ts";
import { parse, PARSE_DEPTH } from "../../src/template/parse.ts";
import { CASE_FUNCTIONS, readCases } from "./support.ts";

function parseError(template: string): TemplateError {
  try {
    parseTemplate("oracle", template, CASE_FUNCTIONS);
  } catch (error) {
    assert.ok(error instanceof TemplateError);
    return error;
  }
  assert.fail(`${template} was parsed`);
}

for (const { name, template, tree, wantError } of [...readCases("parse"), ...readCases("exec")]) {
  Deno.test(`parse ${name}: ${template}`, () => {
    if (tree !== undefined) {
      const trees = parse("oracle", template, [CASE_FUNCTIONS, BUILTIN_FUNCTIONS]);
      assert.equal(nodeText(trees.get("oracle")!), tree);
      return;
    }
    const error = parseError(template);
    assert.equal(error.stage, "parse");
    assert.equal(error.message, wantError!.message);
  });
}

const placed = [
  {
    name: "an unknown function",
    template: "a: b\nc: {{ nosuch .x }}\n",
    want: { line: 2, column: 6, context: "c: {{ nosuch .x }}\n      ^", hint: undefined },
  },
  {
    name: "bytes are counted, tabs stay",
    template: "\tü {{ nosuch }}",
    want: { line: 1, column: 7, context: "\tü {{ nosuch }}\n\t     ^", hint: undefined },
  },
  {
    name: "a block without an end",
    template: "a\n{{ if true }}\n{{ range .x }}\n{{ end }}\nb\n",
    want: {
      line: 2,
      column: 3,
      context: "{{ if true }}\n   ^",
      hint: "this block has no {{ end }}: if, range, with, define and block want one each",
    },
  },
  {
    name: "an action without an end",
    template: "a\n{{ print 1\n",
    want: { line: 2, column: 0, context: "{{ print 1\n^", hint: "an action ends with }} on the same or a later line" },
  },
  {
    name: "an unknown function before the end of a line",
    template: "{{ nosuch 1 }}",
    want: { line: 1, column: 3, context: "{{ nosuch 1 }}\n   ^", hint: undefined },
  },
  {
    name: "a long line is cut around the place",
    template: `${"x".repeat(200)}{{ nosuch }}${"y".repeat(200)}`,
    want: {
      line: 1,
      column: 203,
      context: `…${"x".repeat(47)}{{ nosuch }}${"y".repeat(41)}…\n ${" ".repeat(50)}^`,
      hint: undefined,
    },
  },
];

for (const { name, template, want } of placed) {
  Deno.test(`place of ${name}`, () => {
    const { line, column, context, hint } = parseError(template);
    assert.deepEqual({ line, column, context, hint }, want);
  });
}

const hinted = [
  { template: '{{ include "x" . }}', hint: /Helm only; write \{\{ template "name" \. \}\}/ },
  { template: '{{ tpl "x" . }}', hint: /Helm only/ },
  { template: '{{ required "x" .a }}', hint: /Helm only; a missing key is an error anyway/ },
  { template: '{{ lookup "v1" }}', hint: /EventSource select/ },
  { template: "{{ if true }}", hint: /no \{\{ end \}\}/ },
  { template: "name: {{ print 1\nkind: x\n", hint: /began in line 1: is its \}\} missing/ },
  { template: "name: {{ print 1 }\nkind: x\n", hint: /two braces/ },
  { template: "{{ end }}", hint: /no block is open/ },
  { template: "{{ Upper .a }}", hint: /it is written `upper`/ },
  { template: "{{ if .a }}{{ elseif .b }}{{ end }}", hint: /else if/ },
  { template: "{{ for .a }}", hint: /range \$index, \$element/ },
  { template: "{{ if .a == 1 }}{{ end }}", hint: /if eq \.a \.b/ },
  { template: "{{ if .a != 1 }}{{ end }}", hint: /if ne \.a \.b/ },
  { template: "{{ if !.a }}{{ end }}", hint: /if not \.a/ },
  { template: "{{ if .a && .b }}{{ end }}", hint: /if and \.a \.b/ },
  { template: "{{ if .a || .b }}{{ end }}", hint: /if or \.a \.b/ },
  { template: "{{ if .a < .b }}{{ end }}", hint: /if lt \.a \.b/ },
  { template: "{{ .a ? 1 : 2 }}", hint: /ternary/ },
  { template: "{{ .a + 1 }}", hint: /add \.a 1/ },
  { template: "{{ .a * 2 }}", hint: /mul/ },
  { template: "{{ .a[0] }}", hint: /index \.list 0/ },
  { template: "{{ .a.0 }}", hint: /index \.list 0/ },
  { template: "{{ .labels.a-b }}", hint: /index \.map "the-key"/ },
  { template: "{{ .labels.a/b }}", hint: /index \.map "the-key"/ },
  { template: "{{ print {{ .a }} }}", hint: /don't stand within each other/ },
  { template: "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", hint: /to the end of that block/ },
  { template: "{{ print 'abc' }}", hint: /double quotes/ },
];

for (const { template, hint } of hinted) {
  Deno.test(`hint for ${template}`, () => assert.match(parseError(template).hint ?? "none", hint));
}

Deno.test("a refused function says why, at parse time", () => {
  const functions = new Map([["env", { refused: 'function "env" is left out on purpose' }]]);
  assert.throws(
    () => parseTemplate("t", '{{ env "HOME" }}', functions),
    { name: "TemplateError", message: 'template: t:1: function "env" is left out on purpose', stage: "parse" },
  );
});

const nested = [
  { name: "parentheses", template: (depth: number) => `{{ print ${"(".repeat(depth)}1${")".repeat(depth)} }}` },
  { name: "blocks", template: (depth: number) => "{{ if true }}".repeat(depth) + "{{ end }}".repeat(depth) },
  { name: "else if", template: (depth: number) => `{{ if true }}${"{{ else if true }}".repeat(depth - 1)}{{ end }}` },
];

for (const { name, template } of nested) {
  Deno.test(`nested ${name} end at a limit`, () => {
    // A long chain of `else if` holds its list and its branch, so it reaches half as deep.
    parseTemplate("t", template(PARSE_DEPTH / 2), CASE_FUNCTIONS);
    assert.match(parseError(template(PARSE_DEPTH + 1)).message, /nested more than 500 deep/);
    assert.match(parseError(template(200_000)).message, /nested more than 500 deep/);
  });
}
