import assert from "node:assert/strict";
import { nameOf } from "../../src/api/object.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { Reflector } from "../../src/kube/reflector.ts";
import { type ReflectorQuery, stands } from "../../src/kube/reflector_state.ts";
import { reflectorKey, ReflectorPool } from "../../src/kube/reflector_pool.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, secretList, serveHttp, status } from "./protocol_server.ts";
import { DISCOVERY, fails, type Feed, list, NO_STREAMS, Rig, SECRETS, VERBS } from "./reflector_rig.ts";

const NEVER = new AbortController().signal;

Deno.test("reflector: lists, then watches from the list's resourceVersion", async () => {
  await using rig = new Rig([list(["b", "a"], "10")]);
  assert.equal(rig.reflector.state.unknown?.reason, "NotSynced");
  await rig.reflector.waitForSync(NEVER);
  assert.deepEqual(rig.names(), ["a", "b"]);
  assert.deepEqual(rig.changes, ["list added a", "list added b"]);
  const feed = await rig.watch();
  assert.deepEqual(rig.requests, [
    "GET /api/v1",
    "GET /api/v1/secrets?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan" +
    "&timeoutSeconds=300",
    "GET /api/v1/secrets?limit=500",
    "GET /api/v1/secrets?watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300",
  ]);
  feed.send("ADDED", "c", "11");
  feed.send("MODIFIED", "a", "12");
  feed.send("DELETED", "b", "13");
  await rig.until(() => rig.changes.length === 5);
  assert.deepEqual(rig.changes.slice(2), [
    "watch added c",
    "watch modified a (was known)",
    "watch deleted b (was known)",
  ]);
  assert.deepEqual(rig.names(), ["a", "c"]);
});

Deno.test("reflector: a watch that ends goes on from the last event or bookmark, without a list", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const first = await rig.watch();
  first.send("ADDED", "b", "11");
  first.send("BOOKMARK", "", "20");
  await rig.until(() => rig.changes.length === 2);
  rig.clock.advance(5_000);
  first.end();
  const second = await rig.watch();
  assert.equal(second.search.get("resourceVersion"), "20");
  assert.equal(rig.listCount, 1);
  assert.equal(rig.reflector.state.unknown, undefined);
});

for (
  const [shape, failure] of [
    ["as a status", fails(410, "Expired")],
    [
      "within a watch",
      () =>
        new Response(
          `${JSON.stringify({ type: "ERROR", object: status(410, "Expired", "too old resource version") })}\n`,
          {
            headers: { "content-type": "application/json" },
          },
        ),
    ],
  ] as const
) {
  Deno.test(`reflector: 410 ${shape} makes it list again and find what it missed`, async () => {
    await using rig = new Rig([list(["a", "b"], "10"), list(["a", "c"], "30")]);
    rig.failures = [failure];
    await rig.passBackoff();
    const feed = await rig.watch();
    assert.equal(feed.search.get("resourceVersion"), "30");
    assert.deepEqual(
      rig.changes.slice(2),
      ["list deleted b (was known)", "list added c"],
    );
    assert.equal(rig.reflector.state.unknown, undefined);
  });
}

const unknowns = [
  { name: "403", answer: fails(403, "Forbidden"), want: "Forbidden" },
  { name: "404", answer: fails(404, "NotFound"), want: "KindNotServed" },
  { name: "500", answer: fails(500, "InternalError"), want: "Unreachable" },
  { name: "401", answer: fails(401, "Unauthorized"), want: "Unreachable" },
  { name: "400", answer: fails(400, "BadRequest"), want: "BadRequest" },
];

for (const { name, answer, want } of unknowns) {
  Deno.test(`reflector: ${name} to a list makes the content unknown, not empty, and it recovers`, async () => {
    await using rig = new Rig([list(["a"], "10"), answer, list(["a"], "20")]);
    rig.failures = [fails(410, "Expired")];
    await rig.passBackoff();
    await rig.until(() => rig.reflector.state.unknown !== undefined);
    assert.equal(rig.reflector.state.unknown?.reason, want);
    assert.deepEqual(rig.names(), ["a"]);
    await rig.passBackoff();
    await rig.watch();
    assert.equal(rig.reflector.state.unknown, undefined);
    assert.deepEqual(rig.changes, ["list added a"]);
  });
}

