import assert from "node:assert/strict";
import { nameOf } from "../../src/api/object.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { WatchingReader } from "../../src/kube/reader.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, secretList, serveHttp, status } from "./protocol_server.ts";
import { DISCOVERY } from "./reflector_rig.ts";

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
  // What selects is kept, and so is what was asked for lately.
  assert.equal(reader.watches().length, 3);
  assert.equal((await ask(match("m2"))).unknown?.reason, "Forbidden");
  assert.equal(reader.watches().length, 4);
  await reader.close();
  client.close();
});
