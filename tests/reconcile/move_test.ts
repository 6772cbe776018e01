/** `clusterctl move` as passes may see it: what is paused, or was when it was last seen, keeps its outputs whatever went first. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import { KeptPasses } from "../../src/reconcile/kept_renderings.ts";
import type { ObjectQuery, ReadOptions } from "../../src/reconcile/reader.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { optionsFor } from "../support/session.ts";
import { pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
const sandbox = createLuaSandbox();
const options = optionsFor("Secret");
const NAMES = Array.from({ length: 8 }, (_, index) => `c${index}`);

/** A match for each Cluster whose Secret is there. */
const SOURCE: JsonObject = {
  resourceSelectors: [
    { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" },
    { group: "", version: "v1", kind: "Secret", namespace: "mgmt" },
  ],
  aggregatedSelection: `function evaluate()
    local secrets, all = {}, {}
    for _, one in ipairs(resources) do
      if one.kind == "Secret" then secrets[one.metadata.name] = one end
    end
    for _, one in ipairs(resources) do
      if one.kind == "Cluster" and secrets[one.metadata.name] then
        table.insert(all, { kind = "Made", metadata = { name = one.metadata.name } })
      end
    end
    if #all == 0 then return {} end
    return { resources = all }
  end`,
};
const TEMPLATE = `apiVersion: v1
kind: Secret
metadata: { name: "{{ .MatchingResource.Name }}", namespace: out }
stringData: { v: x }
`;

const cluster = (name: string, paused: boolean): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "mgmt", name },
  spec: { paused },
});
const secret = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace: "mgmt", name },
  data: { value: btoa(name) },
});
const CLUSTER = "Cluster.cluster.x-k8s.io mgmt/c3", SECRET = "Secret mgmt/c3";

class Session {
  readonly world = new World(
    ...pipeline({ source: SOURCE, template: TEMPLATE }),
    ...NAMES.flatMap((name) => [cluster(name, false), secret(name)]),
  );
  readonly #kept = new KeptPasses();
  #previous: Generation | undefined;

  constructor() {
    // A watch has told of everything that is gone: no gate holds for that.
    Object.assign(this.world, { sawDeletion: (query: ObjectQuery) => this.isGone(query) });
  }

  isGone({ kind, namespace, name }: ObjectQuery): boolean {
    return !this.world.get(`${kind === "Cluster" ? "Cluster.cluster.x-k8s.io" : kind} ${namespace}/${name}`);
  }

  /** One pass, carried out; gives what it deletes. */
  async pass(): Promise<string[]> {
    const reconciliation = await reconcile(
      { trigger: "t" },
      { reader: this.world, sandbox, templates: {}, keptPasses: this.#kept },
      options,
      signal,
      this.#previous,
    );
    assert.deepEqual(reconciliation.plan.failures, []);
    this.#previous = reconciliation.generation;
    for (const change of reconciliation.plan.changes) await this.world.apply(change);
    return reconciliation.plan.changes.filter(({ action }) => action === "delete").map(({ target }) => target.name);
  }
}

async function ready(): Promise<Session> {
  const session = new Session();
  assert.deepEqual(await session.pass(), []);
  assert.deepEqual(await session.pass(), []);
  assert.equal(session.world.keys("Secret").filter((key) => key.startsWith("Secret out/")).length, NAMES.length);
  return session;
}

Deno.test("move: the pause and the end of the kubeconfig are seen at once", async () => {
  const session = await ready();
  session.world.put(cluster("c3", true));
  session.world.remove(SECRET);
  assert.deepEqual(await session.pass(), []);
  session.world.remove(CLUSTER);
  assert.deepEqual(await session.pass(), []);
  assert.deepEqual(await session.pass(), []);
});

Deno.test("move: the end of the kubeconfig is seen before the pause", async () => {
  const session = await ready();
  const { world } = session;
  const list = world.list.bind(world), before = world.get(CLUSTER)!;
  world.put(cluster("c3", true));
  world.remove(SECRET);
  // One watch is behind the other; a fresh read is behind neither.
  world.list = async (query: ObjectQuery, signal: AbortSignal, read: ReadOptions = {}) => {
    const listing = await list(query, signal, read);
    if (read.fresh || query.kind !== "Cluster" || !listing.objects) return listing;
    return { objects: listing.objects.map((one) => one.metadata.name === "c3" ? before : one) };
  };
  assert.deepEqual(await session.pass(), []);
  world.list = list;
  assert.deepEqual(await session.pass(), []);
  world.remove(CLUSTER);
  assert.deepEqual(await session.pass(), []);
});

for (const paused of [true, false]) {
  Deno.test(`move: all of it between two passes, ${paused ? "and it was paused in the end" : "but it ran to the end"}`, async () => {
    const session = await ready();
    Object.assign(session.world, { endedPaused: (query: ObjectQuery) => paused && session.isGone(query) });
    session.world.remove(SECRET);
    session.world.remove(CLUSTER);
    assert.deepEqual(await session.pass(), paused ? [] : ["c3"]);
    assert.deepEqual(await session.pass(), []);
    assert.equal(session.world.get("Secret out/c3") !== undefined, paused);
  });
}

Deno.test("move: one after the other, while something else is to be revoked for long", async () => {
  const session = await ready();
  const { world } = session;
  const output = world.get("Secret out/c0")!;
  world.put({
    ...output,
    metadata: {
      ...output.metadata,
      annotations: { ...output.metadata.annotations as object, "moonferry.dev/suspend": "all" },
    },
  });
  world.remove("Secret mgmt/c0");
  assert.deepEqual(await session.pass(), []);
  // It comes while that revocation is held.
  world.put(cluster("new", false), secret("new"));
  assert.deepEqual(await session.pass(), []);
  world.put(cluster("new", true));
  world.remove("Secret mgmt/new");
  assert.deepEqual(await session.pass(), []);
  world.remove("Cluster.cluster.x-k8s.io mgmt/new");
  assert.deepEqual(await session.pass(), []);
  assert.ok(world.get("Secret out/new"));
});

Deno.test("a cluster that runs, and whose kubeconfig is gone, is withdrawn", async () => {
  const session = await ready();
  session.world.remove(SECRET);
  assert.deepEqual(await session.pass(), ["c3"]);
});