Deno.test("reflector: 403 to a watch makes the content unknown until a watch has been open for a moment", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  rig.failures = [fails(403, "Forbidden")];
  await rig.until(() => rig.reflector.state.unknown?.reason === "Forbidden");
  assert.match(rig.reflector.state.unknown!.message, /cannot watch secrets: forbidden \(403\)/);
  await rig.passBackoff();
  await rig.watch();
  await rig.clock.untilSleeping((ms) => ms === 1_000);
  assert.equal(rig.reflector.state.unknown?.reason, "Forbidden");
  rig.clock.advance(1_000);
  await rig.until(() => rig.reflector.state.unknown === undefined);
  assert.equal(rig.listCount, 1);
});

Deno.test("reflector: 429 to a watch waits as long as the server says, and doesn't list again", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  rig.failures = [() => json(status(429, "TooManyRequests", "slow"), 429, { "retry-after": "17" })];
  await rig.clock.untilSleeping((ms) => ms === 17_000);
  assert.equal(rig.reflector.state.unknown, undefined);
  rig.clock.advance(17_000);
  const feed = await rig.watch();
  assert.equal(feed.search.get("resourceVersion"), "10");
  assert.equal(rig.listCount, 1);
});

Deno.test("reflector: watches that end at once are failures with a growing wait, and no list", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const empty = () => new Response("", { headers: { "content-type": "application/json" } });
  rig.failures = [empty, empty, empty];
  for (const wait of [400, 800, 1600]) {
    await rig.clock.untilSleeping((ms) => ms === wait);
    rig.clock.advance(wait);
  }
  await rig.watch();
  assert.equal(rig.listCount, 1);
});

for (
  const { name, lived, events, wait } of [
    { name: "a second, without an event", lived: 1_000, events: 0, wait: 1_000 },
    { name: "a second, with one", lived: 1_000, events: 1, wait: 1_000 },
    { name: "no time, with one", lived: 0, events: 1, wait: 2_000 },
  ]
) {
  Deno.test(`reflector: the next watch comes two seconds after one that lived ${name}; the content stays known`, async () => {
    await using rig = new Rig([list(["a"], "10")]);
    const feed = await rig.watch();
    for (let i = 0; i < events; i++) feed.send("MODIFIED", "a", "11");
    rig.clock.advance(lived);
    feed.end();
    await rig.clock.untilSleeping((ms) => ms === wait);
    assert.equal(rig.reflector.state.unknown, undefined);
    rig.clock.advance(wait);
    assert.equal((await rig.watch()).search.get("resourceVersion"), events > 0 ? "11" : "10");
    assert.equal(rig.listCount, 1);
  });
}

Deno.test("reflector: what is lost again and again waits longer, what was open for a while does not", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  for (const [open, wait] of [[0, 400], [0, 800], [0, 1600], [10_000, 50], [0, 400], [0, 800]] as const) {
    const feed = await rig.watch();
    rig.clock.advance(open);
    breakOff(feed);
    await rig.clock.untilSleeping((ms) => ms === wait);
    rig.clock.advance(wait);
  }
  await rig.watch();
});

Deno.test("reflector: a server that fails is waited for 5 s at most, one that forbids up to 30 s", async () => {
  for (const [code, reason, most] of [[500, "InternalError", 2_500], [403, "Forbidden", 15_000]] as const) {
    await using rig = new Rig([fails(code, reason)]);
    // The clock's chance takes half of each wait off.
    for (const wait of [400, 800, 1_600, 3_200, 6_400, 12_800, 15_000].map((whole) => Math.min(whole, most))) {
      await rig.clock.untilSleeping((ms) => ms === wait);
      rig.clock.advance(wait);
    }
  }
});

