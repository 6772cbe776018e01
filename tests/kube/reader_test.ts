import assert from "node:assert/strict";
import { nameOf } from "../../src/api/object.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { systemClock } from "../../src/kube/clock.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { KubeReader, WatchingReader } from "../../src/kube/reader.ts";
import type { ObjectQuery } from "../../src/reconcile/reader.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, secretList, serveHttp, status } from "./protocol_server.ts";
import { DISCOVERY, NO_STREAMS } from "./reflector_rig.ts";

const NEVER = new AbortController().signal;
const LABELLED = { group: "", version: "v1", kind: "Secret", labelSelector: "env=prod" };

Deno.test("what is asked in passing of many objects is asked once a minute; by its name, and for a plan, each time", async () => {
  const clock = new FakeClock();
  let answer = () => json(secretList(["a"], "10"));
  await using server = serveHttp((request) => new URL(request.url).pathname === "/api/v1" ? json(DISCOVERY) : answer());
  const client = new KubeClient(server.connection, { clock });
  const reader = new WatchingReader({ client, clock, discovery: new Discovery(client, clock) }, { onEvent: () => {} });
  const lists = () => server.requests.filter((request) => request.includes("/secrets")).length;
  const names = async (more = {}, options = {}) =>
    (await reader.list({ ...LABELLED, ...more }, NEVER, { once: true, ...options })).objects?.map(nameOf);
  assert.deepEqual(await names(), ["a"]);
  answer = () => json(secretList(["a", "b"], "11"));
  assert.deepEqual([await names(), lists()], [["a"], 1]);
  assert.deepEqual([await names({ labelSelector: "env=test" }), lists()], [["a", "b"], 2]);
  assert.deepEqual([await names({}, { fresh: true }), lists()], [["a", "b"], 3]);
  assert.deepEqual([await names({ name: "a" }), await names({ name: "a" }), lists()], [["a", "b"], ["a", "b"], 5]);
  clock.advance(60_000);
  assert.deepEqual([await names(), lists()], [["a", "b"], 6]);
  const recent = () => names({ name: "a" }, { fresh: true, recent: true });
  assert.deepEqual([await recent(), await recent(), lists()], [["a", "b"], ["a", "b"], 7]);
  clock.advance(3_000);
  assert.deepEqual([await recent(), await names({ name: "a" }, { fresh: true }), lists()], [["a", "b"], ["a", "b"], 9]);
  clock.advance(60_000);
  // No answer is none to be kept.
  answer = () => json(status(500, "InternalError", "no"), 500);
  assert.deepEqual([await names(), await names(), lists()], [undefined, undefined, 11]);
  await reader.close();
  client.close();
});

Deno.test("a watch on one object that nobody asks for any more is ended, and begun anew for whoever does", async () => {
  const clock = new FakeClock();
  await using server = serveHttp((request) =>
    new URL(request.url).pathname === "/api/v1" ? json(DISCOVERY) : json(status(403, "Forbidden", "no"), 403)
  );
  const client = new KubeClient(server.connection, { clock });
  const reader = new WatchingReader({ client, clock, discovery: new Discovery(client, clock) }, { onEvent: () => {} });
  const ask = (more: object) => reader.list({ group: "", version: "v1", kind: "Secret", ...more }, NEVER);
  const match = (name: string) => ({ namespace: "mgmt", name });
  await ask({});
  for (let i = 0; i < 20; i++) await ask(match(`m${i}`));
  assert.equal(reader.watches().length, 21);
  clock.advance(20 * 60_000);
  await ask(match("m0"));
  assert.equal(reader.watches().length, 21);
  clock.advance(20 * 60_000);
  await ask(match("m1"));
  // What selects is kept, since nobody says whether it is needed, and so is what was asked for lately.
  assert.equal(reader.watches().length, 3);
  assert.equal((await ask(match("m2"))).unknown?.reason, "Forbidden");
  assert.equal(reader.watches().length, 4);
  await reader.close();
  client.close();
});

