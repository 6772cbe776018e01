/** The door of the engine as somebody meets it who has no Sveltos: plain data, the usual functions, no world. */
import assert from "node:assert/strict";
import {
  FunctionError,
  functionTable,
  goInt,
  parseTemplate,
  type TemplateFunction,
  valueFromJson,
} from "../../src/template/mod.ts";

const rows: {
  name: string;
  template: string;
  data: Parameters<ReturnType<typeof parseTemplate>["render"]>[0];
  want: string;
}[] = [
  { name: "an object", template: "Hello {{ .name | upper }}", data: { name: "world" }, want: "Hello WORLD" },
  { name: "a list", template: "{{ range . }}[{{ . }}]{{ end }}", data: ["a", 1.5, null], want: "[a][1.5][<no value>]" },
  { name: "a text", template: "{{ . | quote }}", data: "x", want: '"x"' },
  { name: "a number", template: "{{ kindOf . }} {{ . }}", data: 1e6, want: "float64 1e+06" },
  { name: "null", template: "{{ . }}", data: null, want: "<no value>" },
  {
    name: "a value of Go",
    template: "{{ kindOf .n }} {{ .n }}",
    data: valueFromJson({ n: 7 }, "int64"),
    want: "int64 7",
  },
  { name: "a key of the prototype", template: "{{ .constructor }}", data: { constructor: "c" }, want: "c" },
];

for (const { name, template, data, want } of rows) {
  Deno.test(`plain data: ${name}`, () => assert.equal(parseTemplate("t", template).render(data), want));
}

for (const [template, missing] of [["{{ now }}", "clock"], ["{{ uuidv4 }}", "source of randomness"]] as const) {
  Deno.test(`without a world, ${template} fails by name`, () => {
    assert.throws(() => parseTemplate("t", template).render({}), {
      message: new RegExp(`: this rendering has no ${missing}`),
    });
  });
}

Deno.test("functions of one's own, beside the usual ones", () => {
  const half: TemplateFunction = {
    parameters: ["int"],
    call: ([number]) => {
      const { value } = number as ReturnType<typeof goInt>;
      if (value % 2n !== 0n) throw new FunctionError("the number is odd");
      return goInt(value / 2n);
    },
  };
  const template = parseTemplate("t", "{{ half (int .n) | add 1 }}", new Map([...functionTable, ["half", half]]));
  assert.equal(template.render({ n: 8 }), "5");
  assert.throws(() => template.render({ n: 7 }), {
    message: /executing "t" at <half \(int \.n\)>: error calling half: the number is odd/,
  });
});