Deno.test("reflector: one silent watch is opened again; after two, only a list tells", async () => {
  await using rig = new Rig([list(["a"], "10"), list(["b"], "40")]);
  for (const from of ["10", "10"]) {
    const feed = await rig.watch();
    assert.equal(feed.search.get("resourceVersion"), from);
    await rig.clock.untilSleeping((ms) => ms === 90_000);
    rig.clock.advance(90_000);
    await rig.passBackoff();
  }
  const feed = await rig.watch();
  assert.equal(feed.search.get("resourceVersion"), "40");
  assert.deepEqual(rig.changes, ["list added a", "list deleted a (was known)", "list added b"]);
});

Deno.test("reflector: a resourceVersion that goes back is another world", async () => {
  await using rig = new Rig([list(["a", "b"], "100"), list(["a"], "50")]);
  const feed = await rig.watch();
  feed.send("ADDED", "c", "99");
  await rig.until(() => rig.reflector.state.unknown !== undefined);
  assert.deepEqual(rig.names(), ["a", "b"]);
  await rig.passBackoff();
  await rig.until(() => rig.reflector.state.unknown === undefined);
  assert.equal(rig.reflector.state.world, 1);
  assert.deepEqual(rig.changes.slice(2), ["list deleted b (was known)"]);
});

Deno.test("reflector: a server that was away is asked where its history is, and is not listed again", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const feed = await rig.watch();
  rig.failures = [fails(503, "ServiceUnavailable")];
  rig.clock.advance(2_000);
  feed.end();
  await rig.passBackoff();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "10");
  assert.deepEqual([rig.listCount, rig.glances, rig.reflector.state.world], [1, 1, 0]);
});

Deno.test("reflector: storage that was put back while the server was away is found out at its return", async () => {
  await using rig = new Rig([list(["a", "b"], "100"), list([], "60"), list(["a"], "60")]);
  const feed = await rig.watch();
  rig.failures = [fails(503, "ServiceUnavailable")];
  rig.clock.advance(2_000);
  feed.end();
  await rig.passBackoff();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "60");
  assert.equal(rig.reflector.state.world, 1);
  assert.deepEqual(rig.changes.slice(2), ["list deleted b (was known)"]);
  assert.match(rig.states.map(({ unknown }) => unknown?.message ?? "").join("\n"), /storage was put back.*60.*100/);
});

/** Breaks the watch off as a server that is killed does. */
function breakOff(feed: Feed): void {
  feed.sendRaw("{");
  feed.end();
}

Deno.test("reflector: storage that was put back while the watch was lost and opened again is found out", async () => {
  await using rig = new Rig([list(["a", "b"], "100"), list([], "60"), list(["a"], "60")]);
  const feed = await rig.watch();
  const { world } = rig.reflector.state;
  assert.ok(stands(rig.reflector.state, world));
  breakOff(feed);
  await rig.clock.untilSleeping((ms) => ms < 30_000 && ms !== 1_000);
  assert.ok(!stands(rig.reflector.state, world), "nobody acts on it until it is known whose history it is");
  await rig.passBackoff();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "60");
  assert.deepEqual([rig.glances, rig.reflector.state.world], [1, 1]);
  const { state } = rig.reflector;
  assert.deepEqual([stands(state, world), stands(state, world + 1)], [false, true]);
});

Deno.test("reflector: a lost watch that is opened again in the same history stands as before, without a list", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const feed = await rig.watch();
  breakOff(feed);
  await rig.passBackoff();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "10");
  assert.deepEqual([rig.listCount, rig.glances], [1, 1]);
  assert.ok(stands(rig.reflector.state, 0));
});

Deno.test("reflector: a server that was away within a request, which was tried again, is asked where its history is", async () => {
  const busy = () => json(status(503, "ServiceUnavailable", "starting"), 503, { "retry-after": "2" });
  // The first list is the last word of a server whose storage is put back before the watch is opened.
  await using rig = new Rig([busy, list(["a", "lost"], "100"), list([], "60"), list(["a"], "60")]);
  await rig.passBackoff();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "60");
  assert.deepEqual(rig.names(), ["a"]);
  assert.deepEqual([rig.glances, rig.reflector.state.world], [1, 1]);
});

