/** How often discovery asks, and when it must. */
import assert from "node:assert/strict";
import type { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { ApiError } from "../../src/kube/errors.ts";
import type { ResourceType } from "../../src/kube/resource.ts";
import { FakeClock } from "./fake_clock.ts";

const signal = new AbortController().signal;
const named = (kind: string) => ({ group: "g.example", version: "v1", kind });

/** A server that serves kinds A and B, and lets nobody read definitions. */
function server() {
  const asked: string[] = [];
  const state = { verbs: ["create", "delete", "get", "list", "patch", "watch"] };
  const client = {
    getPath(path: string) {
      asked.push(path);
      const resource = (kind: string) => ({ name: kind.toLowerCase(), kind, namespaced: true, verbs: state.verbs });
      return Promise.resolve({ resources: [resource("A"), resource("B")], versions: [{ version: "v1" }] });
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
