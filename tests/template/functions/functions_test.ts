/** Sprig's functions and Sveltos's, family by family, against the answers of the Go program in `oracle/`. */
import assert from "node:assert/strict";
import { type JsonObject, parseJson } from "../../../src/json/json.ts";
import { resourceFunctions } from "../../../src/template/functions/resources.ts";
import { functionTable } from "../../../src/template/functions/table.ts";
import {
  type FunctionTable,
  GoMap,
  parseTemplate,
  replaceStrayBytes,
  RESOURCE_MAP,
  secondStageData,
  type TemplateData,
  templateData,
  TemplateError,
  valueFromJson,
} from "../../../src/template/mod.ts";
import { type GoCase, WORLD } from "../support.ts";

const CASES = new URL("./cases/", import.meta.url);
const { Resource, Cluster, Credentials } = parseJson(Deno.readTextFileSync(new URL("data.json", CASES))) as Record<
  string,
  JsonObject
>;

/** The data of a case, made anew: templates may change it. */
function data(): TemplateData {
  return templateData({
    Resource: valueFromJson(Resource!, "float64"),
    MatchingResource: { kind: "Service", namespace: "n", name: "web", apiVersion: "v1" },
    Cluster: valueFromJson(Cluster!, "int64"),
  });
}

/** The data and the functions of the second rendering, made anew. */
function secondStage(): { data: TemplateData; functions: FunctionTable } {
  const resources = new GoMap(
    new Map([["Web", valueFromJson(Resource!, "int64")], ["Credentials", valueFromJson(Credentials!, "int64")]]),
    RESOURCE_MAP,
  );
  return {
    data: secondStageData({ Cluster: valueFromJson(Cluster!, "int64"), MgmtResources: resources }),
    functions: new Map([...functionTable, ...Object.entries(resourceFunctions(resources))]),
  };
}

/** Go's errors of regular expressions show the pattern, which may come from a Secret: ours leave it out. */
function withoutPattern(message: string): string {
  return message.replace(/regexp: Compile\(`.*?`\): /s, "").replace(/(error parsing regexp: .*?): `[^`]*`$/s, "$1");
}

for (const { name } of [...Deno.readDirSync(CASES)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (name === "data.json") continue;
  const isSecond = name.startsWith("second_stage");
  const { cases } = JSON.parse(Deno.readTextFileSync(new URL(name, CASES))) as { cases: GoCase[] };
  Deno.test(`functions as Go has them: ${name.replace(".json", "")}`, async (t) => {
    for (const { template, want, wantError } of cases) {
      await t.step(template, () => {
        const stage = isSecond ? secondStage() : { data: data(), functions: functionTable };
        const render = () =>
          parseTemplate("oracle", template, stage.functions, {}).render(stage.data, { world: WORLD });
        if (wantError === undefined) return assert.equal(replaceStrayBytes(render()), want);
        assert.throws(render, (error) => {
          assert.ok(error instanceof TemplateError, String(error));
          assert.equal(error.message, withoutPattern(wantError.message));
          return true;
        });
      });
    }
  });
}

Deno.test("fromToml refuses a time that it could only read in part, and nothing else", () => {
  const render = (template: string) =>
    parseTemplate("oracle", template, functionTable, {}).render(data(), { world: WORLD });
  assert.throws(() => render('{{ fromToml "d = 1979-05-27T00:32:00.999999Z" }}'), /more than three digits/);
  assert.equal(render(`{{ (fromToml "t = '00:32:00.999999'").t }}`), "00:32:00.999999");
});

const hints = [
  { second: true, template: "{{ .Resource.metadata.name }}", hint: /projectsveltos\.io\/instantiate: ok/ },
  { second: true, template: "{{ .MatchingResources }}", hint: /projectsveltos\.io\/instantiate: ok/ },
  { second: true, template: "{{ .MgmtResources.Nope }}", hint: /no entry of templateResourceRefs has this one/ },
  { second: true, template: '{{ (getResource "Nope").data }}', hint: /not among the templateResourceRefs/ },
  { second: true, template: "{{ .KubeadmControlPlane.spec }}", hint: /clusters of Cluster API only/ },
  { second: false, template: "{{ .MgmtResources.Web }}", hint: /projectsveltos\.io\/template: ok/ },
  { second: false, template: '{{ getResource "Web" }}', hint: /projectsveltos\.io\/template: ok/ },
];
for (const { second, template, hint } of hints) {
  Deno.test(`hint for ${template} in the ${second ? "second" : "first"} rendering`, () => {
    const stage = second ? secondStage() : { data: data(), functions: functionTable };
    assert.throws(() => parseTemplate("x", template, stage.functions).render(stage.data, { world: WORLD }), (error) => {
      assert.match((error as TemplateError).hint ?? "none", hint);
      return true;
    });
  });
}

Deno.test("a template parsed once calls the functions that it is given", () => {
  const functionsOver = (name: string): FunctionTable =>
    new Map([
      ...functionTable,
      ...Object.entries(resourceFunctions(new GoMap(new Map([["x", valueFromJson({ kind: name }, "int64")]])))),
    ]);
  const parsed = parseTemplate("x", '{{ getField "x" "kind" }}', functionsOver("none"));
  assert.deepEqual(
    ["A", "B"].map((name) => parsed.withFunctions(functionsOver(name)).render(data(), { world: WORLD })),
    [
      "A",
      "B",
    ],
  );
});