Deno.test("what selects is watched for as long as somebody needs it, however quiet it is, and no longer", async () => {
  const clock = new FakeClock();
  await using server = serveHttp((request) => {
    const { pathname, searchParams } = new URL(request.url);
    const isForbidden = searchParams.get("labelSelector") === "env=forbidden";
    if (pathname === "/api/v1") return json(DISCOVERY);
    if (searchParams.has("sendInitialEvents")) return NO_STREAMS();
    if (isForbidden || searchParams.has("watch")) return json(status(403, "Forbidden", "no"), 403);
    return json(secretList(["a"], "10"));
  });
  const client = new KubeClient(server.connection, { clock });
  const needed = new Set(["env=prod", "env=old", "env=forbidden"]);
  const isNeeded = ({ labelSelector = "" }: ObjectQuery) => needed.has(labelSelector);
  const parts = { client, clock, discovery: new Discovery(client, clock) };
  const reader = new WatchingReader(parts, { onEvent: () => {}, isNeeded });
  const ask = (labelSelector: string) => reader.list({ ...LABELLED, labelSelector }, NEVER);
  const triggers = { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventTrigger" };
  /** As the loop does every ten minutes: it asks for the triggers, and for nothing else where all is quiet. */
  const quiet = async (days: number) => {
    for (let i = 0; i < days; i++) {
      clock.advance(24 * 60 * 60_000);
      await reader.list(triggers, NEVER);
    }
  };
  await reader.list(triggers, NEVER);
  for (const selector of needed) await ask(selector);
  await quiet(3);
  assert.equal(reader.watches().length, 4, "three days without a question");
  needed.delete("env=old");
  await ask("env=old");
  clock.advance(29 * 60_000);
  needed.delete("env=forbidden");
  await reader.list(triggers, NEVER);
  assert.equal(reader.watches().length, 3, "the forbidden one was not asked for in days, the old one lately");
  await quiet(1);
  const kinds = reader.watches().map(({ kind }) => kind);
  assert.deepEqual(kinds, ["EventTrigger.lib.projectsveltos.io", "Secret"]);
  // Whoever needs it again asks, and has an answer of that moment.
  assert.equal((await ask("env=forbidden")).unknown?.reason, "Forbidden");
  assert.equal(reader.watches().length, 3);
  await reader.close();
  client.close();
});

Deno.test("of a Cluster that is gone it is known whether it was paused when a watch saw it last", async () => {
  const clock = new FakeClock();
  const cluster = (name: string, resourceVersion: string, paused: boolean) => ({
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "Cluster",
    metadata: { namespace: "mgmt", name, uid: name, resourceVersion },
    spec: { paused },
  });
  let watch: ReadableStreamDefaultController<Uint8Array> | undefined;
  const verbs = ["get", "list", "watch"];
  await using server = serveHttp(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === "/apis/cluster.x-k8s.io/v1beta1") {
      return json({ resources: [{ name: "clusters", kind: "Cluster", namespaced: true, verbs }] });
    }
    if (pathname.includes("customresourcedefinitions")) {
      return definition("clusters.cluster.x-k8s.io");
    }
    if (searchParams.get("sendInitialEvents")) return json(status(422, "Invalid", "no such list"), 422);
    if (searchParams.get("watch") === "true") {
      const body = new ReadableStream({ start: (controller) => void (watch = controller) });
      return new Response(body, { headers: { "content-type": "application/json" } });
    }
    const items = ["moved", "deleted", "back"].map((name) => cluster(name, "1", false));
    return json({ kind: "ClusterList", metadata: { resourceVersion: "1" }, items });
  });
  const client = new KubeClient(server.connection, { clock });
  let events = 0;
  const reader = new WatchingReader(
    { client, clock, discovery: new Discovery(client, clock) },
    { onEvent: () => void events++ },
  );
  const query = { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster", namespace: "mgmt" };
  const listed = await reader.list(query, NEVER);
  assert.equal(listed.objects?.length, 3, listed.unknown?.message);
  const send = (type: string, object: unknown) =>
    watch!.enqueue(new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`));
  await eventually(() => assert.ok(watch));
  events = 0;
  send("MODIFIED", cluster("moved", "2", true));
  send("DELETED", cluster("moved", "3", true));
  send("DELETED", cluster("deleted", "4", false));
  send("DELETED", cluster("back", "5", true));
  send("ADDED", cluster("back", "6", false));
  await eventually(() => assert.equal(events, 5));
  assert.deepEqual(
    ["moved", "deleted", "back", "never"].map((name) => reader.endedPaused({ ...query, name })),
    [true, false, false, false],
  );
  watch!.close();
  await reader.close();
  client.close();
});

Deno.test("of an EventTrigger that is gone it is known what it said of its outputs when a watch saw it last", async () => {
  const clock = new FakeClock();
  const trigger = (name: string, resourceVersion: string, stopMatchingBehavior?: string) => ({
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "EventTrigger",
    metadata: { name, uid: name, resourceVersion },
    spec: { eventSourceName: "s", ...(stopMatchingBehavior ? { stopMatchingBehavior } : {}) },
  });
  let watch: ReadableStreamDefaultController<Uint8Array> | undefined;
  await using server = serveHttp(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === "/apis/lib.projectsveltos.io/v1beta1") {
      const verbs = ["get", "list", "watch"];
      return json({ resources: [{ name: "eventtriggers", kind: "EventTrigger", namespaced: false, verbs }] });
    }
    if (pathname.includes("customresourcedefinitions")) {
      return definition("eventtriggers.lib.projectsveltos.io");
    }
    if (searchParams.get("sendInitialEvents")) return json(status(422, "Invalid", "no such list"), 422);
    if (searchParams.get("watch") === "true") {
      const body = new ReadableStream({ start: (controller) => void (watch = controller) });
      return new Response(body, { headers: { "content-type": "application/json" } });
    }
    const items = ["left", "silent", "odd", "back"].map((name) => trigger(name, "1"));
    return json({ kind: "EventTriggerList", metadata: { resourceVersion: "1" }, items });
  });
  const client = new KubeClient(server.connection, { clock });
  let events = 0;
  const reader = new WatchingReader(
    { client, clock, discovery: new Discovery(client, clock) },
    { onEvent: () => void events++ },
  );
  const query = { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventTrigger" };
  const listed = await reader.list(query, NEVER);
  assert.equal(listed.objects?.length, 4, listed.unknown?.message);
  const send = (type: string, object: unknown) =>
    watch!.enqueue(new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`));
  await eventually(() => assert.ok(watch));
  events = 0;
  send("MODIFIED", trigger("left", "2", "LeavePolicies"));
  send("DELETED", trigger("left", "3", "LeavePolicies"));
  send("DELETED", trigger("silent", "4"));
  send("DELETED", trigger("odd", "5", "NobodyKnows"));
  send("DELETED", trigger("back", "6", "LeavePolicies"));
  send("ADDED", trigger("back", "7"));
  await eventually(() => assert.equal(events, 6));
  assert.deepEqual(
    ["left", "silent", "odd", "back", "never"].map((name) => reader.lastOnStop({ ...query, name })),
    ["leave", "withdraw", false, false, false],
  );
  watch!.close();
  await reader.close();
  client.close();
});

