import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import type { ObjectQuery, ObjectReader } from "../../src/reconcile/reader.ts";
import { runOn } from "../support/commands.ts";

const trigger = (name: string, team: string): KubeObject => ({
  apiVersion: "lib.projectsveltos.io/v1beta1",
  kind: "EventTrigger",
  metadata: { name, labels: { team } },
});

/** What three Deployments have, read as one of them. */
const reader: ObjectReader = {
  list: ({ kind }: ObjectQuery) =>
    Promise.resolve({ objects: kind === "EventTrigger" ? [trigger("mine", "a"), trigger("theirs", "b")] : [] }),
  kindOf: () => assert.fail("not asked"),
};

const run = (...args: string[]) => runOn(reader, args);

Deno.test("status: a selector leaves out the triggers of other Deployments", async () => {
  assert.match((await run("status")).said, /EventTrigger mine[^]*EventTrigger theirs/);
  const { said } = await run("status", "--trigger-selector", "team=a");
  assert.match(said, /EventTrigger mine/);
  assert.doesNotMatch(said, /theirs/);
});

Deno.test("withdraw takes no selector, and says with which commands it goes", async () => {
  const { code, said } = await run("withdraw", "--trigger-selector", "team=a");
  assert.equal(code, 1);
  assert.match(said, /--trigger-selector does not go with withdraw; it goes with .*status/);
});
