/** Sprig's functions and Sveltos's, family by family, against the answers of the Go program in `oracle/`. */
import assert from "node:assert/strict";
import { type JsonObject, parseJson } from "../../../src/json/json.ts";
import { functionTable } from "../../../src/template/functions/table.ts";
import {
  parseTemplate,
  replaceStrayBytes,
  type TemplateData,
  templateData,
  TemplateError,
  valueFromJson,
} from "../../../src/template/mod.ts";
import { type GoCase, WORLD } from "../support.ts";

const CASES = new URL("./cases/", import.meta.url);
const { Resource, Cluster } = parseJson(Deno.readTextFileSync(new URL("data.json", CASES))) as Record<
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

/** Go's errors of regular expressions show the pattern, which may come from a Secret: ours leave it out. */
function withoutPattern(message: string): string {
  return message.replace(/regexp: Compile\(`.*?`\): /s, "").replace(/(error parsing regexp: .*?): `[^`]*`$/s, "$1");
}

for (const { name } of [...Deno.readDirSync(CASES)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (name === "data.json") continue;
  const { cases } = JSON.parse(Deno.readTextFileSync(new URL(name, CASES))) as { cases: GoCase[] };
  Deno.test(`functions as Go has them: ${name.replace(".json", "")}`, async (t) => {
    for (const { template, want, wantError } of cases) {
      await t.step(template, () => {
        const render = () => parseTemplate("oracle", template, functionTable, {}).render(data(), WORLD);
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
  const render = (template: string) => parseTemplate("oracle", template, functionTable, {}).render(data(), WORLD);
  assert.throws(() => render('{{ fromToml "d = 1979-05-27T00:32:00.999999Z" }}'), /more than three digits/);
  assert.equal(render(`{{ (fromToml "t = '00:32:00.999999'").t }}`), "00:32:00.999999");
});
