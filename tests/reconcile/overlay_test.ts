/** The overlay: which questions are answered with what is about to be written. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { overlay } from "../../src/reconcile/overlay.ts";
import type { ObjectQuery } from "../../src/reconcile/reader.ts";
import { World } from "../support/world.ts";

const signal = new AbortController().signal;
const made = (namespace: string, name: string, v: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, name },
  data: { v },
});

async function answers(query: Partial<ObjectQuery>): Promise<string[] | undefined> {
  const world = new World(made("a", "one", "there"), made("a", "two", "there"), made("b", "one", "there"));
  const reader = overlay(world, [made("a", "one", "first"), made("a", "one", "made"), made("a", "new", "made")]);
  const { objects } = await reader.list({ group: "", version: "v1", kind: "ConfigMap", ...query }, signal);
  return objects?.map(({ metadata: { namespace, name }, data }) => `${namespace}/${name} ${(data as { v: string }).v}`);
}

for (
  const [what, query, want] of [
    ["one object that is made: the last of its name", { namespace: "a", name: "one" }, ["a/one made"]],
    ["one that was not there", { namespace: "a", name: "new" }, ["a/new made"]],
    ["any version", { namespace: "a", name: "new", version: "" }, ["a/new made"]],
    ["another namespace", { namespace: "b", name: "one" }, ["b/one there"]],
    ["another kind", { kind: "Secret", namespace: "a", name: "one" }, []],
    ["another group", { group: "x.io", namespace: "a", name: "new" }, []],
    ["a namespace", { namespace: "a" }, ["a/two there", "a/one made", "a/new made"]],
    ["all namespaces: as they are", {}, ["a/one there", "a/two there", "b/one there"]],
  ] as const
) {
  Deno.test(`overlay: ${what}`, async () => assert.deepEqual(await answers(query), want));
}

Deno.test("overlay: labels are the reader's business, and what is unknown stays unknown", async () => {
  const world = new World();
  world.unknown.set("ConfigMap", { reason: "Forbidden", message: "no" });
  const reader = overlay(world, [made("a", "one", "made")]);
  const query = { group: "", version: "v1", kind: "ConfigMap", namespace: "a" };
  assert.equal((await reader.list(query, signal)).unknown?.reason, "Forbidden");
  assert.equal(
    (await reader.list({ ...query, name: "one", labelSelector: "a=b" }, signal)).unknown?.reason,
    "Forbidden",
  );
  assert.equal((await reader.list({ ...query, name: "one" }, signal)).objects?.length, 1);
  assert.equal(overlay(world, []), world);
});
