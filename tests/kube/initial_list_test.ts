import assert from "node:assert/strict";
import { fails, list, Rig } from "./reflector_rig.ts";

const NEVER = new AbortController().signal;

/** On it, nothing but the stream answers. */
function streaming(lists = [list(["listed"], "90")]): Rig {
  const rig = new Rig(lists);
  rig.streams = true;
  return rig;
}

Deno.test("streamed list: known at the bookmark that ends it and not before, and the stream goes on as the watch", async () => {
  await using rig = streaming();
  const feed = await rig.watch();
  assert.equal(feed.search.get("resourceVersionMatch"), "NotOlderThan");
  assert.equal(feed.search.get("allowWatchBookmarks"), "true");
  // Neither an old version nor none at all: what the server's storage has now.
  assert.equal(feed.search.get("resourceVersion"), null);
  feed.send("ADDED", "b", "30");
  feed.send("ADDED", "a", "12");
  feed.send("ADDED", "gone", "13");
  feed.send("MODIFIED", "a", "31");
  feed.send("DELETED", "gone", "32");
  const before = { changes: rig.changes.length, unknown: rig.reflector.state.unknown?.reason };
  assert.deepEqual(before, { changes: 0, unknown: "NotSynced" });
  feed.sendListEnd("40");
  await rig.reflector.waitForSync(NEVER);
  assert.deepEqual(rig.changes, ["list added a", "list added b"]);
  assert.equal(rig.reflector.state.resourceVersion, "40");
  feed.send("DELETED", "b", "41");
  await rig.until(() => rig.changes.length === 3);
  assert.equal(rig.changes[2], "watch deleted b (was known)");
  assert.deepEqual(rig.asked, ["stream"]);
  assert.deepEqual(rig.reflector.counts, { lists: 1, watches: 1, misses: 0 });
  rig.clock.advance(5_000);
  feed.end();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "41");
  assert.deepEqual(rig.asked, ["stream", "watch"]);
});

Deno.test("streamed list: one that ends too early is thrown away, and read page by page; the next one is streamed again", async () => {
  await using rig = streaming();
  const feed = await rig.watch();
  feed.send("ADDED", "streamed", "12");
  feed.end();
  await rig.reflector.waitForSync(NEVER);
  assert.deepEqual(rig.names(), ["listed"]);
  assert.equal((await rig.watch()).search.get("resourceVersion"), "90");
  assert.deepEqual(rig.asked, ["stream", "list", "watch"]);
});

const unusable = [
  { name: "410 within it", answer: () => errorEvent(410), then: ["stream", "list", "watch", "stream"] },
  { name: "403", answer: fails(403, "Forbidden"), then: ["stream", "list", "watch", "stream"] },
  { name: "400", answer: fails(400, "BadRequest"), then: ["stream", "list", "watch", "list"] },
  { name: "422", answer: fails(422, "Invalid"), then: ["stream", "list", "watch", "list"] },
];

for (const { name, answer, then } of unusable) {
  const next = then[3] === "list" ? "and never streamed again" : "and streamed the next time";
  Deno.test(`streamed list: ${name} makes it a list read page by page, ${next}`, async () => {
    await using rig = streaming([list(["a"], "10"), list(["a"], "20")]);
    rig.failures = [answer];
    const watch = await rig.watch();
    assert.deepEqual(rig.names(), ["a"]);
    // A new list is needed.
    watch.sendRaw(`${JSON.stringify({ type: "ERROR", object: { code: 410, reason: "Expired" } })}\n`);
    await rig.passBackoff();
    await rig.watch();
    assert.deepEqual(rig.asked.slice(0, 4), then);
  });
}

Deno.test("streamed list: a bookmark that ends nothing shows a server that does not know what it was asked for", async () => {
  await using rig = streaming();
  const feed = await rig.watch();
  feed.send("ADDED", "streamed", "12");
  feed.send("BOOKMARK", "", "50");
  await rig.reflector.waitForSync(NEVER);
  assert.deepEqual(rig.names(), ["listed"]);
  const watch = await rig.watch();
  watch.sendRaw(`${JSON.stringify({ type: "ERROR", object: { code: 410, reason: "Expired" } })}\n`);
  await rig.passBackoff();
  await rig.watch();
  assert.deepEqual(rig.asked, ["stream", "list", "watch", "list", "watch"]);
});

Deno.test("streamed list: half a minute of silence without an end shows the same", async () => {
  await using rig = streaming();
  await rig.watch();
  rig.clock.advance(30_000);
  await rig.reflector.waitForSync(NEVER);
  assert.deepEqual(rig.names(), ["listed"]);
  assert.deepEqual(rig.asked.slice(0, 2), ["stream", "list"]);
});

Deno.test("streamed list: a busy server is waited for as it says, and not asked for a list instead", async () => {
  await using rig = streaming();
  rig.failures = [fails(429, "TooManyRequests")];
  await rig.passBackoff();
  await rig.watch();
  assert.deepEqual(rig.asked, ["stream", "stream"]);
});

function errorEvent(code: number): Response {
  const event = { type: "ERROR", object: { kind: "Status", code, reason: "Expired" } };
  return new Response(`${JSON.stringify(event)}\n`, { headers: { "content-type": "application/json" } });
}
