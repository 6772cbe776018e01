/** k8s/examples/README.md: an index of all examples and of nothing else, whose flags are those that each needs. */
import assert from "node:assert/strict";
import { EXIT } from "../../src/cli/environment.ts";
import { moonferry } from "../support/moonferry.ts";

const FOLDER = "k8s/examples";
const COMMON = ["--mgmt-labels", "cluster-api=enabled"];
const index = Deno.readTextFileSync(`${FOLDER}/README.md`).split("\n")
  .map((line) => /^\| `([^`]+)` +\|.*\| *(?:`([^`]+)`)? *\|$/.exec(line)).filter((row) => row !== null)
  .map(([, name, flags]) => ({ name: name!, flags: flags?.split(" ") ?? [] }));
const folders = [...Deno.readDirSync(FOLDER)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);

Deno.test("every example has one row, and every row an example", () => {
  assert.ok(folders.length > 0);
  assert.deepEqual(index.map(({ name }) => name).toSorted(), folders.toSorted());
});

for (const { name, flags } of index) {
  const hasCluster = folders.includes(name) &&
    [...Deno.readDirSync(`${FOLDER}/${name}`)].some((entry) => entry.name === "cluster");
  Deno.test(`${name}: with its flags there is a plan, and nothing fails`, async () => {
    const args = ["plan", "-f", `${FOLDER}/${name}`, ...COMMON, ...flags, "-o", "json"];
    const { code, stdout, stderr } = await moonferry(args);
    assert.equal(code, hasCluster ? EXIT.changes : EXIT.ok, stderr);
    const plan = JSON.parse(stdout);
    assert.equal(plan.changes.length > 0, hasCluster);
    assert.deepEqual(plan.held, []);
  });
}

for (const name of ["push-model", "clusterprofile"]) {
  Deno.test(`${name}-v1beta2: it differs from ${name} in the version of Cluster alone`, () => {
    const read = (folder: string, file: string) => Deno.readTextFileSync(`${FOLDER}/${folder}/${file}.yaml`);
    for (const file of ["eventsource", "eventtrigger", "template"]) {
      const older = read(name, file), newer = read(`${name}-v1beta2`, file);
      assert.equal(newer, file === "eventsource" ? older.replace("version: v1beta1", "version: v1beta2") : older);
    }
  });
}
