/** Execution against Go's answers, and what is our own: places, hints, limits, and that errors hold no data. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/json/json.ts";
import {
  NIL_MAP,
  parseTemplate,
  type RenderLimits,
  replaceStrayBytes,
  type TemplateData,
  templateData,
  TemplateError,
  valueFromJson,
} from "../../src/template/mod.ts";
import { CASE_FUNCTIONS, caseData, type GoCase, readCases, WORLD } from "./support.ts";

function render(template: string, data: TemplateData, limits?: Partial<RenderLimits>, html = false): string {
  return parseTemplate("oracle", template, CASE_FUNCTIONS, { html }).render(data, { world: WORLD, limits });
}

function renderError(
  template: string,
  data: TemplateData,
  limits?: Partial<RenderLimits>,
  html = false,
): TemplateError {
  try {
    render(template, data, limits, html);
  } catch (error) {
    assert.ok(error instanceof TemplateError, String(error));
    return error;
  }
  assert.fail(`${template} was rendered`);
}

/** Rows whose message is ours on purpose; up to the reason it is Go's. */
const OWN_WORDS: ReadonlyMap<string, string> = new Map([
  ["field 12", "the type of the value says more than interface {}"],
  ["field 13", "the type of the value says more than interface {}"],
  ...["range 8", "range 9", "range 12", "range 27", "range 28", "range 29"].map((name) =>
    [name, "a type instead of the value"] as const
  ),
  ...["eq 9", "eq 10", "eq 24"].map((name) => [name, "types without the values"] as const),
  ...["index 3", "index 4", "index 23", "slice 4", "slice 5", "slice 13", "slice 14"].map((name) =>
    [name, "the position may be a value of the data"] as const
  ),
]);

function checkCase({ name, template, data, want, wantError, html }: GoCase): void {
  if (wantError === undefined) {
    assert.equal(replaceStrayBytes(render(template, caseData(data), undefined, html)), want);
    return;
  }
  const error = renderError(template, caseData(data), undefined, html);
  assert.equal(error.stage, wantError.stage);
  if (OWN_WORDS.has(name)) {
    const place = (message: string) => message.slice(0, message.indexOf(">: ") + 3);
    assert.equal(place(error.message), place(wantError.message));
    assert.notEqual(error.message, wantError.message, "no longer our own words: take the row off the list");
  } else assert.equal(error.message, wantError.message);
}

for (const row of readCases("exec")) Deno.test(`exec ${row.name}: ${row.template}`, () => checkCase(row));

for (const row of readCases("html")) Deno.test(`exec ${row.name}: ${row.template}`, () => checkCase(row));

Deno.test("html/template with HTML in its text is refused by name", () => {
  assert.match(renderError("{{ if true }}<b>{{ end }}", caseData(), undefined, true).message, /HTML in the text/);
});

