/**
 * Every scenario planned, each question of its plan noted: what `rbac` prints for it allows them all. So a new question that
 * nobody thought of as a right is found here.
 */
import assert from "node:assert/strict";
import { covers, describeRight, type ResourceKind, type Right } from "../../src/api/right.ts";
import { readArgs } from "../../src/cli/args.ts";
import type { Environment } from "../../src/cli/environment.ts";
import { needsOf, usualPlural } from "../../src/cli/rbac/needs.ts";
import { reconcileOptions } from "../../src/cli/pipeline.ts";
import { findScenarios, SCENARIO_FILE } from "../../src/cli/scenario.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { kubeRights } from "../../src/kube/rights_book.ts";
import { FolderReader } from "../../src/manifests/reader.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { ObjectQuery, ObjectReader, ReadOptions } from "../../src/reconcile/reader.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";

const sandbox = createLuaSandbox();
const signal = new AbortController().signal;
const environment = { rights: kubeRights, world: TEMPLATE_WORLD, signal } as unknown as Environment;

interface Asked {
  readonly query: ObjectQuery;
  readonly options: ReadOptions;
}

function noting(reader: ObjectReader, asked: Asked[]): ObjectReader {
  return {
    kindOf: (group, version, kind, signal) => reader.kindOf(group, version, kind, signal),
    list(query, signal, options = {}) {
      asked.push({ query, options });
      return reader.list(query, signal, options);
    },
  };
}

/** As the command takes it, where no definition says more. */
async function kindOf(reader: ObjectReader, { group, version, kind }: ObjectQuery): Promise<ResourceKind> {
  const facts = await reader.kindOf(group, version, kind, signal);
  assert.ok("scope" in facts);
  return { group, plural: facts.plural ?? usualPlural(kind), namespaced: facts.scope === "namespaced" };
}

const scenarios = [...await findScenarios("tests/scenarios"), ...await findScenarios("k8s/examples")];

Deno.test("there are scenarios enough for this to mean something", () => assert.ok(scenarios.length >= 40));

for (const folder of scenarios) {
  Deno.test(`what rbac prints allows all that is asked: ${folder}`, async () => {
    const scenario = readYaml(await Deno.readTextFile(`${folder}/${SCENARIO_FILE}`)) as JsonObject;
    const inputs = (scenario.inputs as string[]).map((path) => `${folder}/${path}`);
    const reader = new FolderReader({ inputs });
    await reader.load();
    const labels = Object.entries(scenario.mgmtLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(",");
    const flags = [
      ...(labels === "" ? [] : ["--mgmt-labels", labels]),
      ...(scenario.allowedKinds ? ["--allowed-kinds", (scenario.allowedKinds as string[]).join(",")] : []),
      ...(scenario.createNamespaces ? ["--create-namespaces"] : []),
    ];
    const files = inputs.flatMap((path) => ["-f", path]);
    const places = new Set<string>();
    for (const more of [() => [], () => ["--target-namespaces", [...places].join(",") || "nowhere"]]) {
      const options = readArgs(["rbac", ...files, ...flags, ...more()]);
      const { needs, triggers } = await needsOf(reader, options, environment);
      const allowed = needs.map(({ right }) => right);
      const asked: Asked[] = [];
      const parts = {
        reader: noting(reader, asked),
        sandbox,
        templates: { world: TEMPLATE_WORLD },
      };
      for (const trigger of triggers) {
        const { computation, plan } = await reconcile({ trigger }, parts, reconcileOptions(options), signal);
        assert.ok(computation.snapshot);
        for (const { target } of [...plan.changes, ...plan.held.map(({ change }) => change)]) {
          if (target.namespace !== "") places.add(target.namespace);
        }
      }
      const wanted: Right[] = [];
      for (const { query, options: read } of asked) {
        wanted.push(...kubeRights.toRead(await kindOf(reader, query), query, read));
      }
      const lacking = wanted.filter((right) => !allowed.some((granted) => covers(granted, right)));
      assert.deepEqual([...new Set(lacking.map(describeRight))], []);
      assert.ok(wanted.length > 0);
    }
  });
}