Deno.test("an answer from what is kept stands until the history that it is of is lost", async () => {
  const clock = new FakeClock();
  let version = "100";
  let goBack = () => {};
  await using server = serveHttp((request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/v1") return json(DISCOVERY);
    if (searchParams.has("sendInitialEvents")) return NO_STREAMS();
    if (!searchParams.has("watch")) return json(secretList(["a"], version));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const event = { type: "BOOKMARK", object: { metadata: { resourceVersion: "55" } } };
        goBack = () => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection, { clock });
  const told: string[] = [];
  const hooks = { onEvent: () => {}, onWatchState: (message: string) => void told.push(message) };
  const reader = new WatchingReader({ client, clock, discovery: new Discovery(client, clock) }, hooks);
  const before = await reader.list(LABELLED, NEVER);
  const again = await reader.list(LABELLED, NEVER);
  assert.ok(before.objects && again.objects && before.stands === again.stands && before.stands!());
  version = "60";
  await clock.untilSleeping((ms) => ms === 90_000);
  goBack();
  await eventually(() => assert.equal(before.stands!(), false));
  await clock.untilSleeping((ms) => ms < 30_000 && ms !== 1_000);
  clock.advance(5_000);
  await eventually(async () => {
    const after = await reader.list(LABELLED, NEVER);
    assert.ok(after.objects && after.stands!());
  });
  assert.equal(before.stands!(), false, "also once there is a new list");
  assert.equal(told.filter((message) => /storage was put back to an older state, .*100 to 55/.test(message)).length, 1);
  await reader.close();
  client.close();
});

/** The definition of a kind, as it stands. */
function definition(name: string): Response {
  const conditions = [{ type: "Established", status: "True" }];
  const metadata = { name, uid: "crd", resourceVersion: "1" };
  const apiVersion = "apiextensions.k8s.io/v1";
  return json({ apiVersion, kind: "CustomResourceDefinition", metadata, status: { conditions } });
}

const SVELTOS = "lib.projectsveltos.io";
const registered = (kind: string, namespace: string, name: string) => ({
  apiVersion: "x/v1beta1",
  kind,
  metadata: { namespace, name, uid: `${namespace}/${name}`, resourceVersion: "5" },
});

// What is kept for a question, and what it asks of that. The group's kind, the namespaces in which there is one called `a`.
const NAMESPACED: readonly [string, ObjectQuery, readonly string[]][] = [
  [
    "one in its namespace",
    { group: SVELTOS, version: "v1beta1", kind: "SveltosCluster", namespace: "mgmt", name: "a" },
    [
      "mgmt/a",
    ],
  ],
  ["all of a namespace", { group: SVELTOS, version: "v1beta1", kind: "SveltosCluster", namespace: "mgmt" }, [
    "mgmt/a",
    "mgmt/b",
  ]],
  ["all", { group: SVELTOS, version: "v1beta1", kind: "SveltosCluster" }, ["dev/a", "mgmt/a", "mgmt/b"]],
  ["another group's", { group: "argoproj.io", version: "v1beta1", kind: "EventSource", namespace: "mgmt", name: "a" }, [
    "mgmt/a",
  ]],
];

for (const [name, query, expected] of NAMESPACED) {
  Deno.test(`what is asked for in one namespace comes of that namespace alone: ${name}`, async () => {
    const { kind, group } = query;
    const all = [registered(kind, "dev", "a"), registered(kind, "mgmt", "a"), registered(kind, "mgmt", "b")];
    await using server = serveHttp((request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === `/apis/${group}/v1beta1`) {
        const verbs = ["get", "list", "watch", "create", "patch", "delete"];
        const resources = [{ name: "things", kind, namespaced: true, verbs }];
        return json({ kind: "APIResourceList", apiVersion: "v1", groupVersion: `${group}/v1beta1`, resources });
      }
      if (pathname.includes("customresourcedefinitions")) {
        return json({ apiVersion: "v1", kind: "CustomResourceDefinition", metadata: { name: "x", uid: "u" } });
      }
      if (searchParams.has("sendInitialEvents")) return NO_STREAMS();
      if (searchParams.has("watch")) return new Response(new ReadableStream());
      // As an API server selects.
      const namespace = /namespaces\/([^/]+)\/things/.exec(pathname)?.[1];
      const named = /metadata.name=(.*)/.exec(searchParams.get("fieldSelector") ?? "")?.[1] ??
        /things\/(.+)/.exec(pathname)?.[1];
      const items = all.filter(({ metadata }) =>
        (!namespace || metadata.namespace === namespace) && (!named || metadata.name === named)
      );
      if (pathname.endsWith(`/things/${named}`)) return json(items[0]);
      return json({ kind: `${kind}List`, apiVersion: `${group}/v1beta1`, metadata: { resourceVersion: "10" }, items });
    });
    const client = new KubeClient(server.connection);
    const reader = new WatchingReader({ client, clock: systemClock, discovery: new Discovery(client, systemClock) }, {
      onEvent: () => {},
    });
    try {
      // From what is kept, and anew.
      for (const fresh of [false, true]) {
        const { objects, unknown } = await reader.list(query, NEVER, { fresh });
        assert.equal(unknown, undefined);
        assert.deepEqual(objects.map(({ metadata }) => metadata.uid), expected, `fresh: ${fresh}`);
      }
    } finally {
      await reader.close();
      client.close();
    }
  });
}

