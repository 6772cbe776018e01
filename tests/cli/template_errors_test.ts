/**
 * What a person reads whose template is wrong: object, key, line and column, the match, Go's reason, the line with a caret, and
 * for the classic traps what to write instead. The pipeline is the example's, with another template.
 */
import assert from "node:assert/strict";
import { moonferry } from "../support/moonferry.ts";

const EXAMPLE = "k8s/examples/push-model";
const LABELS = ["--mgmt-labels", "cluster-api=enabled"];

interface Row {
  readonly name: string;
  /** The text under `secret.yaml`. */
  readonly template?: string;
  /** What is replaced in the EventSource and the EventTrigger. */
  readonly source?: readonly [string, string];
  readonly trigger?: readonly [string, string];
  readonly flags?: readonly string[];
  /** All that `render` writes to stderr. */
  readonly want: string;
}

const AT = (place: string) =>
  `error: Cannot render ConfigMap mgmt/push-model key "secret.yaml" at ${place} for InventoryTarget team-argo/mgmt.harbour: `;
const NO_TEMPLATE = 'error: Cannot use ConfigMap mgmt/push-model key "secret.yaml" as template: ';
const OTHERS = "(the same for 5 other matches)\n";
const FIELD = "error: EventTrigger push-model spec.";
const FOR_FIRST = " for InventoryTarget team-argo/mgmt.harbour";

const ROWS: readonly Row[] = [
  {
    name: "a missing key before default",
    template: 'kind: {{ .Resource.spec.kind | default "Secret" }}',
    want: `${AT("1:18")}map has no entry for key "kind"
kind: {{ .Resource.spec.kind | default "Secret" }}
                        ^
hint: \`default\` comes too late, the missing key has failed before it: write (get .Resource.spec "kind")
${OTHERS}`,
  },
  {
    name: "a missing key in the middle, in if",
    template: "a: b\n{{ if .Resource.metadata.labels.env }}c: d{{ end }}",
    want: `${AT("2:15")}map has no entry for key "labels"
{{ if .Resource.metadata.labels.env }}c: d{{ end }}
                         ^
hint: a missing key is an error in Sveltos templates, in \`if\` and \`with\` too: (dig "labels" "env" "" .Resource.metadata) is empty then
${OTHERS}`,
  },
  {
    name: "a float of the resource against an int",
    source: ["kubeconfig = kubeconfig,", "kubeconfig = kubeconfig, replicas = 3,"],
    template: "a: {{ if eq .Resource.spec.replicas 3 }}b{{ end }}",
    want: `${AT("1:9")}error calling eq: incompatible types for comparison: float64 and int
a: {{ if eq .Resource.spec.replicas 3 }}b{{ end }}
         ^
hint: numbers of a resource are float64 and a literal such as 3 is an int: write 3.0, or (int .Resource.…)
${OTHERS}`,
  },
  {
    name: ".Resource without collectResources",
    source: ["collectResources: true", "collectResources: false"],
    template: "name: {{ .Resource.metadata.name }}",
    want: `${AT("1:18")}map has no entry for key "metadata"
name: {{ .Resource.metadata.name }}
                   ^
hint: the map is nil: .Resource holds an object only if the EventSource has \`collectResources: true\`; without it use .MatchingResource
${OTHERS}`,
  },
  {
    name: ".MatchingResource.name in lower case",
    template: "metadata:\n\tname: {{ .MatchingResource.name }}",
    want: `${AT("2:27")}can't evaluate field name in type v1.ObjectReference
	name: {{ .MatchingResource.name }}
	                           ^
hint: the field is written .Name; fields of structs start with a capital letter
${OTHERS}`,
  },
  {
    name: "the plural form with oneForEvent: true",
    template: "{{ range .Resources }}{{ end }}",
    want: `${AT("1:9")}can't evaluate field Resources in type *controllers.currentObject
{{ range .Resources }}{{ end }}
          ^
hint: .Resources exists only with \`oneForEvent: false\`; with \`oneForEvent: true\` a template sees one object at a time, in .Resource
${OTHERS}`,
  },
  {
    name: "the singular form with oneForEvent: false",
    trigger: ["oneForEvent: true", "oneForEvent: false"],
    template: "a: {{ .Resource }}",
    want:
      `error: Cannot render ConfigMap mgmt/push-model key "secret.yaml" at 1:6: can't evaluate field Resource in type *controllers.currentObjects
a: {{ .Resource }}
       ^
hint: .Resource exists only with \`oneForEvent: true\`; with \`oneForEvent: false\` a template sees all objects, in .Resources
`,
  },
  {
    name: "the dot within range",
    template: "{{ range $key, $value := .Resource.spec }}{{ .Resource.kind }}{{ end }}",
    want: `${AT("1:54")}can't evaluate field Resource in type string
{{ range $key, $value := .Resource.spec }}{{ .Resource.kind }}{{ end }}
                                              ^
hint: within range and with the dot is the element or the value: write $.Resource
${OTHERS}`,
  },
  {
    name: "a function of Helm",
    template: 'a: {{ include "b" . }}',
    want: `${NO_TEMPLATE}1:6: function "include" not defined
a: {{ include "b" . }}
      ^
hint: \`include\` exists in Helm only; write {{ template "name" . }}, which can't be piped on
`,
  },
  {
    name: "an operator",
    template: 'a: {{ if .Resource.kind == "Secret" }}b{{ end }}',
    want: `${NO_TEMPLATE}1:24: unexpected "=" in operand
a: {{ if .Resource.kind == "Secret" }}b{{ end }}
                        ^
hint: there are no operators but functions: {{ if eq .a .b }}; only a variable can be set, {{ $x = 1 }}
`,
  },
  {
    name: "a block without an end",
    template: "a: {{ if .Resource.spec }}\nb: c\nd: e",
    want: `${NO_TEMPLATE}1:6: unexpected EOF
a: {{ if .Resource.spec }}
      ^
hint: this block has no {{ end }}: if, range, with, define and block want one each
`,
  },
  {
    name: "an error of the template's own, and a long line",
    template: `${"x".repeat(60)}{{ fail "no region" }}${"y".repeat(60)}`,
    want: `${AT("1:63")}error calling fail: no region
…${"x".repeat(47)}{{ fail "no region" }}${"y".repeat(31)}…
${" ".repeat(51)}^
${OTHERS}`,
  },
  {
    name: "Go's words that quote a Secret",
    template: 'a: {{ mustToDate "2006" .Resource.spec.kubeconfig }}',
    want: `${
      AT("1:6")
    }error calling mustToDate: parsing time "[redacted]" as "2006": cannot parse "[redacted]" as "2006"
a: {{ mustToDate "2006" .Resource.spec.kubeconfig }}
      ^
${OTHERS}`,
  },
  {
    name: "a policyRef's name",
    trigger: ["      name: push-model\n", "      name: '{{ .Resource.spec.template }}'\n"],
    want: `${FIELD}policyRefs[0].name${FOR_FIRST}: 1:12: map has no entry for key "template"
{{ .Resource.spec.template }}
                  ^
hint: a missing key is an error in Sveltos templates, in \`if\` and \`with\` too: (get .Resource.spec "template") is empty then
${OTHERS}`,
  },
  {
    name: "the EventSource's name",
    trigger: ["eventSourceName: push-model", "eventSourceName: '{{ .Cluster.metadata.region }}'"],
    want: `${FIELD}eventSourceName: 1:11: map has no entry for key "region"
{{ .Cluster.metadata.region }}
                     ^
hint: a missing key is an error in Sveltos templates, in \`if\` and \`with\` too: (get .Cluster.metadata "region") is empty then
`,
  },
  {
    name: "too many steps",
    template: "a: {{ range 1000 }}b{{ end }}",
    flags: ["--template-steps", "500"],
    want: `${AT("1:19")}stopped after 500 steps (limit --template-steps)
a: {{ range 1000 }}b{{ end }}
                   ^
${OTHERS}`,
  },
  {
    name: "too much output",
    template: 'a: {{ range 1000 }}{{ print "0123456789" }}{{ end }}',
    flags: ["--template-output-size", "8Ki"],
    want: `${AT("1:22")}more than 8192 bytes of output (limit --template-output-size)
a: {{ range 1000 }}{{ print "0123456789" }}{{ end }}
                      ^
${OTHERS}`,
  },
  {
    name: "templates too deep",
    template: '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
    flags: ["--template-depth", "20"],
    want: `${AT("1:28")}exceeded maximum template depth (20) (limit --template-depth)
{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}
                            ^
${OTHERS}`,
  },
];