Deno.test("reflector: after ten minutes it lists again, and counts what the watch should have told", async () => {
  // `b` was written at 2, `late` after all that the watch has told of.
  const late = { metadata: { namespace: "a", name: "late", uid: "uid-late", resourceVersion: "45" } };
  const listed = secretList(["a", "b"], "50") as { items: unknown[] };
  await using rig = new Rig([list(["a"], "10"), () => json({ ...listed, items: [...listed.items, late] })]);
  let feed = await rig.watch();
  for (let minute = 1; minute <= 10; minute++) {
    rig.clock.advance(60_000);
    feed.send("MODIFIED", "a", String(10 + minute));
    await rig.until(() => rig.changes.length === 1 + minute);
    if (minute === 5) {
      feed.end();
      feed = await rig.watch();
      assert.equal(feed.search.get("timeoutSeconds"), "300");
    }
  }
  feed.end();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "50");
  assert.equal(rig.listCount, 2);
  // `a` came with the list as it was at 1: an older one than the watch had told of.
  assert.deepEqual(rig.changes.slice(11), ["list modified a (was known)", "list added b", "list added late"]);
  assert.deepEqual(rig.reflector.counts, { lists: 2, watches: 3, misses: 2 });
});

for (const streams of [false, true]) {
  const name = streams ? "that began as a list" : "that went on from a list";
  Deno.test(`reflector: a watch ${name}, and that the server never ends, is ended after 30 s of grace, and goes on`, async () => {
    await using rig = new Rig([list(["a"], "10"), list(["a"], "50")]);
    rig.streams = streams;
    let feed = await rig.watch();
    if (streams) {
      feed.send("ADDED", "a", "9");
      feed.sendListEnd("10");
    }
    await rig.until(() => rig.reflector.state.unknown === undefined);
    let version = 10;
    /** An event each minute, so that the watch is never silent, and then the rest. */
    const pass = async (seconds: number) => {
      for (let left = seconds; left > 0; left -= 60) {
        if (left < 60) return rig.clock.advance(1000 * left);
        rig.clock.advance(60_000);
        feed.send("MODIFIED", "a", String(++version));
        await rig.until(() => rig.changes.length === version - 9);
      }
    };
    const states = rig.states.length;
    // The server was asked to end it after 300 s.
    await pass(300);
    rig.clock.advance(29_000);
    const watches = () => rig.asked.filter((asked) => asked !== "list").length, before = watches();
    // What is half told then is told by the next one.
    feed.sendRaw('{"type":"MODI');
    assert.equal(rig.reflector.counts.watches, 1);
    rig.clock.advance(1_000);
    await eventually(() => assert.equal(watches(), before + 1, "a watch that nobody has ended"));
    feed = await rig.watch();
    assert.deepEqual([feed.search.get("resourceVersion"), feed.search.get("timeoutSeconds")], ["15", "270"]);
    const counts = { lists: 1, watches: 2, misses: 0 };
    assert.deepEqual([rig.reflector.counts, rig.glances, rig.states.length - states], [counts, 0, 0]);
    // The next one ends when a list is due.
    await pass(270);
    rig.clock.advance(30_000);
    feed = await rig.watch();
    if (streams) feed.sendListEnd("50");
    await rig.until(() => rig.reflector.counts.lists === 2);
    assert.deepEqual([rig.glances, rig.reflector.state.unknown], [0, undefined]);
  });
}

Deno.test("reflector: the server is asked to end watches at different times, five to ten minutes away", async () => {
  await using rig = new Rig([list(["a"], "10")], SECRETS, Object.assign(new FakeClock(), { random: () => 0.999 }));
  assert.equal((await rig.watch()).search.get("timeoutSeconds"), "599");
});

Deno.test("reflector: half an object is not used", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const feed = await rig.watch();
  feed.sendRaw('{"type":"DELETED","object":{"metadata":{"namespace":"a","name":"a","resourceVersion":"11"}}}');
  feed.end();
  await rig.passBackoff();
  assert.equal((await rig.watch()).search.get("resourceVersion"), "10");
  assert.deepEqual(rig.names(), ["a"]);
});