const CLUSTERS: ObjectQuery = { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" };
const cluster = (resourceVersion: string, labels: Record<string, string> = {}) => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "mgmt", name: "c1", uid: "c1", resourceVersion, labels },
});

// What the two watches are told, one of which selects by the label, and whether that was an end.
const ENDS: readonly [string, readonly (readonly [string, string, ReturnType<typeof cluster>])[], boolean][] = [
  [
    "its label is taken off",
    [["env=prod", "DELETED", cluster("2", { env: "prod" })], ["", "MODIFIED", cluster("2")]],
    false,
  ],
  ["the same, told the other way round", [["", "MODIFIED", cluster("2")], [
    "env=prod",
    "DELETED",
    cluster("2", { env: "prod" }),
  ]], false],
  ["it goes", [["env=prod", "DELETED", cluster("2")], ["", "DELETED", cluster("2")]], true],
  ["it goes, and the other watch has not told yet", [["env=prod", "DELETED", cluster("2")]], true],
  ["it loses its label, and goes", [
    ["", "MODIFIED", cluster("2")],
    ["env=prod", "DELETED", cluster("2", { env: "prod" })],
    ["", "DELETED", cluster("3")],
  ], true],
];

for (const [name, events, isEnd] of ENDS) {
  Deno.test(`an object is known to be deleted by what all watches have told of it: ${name}`, async () => {
    const watches = new Map<string, ReadableStreamDefaultController<Uint8Array>>();
    await using server = serveHttp((request) => {
      const { pathname, searchParams } = new URL(request.url);
      const selector = searchParams.get("labelSelector") ?? "";
      if (pathname === "/apis/cluster.x-k8s.io/v1beta1") {
        const resources = [{
          name: "clusters",
          kind: "Cluster",
          namespaced: true,
          verbs: ["get", "list", "watch", "create"],
        }];
        return json({ kind: "APIResourceList", apiVersion: "v1", groupVersion: "cluster.x-k8s.io/v1beta1", resources });
      }
      if (pathname.includes("customresourcedefinitions")) {
        return json({ apiVersion: "v1", kind: "CustomResourceDefinition", metadata: { name: "x", uid: "u" } });
      }
      if (searchParams.has("sendInitialEvents")) return NO_STREAMS();
      if (searchParams.has("watch")) {
        const body = new ReadableStream({ start: (controller) => void watches.set(selector, controller) });
        return new Response(body, { headers: { "content-type": "application/json" } });
      }
      const items = [cluster("1", { env: "prod" })];
      return json({ kind: "ClusterList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items });
    });
    const client = new KubeClient(server.connection);
    let told = 0;
    const reader = new WatchingReader({ client, clock: systemClock, discovery: new Discovery(client, systemClock) }, {
      onEvent: ({ object }) => void (told += object?.metadata.resourceVersion === "1" ? 0 : 1),
    });
    try {
      await reader.list(CLUSTERS, NEVER);
      await reader.list({ ...CLUSTERS, labelSelector: "env=prod" }, NEVER);
      await eventually(() => assert.equal(watches.size, 2));
      for (const [index, [selector, type, object]] of events.entries()) {
        watches.get(selector)!.enqueue(new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`));
        // Where both are told at once, what takes longer comes last; else one after the other.
        if (name !== "its label is taken off") await eventually(() => assert.ok(told > index));
      }
      await eventually(() => assert.ok(told >= events.length));
      assert.equal(reader.sawDeletion({ ...CLUSTERS, namespace: "mgmt", name: "c1" }), isEnd);
    } finally {
      await reader.close();
      client.close();
    }
  });
}
Deno.test("what can't be a part of a path is a bad question, and no watch is begun for it", async () => {
  await using server = serveHttp((request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/v1") return json(DISCOVERY);
    if (searchParams.has("sendInitialEvents")) return NO_STREAMS();
    return searchParams.has("watch") ? new Response(new ReadableStream()) : json(secretList(["a"], "10"));
  });
  const client = new KubeClient(server.connection);
  const parts = { client, clock: systemClock, discovery: new Discovery(client, systemClock) };
  const reader = new WatchingReader(parts, { onEvent: () => {} });
  try {
    for (const bad of [".", "..", "\ud800"]) {
      for (const at of [{ namespace: bad }, { namespace: bad, name: "a" }, { namespace: "mgmt", name: bad }]) {
        const query = { group: "", version: "v1", kind: "Secret", ...at };
        for (const options of [{}, { fresh: true }, { once: true }, { fresh: true, recent: true }]) {
          for (const asked of [reader, new KubeReader(parts)]) {
            const { unknown } = await asked.list(query, NEVER, options);
            assert.equal(unknown?.reason, "BadRequest", JSON.stringify({ at, options }));
            assert.match(unknown.message, /^(namespace|name) ".*" of Secret: can't be a part of an API path$/);
          }
        }
      }
    }
    assert.deepEqual([reader.watches().length, server.requests.length], [0, 0]);
  } finally {
    await reader.close();
    client.close();
  }
});