async function scratch(row: Row, folder: string): Promise<void> {
  const replaced = async (file: string, [old, fresh]: readonly [string, string] = ["", ""]) => {
    const text = await Deno.readTextFile(`${EXAMPLE}/${file}`);
    assert.ok(text.includes(old), `${file} has no "${old}" to replace`);
    await Deno.writeTextFile(`${folder}/${file}`, text.replace(old, () => fresh));
  };
  await replaced("eventsource.yaml", row.source);
  await replaced("eventtrigger.yaml", row.trigger);
  if (row.template === undefined) return await replaced("template.yaml");
  const template = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "mgmt", name: "push-model", annotations: { "projectsveltos.io/instantiate": "ok" } },
    data: { "secret.yaml": row.template },
  };
  await Deno.writeTextFile(`${folder}/template.json`, JSON.stringify(template));
}

for (const row of ROWS) {
  Deno.test(`template errors: ${row.name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await scratch(row, folder);
      const args = ["-f", folder, "-f", `${EXAMPLE}/cluster`, ...LABELS, ...row.flags ?? []];
      const { code, stdout, stderr } = await moonferry(["render", ...args]);
      assert.equal(stderr, row.want);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("template errors: plan says the same, and why nothing is done", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await scratch(ROWS[0]!, folder);
    const { code, stdout } = await moonferry(["plan", "-f", folder, "-f", `${EXAMPLE}/cluster`, ...LABELS]);
    const told = ROWS[0]!.want.replace("error: ", "").trimEnd().split("\n");
    const block = [`  x error   ${told[0]} (TemplateError)`, ...told.slice(1).map((line) => `            ${line}`)];
    assert.ok(stdout.includes(block.join("\n")), stdout);
    assert.equal(code, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
