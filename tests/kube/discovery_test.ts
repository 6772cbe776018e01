/** How often discovery asks, and when it must. */
import assert from "node:assert/strict";
import { untilAborted } from "../../src/kube/clock.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { ApiError, ConnectionError } from "../../src/kube/errors.ts";
import type { ResourceType } from "../../src/kube/resource.ts";
import { FakeClock } from "./fake_clock.ts";

const signal = new AbortController().signal;
const named = (kind: string) => ({ group: "g.example", version: "v1", kind });

/** A server that serves kinds A and B, and lets nobody read definitions. */
function server() {
  const asked: string[] = [];
  const state = {
    verbs: ["create", "delete", "get", "list", "patch", "watch"],
    isAway: false,
    until: Promise.resolve(),
  };
  const client = {
    async getPath(path: string, signal: AbortSignal) {
      asked.push(path);
      await untilAborted(state.until, signal);
      if (state.isAway) throw new ConnectionError("lost", "it is away", "host", true);
      const resource = (kind: string) => ({ name: kind.toLowerCase(), kind, namespaced: true, verbs: state.verbs });
      return { resources: [resource("A"), resource("B")], versions: [{ version: "v1" }] };
    },
    get() {
      const about = { verb: "get", resource: "x", causes: [], kindNotServed: false } as const;
      return Promise.reject(new ApiError({ ...about, status: 403, reason: "Forbidden", message: "" }));
    },
  } as unknown as KubeClient;
  const clock = new FakeClock();
  return { discovery: new Discovery(client, clock), clock, asked, state };
}

Deno.test("kinds of one group that are asked for within a second take one question, and a later one another", async () => {
  const { discovery, clock, asked } = server();
  for (const kind of ["A", "B", "A"]) {
    assert.equal((await discovery.resolve(named(kind), signal, true)).state, "served");
  }
  assert.equal((await discovery.resolve(named("C"), signal)).state, "not served");
  assert.equal((await discovery.resolve(named("C"), signal)).state, "not served");
  assert.deepEqual(asked, ["/apis/g.example/v1", "/apis/g.example"]);
  clock.advance(1_000);
  await discovery.resolve(named("A"), signal, true);
  assert.equal(asked.length, 3);
});

Deno.test("whether a kind stands is asked anew, however recent the last answer is", async () => {
  const { discovery, asked, state } = server();
  const answer = await discovery.resolve(named("A"), signal);
  const { type } = answer as { type: ResourceType };
  assert.equal((await discovery.standingOf(type, signal)).state, "served");
  // What the API server says of a kind whose definition is being deleted.
  state.verbs = ["delete", "get", "list", "watch"];
  assert.equal((await discovery.standingOf(type, signal)).state, "terminating");
  assert.equal(asked.length, 3);
});

Deno.test("what is on its way is not asked for a second time, and its failure is that of all who asked", async () => {
  const { discovery, asked, state } = server();
  const all = () => Promise.all(["A", "B", "A"].map((kind) => discovery.resolve(named(kind), signal, true)));
  assert.deepEqual((await all()).map((answer) => answer.state), ["served", "served", "served"]);
  assert.equal(asked.length, 1);
  const broken = server();
  broken.state.isAway = true;
  const answers = await Promise.all(["A", "B"].map((kind) => broken.discovery.resolve(named(kind), signal, true)));
  assert.deepEqual([...answers.map((answer) => answer.state), broken.asked.length], ["unknown", "unknown", 1]);
  broken.state.isAway = false;
  assert.equal((await broken.discovery.resolve(named("A"), signal)).state, "served", "a failure is not kept");
  assert.equal(state.isAway, false);
});

Deno.test("who asked first and stops does not stop those who wait for the same answer", async () => {
  const { discovery, asked, state } = server();
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.until = promise;
  const first = discovery.resolve(named("A"), stop.signal, true);
  const second = discovery.resolve(named("B"), signal, true);
  stop.abort(new DOMException("enough", "AbortError"));
  await assert.rejects(first, /enough/);
  resolve();
  assert.equal((await second).state, "served");
  assert.equal(asked.length, 2, "it asks for itself");
});

Deno.test("who waits for somebody else's question and stops need not wait for its answer", async () => {
  const { discovery, state } = server();
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.until = promise;
  const first = discovery.resolve(named("A"), signal, true);
  const second = discovery.resolve(named("B"), stop.signal, true);
  stop.abort(new DOMException("enough", "AbortError"));
  await assert.rejects(second, /enough/);
  resolve();
  assert.equal((await first).state, "served");
});