const hinted: { template: string; data?: GoCase["data"]; hint: RegExp }[] = [
  {
    template: '{{ .Resource.spec.nope | default "x" }}',
    hint: /`default` comes too late.*write \(get \.Resource\.spec "nope"\)/,
  },
  { template: '{{ default "x" .Resource.spec.nope }}', hint: /`default` comes too late/ },
  { template: "{{ if .Resource.spec.nope }}x{{ end }}", hint: /a missing key is an error in Sveltos templates/ },
  { template: "{{ $s := .Resource.spec }}{{ $s.nope }}", hint: /\(get \$s "nope"\) is empty then/ },
  { template: "{{ .Resource.spec.nope.x.y }}", hint: /\(dig "nope" "x" "y" "" \.Resource\.spec\) is empty then/ },
  { template: "{{ with .Resource.spec }}{{ .nope }}{{ end }}", hint: /\(get \. "nope"\)/ },
  { template: "{{ (same .Resource.spec).nope }}", hint: /\(get \(same \.Resource\.spec\) "nope"\)/ },
  { template: "{{ range .Resource.spec.list }}{{ .Resource.kind }}{{ end }}", hint: /write \$\.Resource/ },
  { template: "{{ with .Resource.spec }}{{ .Cluster }}{{ end }}", hint: /write \$\.Cluster/ },
  { template: "{{ .Values.x }}", hint: /Helm only; there are \.MatchingResource, \.Resource/ },
  { template: "{{ .MatchingResource.labels }}", hint: /there are \.Kind, \.Namespace, \.Name/ },
  { template: '{{ template "nope" . }}', hint: /\{\{ define "nope" \}\} counts within its own text/ },
  { template: "{{ .Resource.metadata.name }}", data: "none", hint: /collectResources: true/ },
  { template: "{{ eq .Resource.spec.replicas 3 }}", hint: /write 3\.0, or \(int/ },
  { template: "{{ lt .Resource.spec.replicas 3 }}", hint: /write 3\.0, or \(int/ },
  { template: "{{ .MatchingResource.name }}", hint: /written \.Name/ },
  { template: "{{ .MatchingResource.apiVersion }}", hint: /written \.APIVersion/ },
  { template: "{{ .Resources }}", hint: /oneForEvent: false/ },
  { template: "{{ .MatchingResource.Name }}", data: "all", hint: /oneForEvent: true/ },
  { template: "{{ upper .Resource.spec.replicas }}", hint: /int64 \.x \| toString/ },
  { template: "{{ addi .Resource.spec.replicas 1 }}", hint: /write \(int \.x\)/ },
  { template: "{{ range .Resource.spec.replicas }}{{ end }}", hint: /until \(int \.x\)/ },
  { template: "{{ range .Resource.kind }}{{ end }}", hint: /splitList/ },
  { template: "{{ .Resource.spec.nil.x }}", hint: /is null/ },
  { template: '{{ index .Resource "a" "b" }}', hint: /`dig` takes a default/ },
];

for (const { template, data, hint } of hinted) {
  Deno.test(`hint for ${template}`, () => assert.match(renderError(template, caseData(data)).hint ?? "none", hint));
}

Deno.test("an error points at its place in a text of many lines", () => {
  const error = renderError("kind: Secret\nname: {{ .Resource.kind }}\nü: {{ .Resource.spec.nope }}\n", caseData());
  const { line, column, context, reason, templateName } = error;
  assert.deepEqual({ line, column, context, reason, templateName }, {
    line: 3,
    column: 16,
    context: "ü: {{ .Resource.spec.nope }}\n                     ^",
    reason: 'map has no entry for key "nope"',
    templateName: "oracle",
  });
});

const carets = [
  "{{ .Resource.spec.<nope> }}",
  "{{ .Resource.<nope>.spec.more }}",
  "{{ .<nope>.spec }}",
  "{{ .<nope> }}",
  "{{ $x := .Resource }}{{ $x.spec.<nope>.more }}",
  "{{ $x := .Resource }}{{ $x.<nope> }}",
  "{{ (same .Resource).spec.<nope> }}",
  "{{ .MatchingResource.<name> }}",
  "{{ <same> 1 2 }}",
  '{{ template <"nope"> . }}',
];

for (const marked of carets) {
  Deno.test(`the caret stands under what fails: ${marked}`, () => {
    const { context } = renderError(marked.replace(/[<>]/g, ""), caseData());
    assert.equal(context.split("\n")[1]!.length - 1, marked.indexOf("<"));
  });
}

const SECRET = "hunter2-hunter2";
const leaking = [
  "{{ range .Resource.s }}{{ end }}",
  "{{ range $i, $j := .Resource.n }}{{ end }}",
  "{{ .Resource.s.x }}",
  "{{ upper .Resource.m }}",
  "{{ addi .Resource.s 1 }}",
  "{{ eq .Resource.m .Resource.m }}",
  "{{ eq .Resource.l .Resource.m }}",
  "{{ eq .Resource.s 1 }}",
  "{{ lt .Resource.s 1 }}",
  "{{ lt .Resource.m .Resource.m }}",
  "{{ index .Resource.l .Resource.s }}",
  "{{ index .Resource.s 99 }}",
  "{{ index .Resource.n 1 }}",
  "{{ slice .Resource.s 9 2 }}",
  "{{ slice .Resource.m 1 }}",
  "{{ len .Resource.n }}",
  "{{ call .Resource.s }}",
  "{{ $x := .Resource.s }}{{ $x 1 }}",
  "{{ .Resource.s 1 }}",
  "{{ .Resource.m.nope }}",
  '{{ printf "%p" .Resource.m }}',
  '{{ template "t" .Resource.m }}{{ define "t" }}{{ .x }}{{ end }}',
];

for (const template of leaking) {
  Deno.test(`no data in the error of ${template}`, () => {
    const Resource = valueFromJson({ s: SECRET, n: 15485863, l: [SECRET], m: { [SECRET]: SECRET } }, "float64");
    const { message, context, hint = "", cause } = renderError(template, templateData({ Resource }));
    assert.doesNotMatch(`${message} ${context} ${hint} ${cause}`, /hunter2|15485863|1\.5485863/);
  });
}

const limited: { name: string; template: string; limits?: Partial<RenderLimits>; want: RegExp }[] = [
  { name: "steps of a loop", template: "{{ range 9223372036854775807 }}{{ end }}", want: /limit --template-steps/ },
  {
    name: "fewer steps",
    template: "{{ range 100 }}{{ end }}",
    limits: { steps: 50 },
    want: /stopped after 50 steps \(limit --template-steps\)/,
  },
  {
    name: "output",
    template: '{{ range 1000 }}{{ printf "%1000d" 1 }}{{ end }}',
    limits: { outputBytes: 10_000 },
    want: /limit --template-output-size/,
  },
  {
    name: "a text that doubles",
    template: '{{ $x := "xxxxxxxxxxxxxxxx" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}',
    want: /limit --template-output-size/,
  },
  {
    name: "a list that doubles",
    template: "{{ $x := list 1 }}{{ range 64 }}{{ $x = list $x $x }}{{ end }}{{ len (print $x) }}",
    want: /limit --template-(output-size|steps)/,
  },
  {
    name: "recursion",
    template: '{{ define "t" }}{{ template "t" . }}{{ end }}{{ template "t" . }}',
    want: /exceeded maximum template depth \(500\) \(limit --template-depth\)/,
  },
  {
    name: "a map that contains itself",
    template: '{{ $d := dict }}{{ $_ := put $d "self" $d }}{{ $d }}',
    want: /nested too deep, or contains itself/,
  },
  {
    name: "recursion through deep blocks",
    template: `{{ define "t" }}${"{{ if true }}".repeat(200)}{{ template "t" . }}${
      "{{ end }}".repeat(200)
    }{{ end }}{{ template "t" . }}`,
    want: /exceeded maximum template depth|limit of the call stack/,
  },
];

for (const { name, template, limits, want } of limited) {
  Deno.test(`limit: ${name}`, () => {
    const error = renderError(template, caseData(), limits);
    assert.equal(error.stage, "execute");
    assert.match(error.message, want);
  });
}

Deno.test("the output is counted in bytes, exactly", () => {
  const template = "{{ range 10 }}ü€{{ end }}xx";
  assert.equal(render(template, caseData(), { outputBytes: 52 }), `${"ü€".repeat(10)}xx`);
  assert.match(renderError(template, caseData(), { outputBytes: 51 }).message, /more than 51 bytes of output/);
});

Deno.test("a template is rendered again with nothing left of the run before", () => {
  const template = parseTemplate(
    "t",
    "{{ $x := .Resource.kind }}{{ range 3 }}{{ $x = print $x . }}{{ end }}{{ $x }}",
    CASE_FUNCTIONS,
  );
  assert.equal(template.render(caseData(), { world: WORLD }), "X012");
  assert.throws(() => template.render(caseData("none"), { world: WORLD }), TemplateError);
  assert.equal(template.render(caseData(), { world: WORLD }), "X012");
});

Deno.test("a change in place shows through every reference, and in the next rendering of the same value", () => {
  const json: JsonObject = { metadata: { labels: { a: "1" } } };
  const data = templateData({ Resource: valueFromJson(json, "float64") });
  const text = render(
    '{{ $l := .Resource.metadata.labels }}{{ $_ := put $l "b" 2 }}{{ .Resource.metadata.labels }}',
    data,
  );
  assert.equal(text, "map[a:1 b:2]");
  assert.equal(render("{{ .Resource.metadata.labels.b }}", data), "2");
  assert.deepEqual(json, { metadata: { labels: { a: "1" } } }, "the JSON itself stays as it was");
});

Deno.test("keys of the prototype are ordinary keys", () => {
  const json = JSON.parse('{"__proto__":{"x":"p"},"constructor":"c","toString":"t"}') as JsonObject;
  const data = templateData({ Resource: valueFromJson(json, "float64") });
  assert.equal(render("{{ .Resource.__proto__.x }}{{ .Resource.constructor }}{{ .Resource.toString }}", data), "pct");
  const empty = templateData({ Resource: valueFromJson({}, "float64") });
  for (const key of ["__proto__", "constructor", "hasOwnProperty"]) {
    assert.match(renderError(`{{ .Resource.${key} }}`, empty).message, /map has no entry for key/);
    assert.match(renderError(`{{ ${key} }}`, empty).message, /not defined/);
    assert.match(renderError(`{{ template "${key}" }}`, empty).message, /not defined/);
  }
});

Deno.test("only the fields that are given exist", () => {
  const data = templateData({ Cluster: NIL_MAP, ClusterNamespace: "ns", ClusterName: "mgmt" });
  assert.equal(render("{{ .ClusterNamespace }}/{{ .ClusterName }}{{ .Cluster }}", data), "ns/mgmtmap[]");
  assert.match(renderError("{{ .Resource }}", data).message, /can't evaluate field Resource/);
});
