/** `--target-namespaces` bounds what is read as well: no question leaves them, and what can't be asked there freezes. */
import assert from "node:assert/strict";
import { formatRef } from "../../src/api/object.ts";
import { ownedQuery } from "../../src/reconcile/owned.ts";
import { input, object, pipeline, World } from "../support/world.ts";
import { optionsFor, session } from "../support/session.ts";

const OPTIONS = optionsFor("Secret");
const within = (...targetNamespaces: string[]) => ({ ...OPTIONS, gates: { ...OPTIONS.gates, targetNamespaces } });
const secretQueries = ({ queries }: World) =>
  queries.filter(({ query }) => query.kind === "Secret")
    .map(({ query: { namespace = "*", name = "*" } }) => `${namespace}/${name}`).sort();

Deno.test("without target namespaces outputs are looked for everywhere", async () => {
  const world = new World(...pipeline(), input("a", "1"));
  await session(world, OPTIONS)();
  assert.deepEqual(secretQueries(world), ["*/*", "in/out-a"]);
});

Deno.test("with target namespaces each is asked for itself, and no other", async () => {
  const world = new World(...pipeline(), input("a", "1"), input("b", "1", { namespace: "elsewhere" }));
  const plan = await session(world, within("in", "team-x"))();
  assert.deepEqual(secretQueries(world), ["in/*", "in/out-a", "team-x/*"]);
  assert.deepEqual(plan.changes.map(({ target }) => formatRef(target)), ["Secret in/out-a"]);
  assert.deepEqual(plan.held.map(({ gate, change }) => `${gate} ${formatRef(change.target)}`), [
    "namespaces Secret elsewhere/out-b",
  ]);
});

Deno.test("outputs in several target namespaces are withdrawn as ever", async () => {
  const other = input("b", "1", { namespace: "in2" });
  const world = new World(...pipeline(), input("a", "1"), input("c", "1"), other);
  const pass = session(world, within("in", "in2"));
  await pass();
  assert.deepEqual(world.keys("Secret"), ["Secret in/out-a", "Secret in/out-c", "Secret in2/out-b"]);
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  await pass();
  assert.deepEqual(world.keys("Secret"), []);
});

Deno.test("one target namespace that can't be listed freezes the trigger", async () => {
  const world = new World(...pipeline(), input("a", "1"));
  const list = world.list.bind(world);
  world.list = (query, signal, options) =>
    query.kind === "Secret" && query.namespace === "team-x"
      ? Promise.resolve({ unknown: { reason: "Forbidden", message: "cannot list secrets in namespace team-x" } })
      : list(query, signal, options);
  const plan = await session(world, within("in", "team-x"))();
  assert.deepEqual(plan.changes, []);
  assert.match(plan.failures[0]!.message, /cannot list secrets in namespace team-x/);
});

Deno.test("a cluster-scoped kind has no namespace to be asked for in", async () => {
  const world = new World(...pipeline(), object("{apiVersion: v1, kind: Namespace, metadata: {name: in}}"));
  const options = within("in");
  await session(world, { ...options, gates: { ...options.gates, allowedKinds: ["Namespace"] } })();
  const owned = world.queries.filter(({ query }) => query.labelSelector?.startsWith("moonferry.dev/instance"));
  assert.deepEqual(owned.map(({ query }) => query), [ownedQuery("Namespace", "moonferry")]);
});
