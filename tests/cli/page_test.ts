/**
 * The objects of the page "Cluster Inventory Push Model via Sveltos", byte for byte, with the answers of the original Go code.
 * They are not kept here: the folder beside the project (or `MOONFERRY_PAGE`) has them. Without it this test says so.
 */
import assert from "node:assert/strict";
import { splitManifest } from "../../src/yaml/documents.ts";
import { moonferry } from "../support/moonferry.ts";

const FOLDER = Deno.env.get("MOONFERRY_PAGE") ?? "../shared/push-model";
const LABELS = ["--mgmt-labels", "cluster-api=enabled"];
const PAGE = ["cm-push-model-template", "eventsource-push-model-from-capi", "eventtrigger-push-model-from-capi"]
  .flatMap((file) => ["-f", `${FOLDER}/${file}.yaml`]);
const INPUT = [...PAGE, "-f", `${FOLDER}/input`, ...LABELS];
const WITH_BOOTSTRAP = [...INPUT, "-f", `${FOLDER}/input-bootstrap-secret.yaml`];

const isThere = await Deno.stat(FOLDER).then(() => true, () => false);
if (!isThere) console.warn(`!! ${FOLDER} is not there: the page's own objects were NOT tested (set MOONFERRY_PAGE)`);

function test(name: string, run: () => Promise<void>): void {
  if (isThere) Deno.test(`the page: ${name}`, run);
}

async function documents(text: string | Promise<string>): Promise<unknown[]> {
  return splitManifest(await text).map(({ value }) => value);
}

test("render gives what the original code gives", async () => {
  const { code, stdout, stderr } = await moonferry(["render", ...INPUT]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await documents(stdout), await documents(Deno.readTextFile(`${FOLDER}/expected.yaml`)));
});

test("render gives it with the bootstrap Secret too", async () => {
  const { code, stdout, stderr } = await moonferry(["render", ...WITH_BOOTSTRAP]);
  assert.equal(code, 0, stderr);
  const expected = Deno.readTextFile(`${FOLDER}/expected-with-bootstrap-secret.yaml`);
  assert.deepEqual(await documents(stdout), await documents(expected));
});

test("plan holds the two bad Secrets back and says why", async () => {
  const { code, stdout } = await moonferry(["plan", ...WITH_BOOTSTRAP, "-o", "json"]);
  const plan = JSON.parse(stdout);
  assert.equal(code, 3);
  const held = plan.held.map(({ object, gate }: { object: Record<string, string>; gate: string }) =>
    `${gate} ${object.namespace}/${object.name}`
  );
  assert.deepEqual(held.sort(), [
    "payload team-a/fleet-west-alpha-kubeconfig",
    "payload team-b/fleet-west-alpha-kubeconfig",
  ]);
  assert.equal(plan.counts.create, 4);
  assert.ok(plan.held.every(({ reason, relax }: Record<string, string>) => reason !== "" && relax !== ""));
});

test("apply writes the other four alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code } = await moonferry(["apply", ...WITH_BOOTSTRAP, "--output-dir", folder, "--yes"]);
    assert.equal(code, 3);
    const files: string[] = [];
    for (const namespace of ["team-a", "team-b"]) {
      for await (const { name } of Deno.readDir(`${folder}/${namespace}/Secret`)) {
        files.push(`${namespace}/${name}`);
        const { mode } = await Deno.stat(`${folder}/${namespace}/Secret/${name}`);
        if (Deno.build.os !== "windows") assert.equal(mode! & 0o777, 0o600);
      }
    }
    assert.deepEqual(files.sort(), [
      ...["team-a/default-gamma-kubeconfig.yaml", "team-a/fleet-prod-beta-kubeconfig.yaml"],
      ...["team-b/default-gamma-kubeconfig.yaml", "team-b/fleet-prod-beta-kubeconfig.yaml"],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