Deno.test("reflector: one object that can't be held makes the content unknown until a list shows that it is gone", async () => {
  const deep = `{"metadata":{"namespace":"a","name":"deep","resourceVersion":"11"},"x":${"[".repeat(3_000)}${
    "]".repeat(3_000)
  }}`;
  const deepList = () =>
    new Response(`{"kind":"SecretList","metadata":{"resourceVersion":"12"},"items":[${deep}]}`, {
      headers: { "content-type": "application/json" },
    });
  await using rig = new Rig([list(["a"], "10"), deepList, list(["a"], "20")]);
  (await rig.watch()).sendRaw(`{"type":"MODIFIED","object":${deep}}\n`);
  for (const verb of ["watch", "list"]) {
    await rig.until(() => rig.reflector.state.unknown?.message.startsWith(`cannot ${verb} secrets: a/deep`) ?? false);
    assert.equal(rig.reflector.state.unknown?.reason, "Unreadable");
    assert.deepEqual(rig.names(), ["a"]);
    await rig.passBackoff();
  }
  assert.equal((await rig.watch()).search.get("resourceVersion"), "20");
  assert.equal(rig.reflector.state.unknown, undefined);
});

Deno.test("reflector: another object under the same name is a deletion that nobody saw, and an addition", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  (await rig.watch()).send("MODIFIED", "a", "12", "another-uid");
  await rig.until(() => rig.changes.length === 3);
  assert.deepEqual(rig.changes.slice(1), ["list deleted a (was known)", "watch added a"]);
});

Deno.test("reflector: a namespace for a cluster-scoped kind is refused by name", async () => {
  await using rig = new Rig([list([], "1")], { group: "", version: "v1", kind: "Node", namespace: "a" });
  rig.discovery = () => json({ resources: [{ name: "nodes", kind: "Node", namespaced: false, verbs: VERBS }] });
  await rig.until(() => rig.reflector.state.unknown?.reason === "BadRequest");
  assert.equal(rig.reflector.state.unknown!.message, 'Node is cluster-scoped; remove namespace "a"');
});

Deno.test("reflector: a kind that is not served says which one was meant", async () => {
  await using rig = new Rig([list([], "1")], { group: "", version: "v1", kind: "secrets" });
  await rig.until(() => rig.reflector.state.unknown?.reason === "KindNotServed");
  assert.equal(
    rig.reflector.state.unknown!.message,
    'the API server does not serve secrets/v1 (did you mean "Secret"?)',
  );
});

Deno.test("reflector: a listener that throws ends it with that error, and the content is unknown", async () => {
  const clock = new FakeClock();
  await using server = serveHttp((request) =>
    json(new URL(request.url).pathname === "/api/v1" ? DISCOVERY : secretList(["a"], "10"))
  );
  const client = new KubeClient(server.connection, { clock });
  const reflector = new Reflector(SECRETS, { client, clock, discovery: new Discovery(client, clock) });
  reflector.subscribe({
    changed: () => {
      throw new Error("a bug");
    },
  });
  await assert.rejects(reflector.run(NEVER), /a bug/);
  assert.match(reflector.state.unknown!.message, /error of the program/);
  client.close();
});

