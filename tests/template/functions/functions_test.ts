/** Sprig's functions and Sveltos's, family by family, against the answers of the Go program in `oracle/`. */
import assert from "node:assert/strict";
import { resourceFunctions } from "../../../src/template/functions/resources.ts";
import {
  type FunctionTable,
  functionTable,
  GoMap,
  parseTemplate,
  type TemplateError,
  valueFromJson,
} from "../../../src/template/mod.ts";
import { failing, functionRows } from "../../conformance/functions.ts";
import { answer, firstStage, functionNames, goCases, isSecondStage, secondStage, verdictOf } from "./go_answers.ts";

for (const [file, cases] of goCases()) {
  Deno.test(`functions as Go has them: ${file}`, async (t) => {
    for (const { template, ...wanted } of cases) {
      await t.step(template, () => {
        const found = answer(template, isSecondStage(file) ? secondStage() : firstStage());
        if (verdictOf(wanted, found) === "differs") assert.deepEqual(found, wanted);
      });
    }
  });
}

Deno.test("each function has enough cases, and all are as Go has them", () => {
  assert.equal(functionNames().sprig.length, 211);
  assert.deepEqual(failing(functionRows()), []);
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
    const stage = second ? secondStage() : firstStage();
    assert.throws(() => parseTemplate("x", template, stage.functions).render(stage.data), (error) => {
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
    ["A", "B"].map((name) => parsed.withFunctions(functionsOver(name)).render(firstStage().data)),
    [
      "A",
      "B",
    ],
  );
});
