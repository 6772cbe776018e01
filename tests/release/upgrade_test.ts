/**
 * Between versions: over what each version wrote this one plans nothing, knows it for its own and can withdraw it; and the
 * names that docs/release.md calls stable are the program's.
 */
import assert from "node:assert/strict";
import { leaseNameOf } from "../../src/kube/lease.ts";
import { helpText } from "../../src/cli/help.ts";
import { EXIT } from "../../src/cli/environment.ts";
import * as marks from "../../src/reconcile/marks.ts";
import { VERSION } from "../../src/cli/version.ts";
import { moonferry } from "../support/moonferry.ts";

const UPGRADE = "tests/release/upgrade";
const LABELS = ["--mgmt-labels", "cluster-api=enabled"];
const versions = [...Deno.readDirSync(UPGRADE)].map(({ name }) => name).toSorted();

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

async function copy(from: string, to: string): Promise<void> {
  for (const file of filesBelow(from)) {
    const target = to + file.slice(from.length);
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(file, target);
  }
}

Deno.test("what a version wrote is recorded, this one's too", () => assert.ok(versions.includes(VERSION)));

for (const version of versions) {
  Deno.test(`after ${version}`, async (t) => {
    const cluster = `${UPGRADE}/${version}/cluster`, out = `${UPGRADE}/${version}/out`;
    const count = [...filesBelow(out)].length;
    assert.ok(count > 0);
    await t.step("there is nothing to write", async () => {
      const { code, stdout } = await moonferry(["plan", "-f", cluster, "--output-dir", out, ...LABELS, "-o", "json"]);
      assert.equal(code, EXIT.ok);
      const plan = JSON.parse(stdout);
      assert.deepEqual([plan.changes, plan.held], [[], []]);
    });
    await t.step("all of it is ours, by its marks alone", async () => {
      const folder = await Deno.makeTempDir({ prefix: "moonferry-upgrade-" });
      try {
        await copy(cluster, `${folder}/cluster`);
        await copy(out, `${folder}/out`);
        await Deno.remove(`${folder}/cluster/eventtrigger.yaml`);
        const args = ["withdraw", "-f", `${folder}/cluster`, "--output-dir", `${folder}/out`, "--yes"];
        const { code, stderr } = await moonferry([...args, "--trigger", "push-model"]);
        assert.equal(code, EXIT.ok, stderr);
        assert.deepEqual([...filesBelow(`${folder}/out`)], []);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  });
}

Deno.test("no output names the version that wrote it", () => {
  for (const file of filesBelow(`${UPGRADE}/${VERSION}/out`)) {
    assert.ok(!Deno.readTextFileSync(file).includes(VERSION), file);
  }
});

Deno.test("docs/release.md: the names that stay are the program's, all of them", () => {
  const text = Deno.readTextFileSync("docs/release.md").split("## What stays as it is")[1]!.split("\n## ")[0]!;
  const cells = new Map(
    text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
      line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim()) as [string, string]
    ),
  );
  const named = (row: string) => [...cells.get(row)!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  assert.deepEqual(named("labels on outputs"), [marks.INSTANCE_LABEL, marks.TRIGGER_LABEL]);
  assert.deepEqual(named("annotations on outputs"), [
    marks.TRIGGER_ANNOTATION,
    marks.ORIGIN_ANNOTATION,
    marks.ON_STOP_ANNOTATION,
    marks.STEP_ANNOTATION,
    marks.CONTENT_ANNOTATION,
    marks.PAUSED_ANNOTATION,
  ]);
  assert.deepEqual(named("annotations that you write"), [
    marks.SUSPEND_ANNOTATION,
    marks.ADOPT_ANNOTATION,
    marks.CONFIRM_ANNOTATION,
  ]);
  const exported = Object.values(marks).filter((value) =>
    typeof value === "string" && value.startsWith(`${marks.DOMAIN}/`)
  );
  const stable = ["labels on outputs", "annotations on outputs", "annotations that you write"].flatMap(named);
  assert.deepEqual([...new Set(exported)].toSorted(), [...new Set(stable)].toSorted());
  assert.deepEqual(named("field manager"), [marks.FIELD_MANAGER]);
  assert.deepEqual(named("the Lease"), [
    leaseNameOf(marks.DEFAULT_INSTANCE),
    leaseNameOf("x").replace("x", "<instance id>"),
  ]);
  assert.ok(helpText().includes(`Exit codes: ${cells.get("exit codes")}.`));
  assert.deepEqual(EXIT, { ok: 0, error: 1, changes: 2, held: 3 });
});