Deno.test("pool: equal queries share a reflector until the last one lets go", async () => {
  const clock = new FakeClock();
  let watching = () => {};
  const watched = new Promise<void>((resolve) => watching = resolve);
  await using server = serveHttp((request) => {
    const url = new URL(request.url);
    if (url.pathname === "/api/v1") return json(DISCOVERY);
    if (url.searchParams.has("sendInitialEvents")) return NO_STREAMS();
    if (!url.searchParams.has("watch")) return json(secretList(["a"], "10"));
    watching();
    return new Response(new ReadableStream(), { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection, { clock });
  const bugs: unknown[] = [];
  const parts = { client, clock, discovery: new Discovery(client, clock) };
  const pool = new ReflectorPool(parts, (error) => bugs.push(error));
  const one = pool.acquire(SECRETS), two = pool.acquire({ ...SECRETS, namespace: "" });
  assert.equal(one.reflector, two.reflector);
  assert.notEqual(reflectorKey(SECRETS), reflectorKey({ ...SECRETS, labelSelector: "a" }));
  await one.reflector.waitForSync(NEVER);
  await watched;
  one.release();
  one.release();
  assert.deepEqual(pool.reflectors, [two.reflector]);
  two.release();
  assert.deepEqual(pool.reflectors, []);
  const three = pool.acquire(SECRETS);
  assert.notEqual(three.reflector, one.reflector);
  await three.reflector.waitForSync(NEVER);
  await pool.stop();
  assert.deepEqual(bugs, []);
  client.close();
});

Deno.test("pool: storage that one finds put back is read anew by all, once, before anything of it is told", async () => {
  const clock = new FakeClock();
  const PODS: ReflectorQuery = { ...SECRETS, namespace: "n" };
  const queried = (path: string) => path.includes("/namespaces/n/") ? "n" : "all";
  const lists: Record<string, number> = { n: 0, all: 0 };
  let version = "100";
  const feeds = new Map<string, ReadableStreamDefaultController<Uint8Array>>();
  let opened = () => {};
  await using server = serveHttp((request) => {
    const url = new URL(request.url), who = queried(url.pathname);
    if (url.pathname === "/api/v1") return json(DISCOVERY);
    if (url.searchParams.has("sendInitialEvents")) return NO_STREAMS();
    if (!url.searchParams.has("watch")) {
      lists[who]!++;
      return json(secretList(version === "100" ? ["a", "b"] : ["a"], version));
    }
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        feeds.set(`${who} ${url.searchParams.get("resourceVersion")}`, controller);
        opened();
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  const untilOpen = async (...keys: string[]) => {
    while (!keys.every((key) => feeds.has(key))) await new Promise<void>((resolve) => opened = resolve);
  };
  const client = new KubeClient(server.connection, { clock });
  const bugs: unknown[] = [];
  const pool = new ReflectorPool({ client, clock, discovery: new Discovery(client, clock) }, (e) => bugs.push(e));
  const finder = pool.acquire(SECRETS).reflector, other = pool.acquire(PODS).reflector;
  await untilOpen("all 100", "n 100");
  const told: string[] = [];
  finder.subscribe({ changed: () => told.push(other.state.unknown?.reason ?? "known") });
  version = "60";
  const event = { type: "BOOKMARK", object: { metadata: { resourceVersion: "55" } } };
  feeds.get("all 100")!.enqueue(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
  await clock.untilSleeping((ms) => ms < 30_000 && ms !== 1_000);
  clock.advance(5_000);
  await untilOpen("all 60", "n 60");
  assert.deepEqual(lists, { n: 2, all: 2 });
  assert.deepEqual(told, ["Unreachable"]);
  assert.deepEqual([finder.state.world, other.state.world], [1, 1]);
  assert.deepEqual(other.cache.list().map(nameOf), ["a"]);
  await pool.stop();
  assert.deepEqual(bugs, []);
  client.close();
});

Deno.test("reflector: what was received of a history that is lost meanwhile is not taken", async () => {
  await using rig = new Rig([list(["a", "lost"], "100"), list(["a"], "60")]);
  const feed = await rig.watch();
  rig.reflector.subscribe({
    changed: ({ object }) => {
      // Another reflector finds out while this one has more to read.
      if (nameOf(object) === "x") queueMicrotask(() => rig.reflector.distrust());
    },
  });
  const line = (name: string, resourceVersion: string) =>
    `${
      JSON.stringify({ type: "ADDED", object: { metadata: { namespace: "a", name, uid: name, resourceVersion } } })
    }\n`;
  feed.sendRaw(line("x", "101") + line("y", "102"));
  assert.equal((await rig.watch()).search.get("resourceVersion"), "60");
  assert.deepEqual(rig.names(), ["a"]);
  assert.equal(rig.reflector.state.unknown, undefined);
});

Deno.test("reflector: watches that end at once, one after the other, make the content unknown, and one that stays does not", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const ends = () => new Response("", { headers: { "content-type": "application/json" } });
  rig.failures = Array.from({ length: 1_000 }, () => ends);
  const began = rig.clock.now();
  const unknown = () => rig.reflector.state.synced ? rig.reflector.state.unknown : undefined;
  while (!unknown() && rig.clock.now() - began < 9 * 60_000) {
    await rig.clock.untilSleeping((ms) => ms <= 2_500 && ms !== 1_000);
    rig.clock.advance(2_500);
  }
  assert.match(unknown()?.message ?? "", /ended at once, without an event/);
  assert.ok(rig.clock.now() - began <= 60_000, `after ${rig.clock.now() - began} ms`);
  // It has just been woken up, and the next watch stays.
  rig.failures = [];
  await rig.watch();
  rig.clock.advance(1_000);
  await rig.until(() => !unknown());
});

Deno.test("reflector: a quiet watch that is lost is opened again soon, and is not unknown meanwhile", async () => {
  await using rig = new Rig([list(["a"], "10")]);
  const feed = await rig.watch();
  rig.clock.advance(45_000);
  breakOff(feed);
  await rig.clock.untilSleeping((ms) => ms === 50);
  assert.equal(rig.reflector.state.unknown, undefined);
  assert.equal(rig.reflector.state.isConfirmed, false);
  rig.clock.advance(50);
  await rig.watch();
  assert.equal(rig.reflector.state.isConfirmed, true);
  assert.deepEqual(rig.states.filter(({ synced, unknown }) => synced && unknown), []);
});

Deno.test("reflector: a server that puts off the question where its history is makes the content unknown", async () => {
  const busy = () => json(status(429, "TooManyRequests", "slow"), 429, { "retry-after": "20" });
  await using rig = new Rig([list(["a"], "10"), busy]);
  const feed = await rig.watch();
  rig.clock.advance(20_000);
  breakOff(feed);
  await rig.clock.untilSleeping((ms) => ms === 50);
  rig.clock.advance(50);
  const began = rig.clock.now();
  while (!rig.reflector.state.unknown && rig.clock.now() - began < 5 * 60_000) {
    await rig.clock.untilSleeping((ms) => ms === 20_000);
    rig.clock.advance(20_000);
  }
  assert.ok(rig.clock.now() - began <= 60_000, `after ${rig.clock.now() - began} ms`);
});

Deno.test("pool: a kind of another server behind this one, whose versions go back, concerns itself alone", async () => {
  const clock = new FakeClock();
  const lists = { secrets: 0, odd: 0 };
  const metadata = { namespace: "a", name: "a", uid: "uid-a", resourceVersion: "7" };
  const event = `${JSON.stringify({ type: "MODIFIED", object: { metadata } })}\n`;
  await using server = serveHttp((request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/v1") return json(DISCOVERY);
    if (pathname === "/apis/odd.example/v1") {
      return json({ resources: [{ name: "things", kind: "Thing", namespaced: true, verbs: VERBS }] });
    }
    if (pathname.includes("customresourcedefinitions")) {
      const details = { name: "things.odd.example", group: "apiextensions.k8s.io", kind: "customresourcedefinitions" };
      return json(status(404, "NotFound", "not found", details), 404);
    }
    if (searchParams.has("sendInitialEvents")) return NO_STREAMS();
    const isOdd = pathname.includes("odd.example");
    if (!searchParams.has("watch")) {
      lists[isOdd ? "odd" : "secrets"]++;
      return json(secretList(["a"], isOdd ? "50" : "100"));
    }
    const text = isOdd ? event : undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => text && controller.enqueue(new TextEncoder().encode(text)),
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection, { clock });
  const bugs: unknown[] = [];
  const pool = new ReflectorPool({ client, clock, discovery: new Discovery(client, clock) }, (e) => bugs.push(e));
  const secrets = pool.acquire(SECRETS).reflector;
  await secrets.waitForSync(NEVER);
  const odd = pool.acquire({ group: "odd.example", version: "v1", kind: "Thing" }).reflector;
  while (odd.state.world < 3) {
    const { world } = odd.state;
    const changed = Promise.withResolvers<void>();
    const unsubscribe = odd.subscribe({ stateChanged: (state) => state.world > world && changed.resolve() });
    while (odd.state.world === world) {
      clock.advance(5_000);
      await Promise.race([changed.promise, new Promise((resolve) => setTimeout(resolve, 1))]);
    }
    unsubscribe();
  }
  assert.equal(lists.secrets, 1);
  assert.deepEqual([secrets.state.world, secrets.state.unknown], [0, undefined]);
  await pool.stop();
  assert.deepEqual(bugs, []);
  client.close();
});
