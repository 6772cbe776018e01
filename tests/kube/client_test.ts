import assert from "node:assert/strict";
import type { WatchEvent } from "../../src/kube/answer_reader.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { ApiError, ConnectionError } from "../../src/kube/errors.ts";
import { nameOf } from "../../src/api/object.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "./fake_clock.ts";
import { chunked, connectionTo, json, secretList, SECRETS, serveBytes, serveHttp, status } from "./protocol_server.ts";

const NEVER = new AbortController().signal;
const WATCH = { resourceVersion: "10", timeoutSeconds: 300, idleMs: 90_000 };

async function collect(events: AsyncIterable<WatchEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { type, object } of events) seen.push(`${type} ${nameOf(object)}`);
  return seen;
}

const event = (type: string, name: string) =>
  JSON.stringify({ type, object: { metadata: { namespace: "a", name, resourceVersion: "11" } } }) + "\n";

Deno.test("list: items get the kind and apiVersion that the server leaves out", async () => {
  const complete = { apiVersion: "other/v2", kind: "Other", metadata: { name: "z" } };
  const empty = { apiVersion: "", kind: "", metadata: { name: "y" } };
  const items = [{ metadata: { name: "x" } }, empty, complete];
  await using server = serveHttp(() => json({ kind: "SecretList", metadata: { resourceVersion: "10" }, items }));
  const client = new KubeClient(server.connection);
  const found = await client.listAll(SECRETS, {}, NEVER);
  assert.deepEqual(
    found.items.map(({ apiVersion, kind }) => [apiVersion, kind]),
    [["v1", "Secret"], ["v1", "Secret"], ["other/v2", "Other"]],
  );
  assert.equal(found.resourceVersion, "10");
  client.close();
});

Deno.test("list: namespace and selectors stand in the request, and no resourceVersion (consistent)", async () => {
  await using server = serveHttp(() => json(secretList([], "10")));
  const client = new KubeClient(server.connection);
  await client.listAll(SECRETS, { namespace: "a", labelSelector: "x in (y,z)", fieldSelector: "type=Opaque" }, NEVER);
  assert.deepEqual(server.requests, [
    "GET /api/v1/namespaces/a/secrets?labelSelector=x+in+%28y%2Cz%29&fieldSelector=type%3DOpaque&limit=500",
  ]);
  client.close();
});

Deno.test("list: a continue token that expires on page 2 makes it one full list", async () => {
  await using server = serveHttp((request) => {
    const { searchParams } = new URL(request.url);
    if (searchParams.has("continue")) {
      return json(status(410, "Expired", "The provided continue parameter is too old"), 410);
    }
    return searchParams.has("limit") ? json(secretList(["a", "b"], "10", "next")) : json(secretList(["b", "c"], "20"));
  });
  const client = new KubeClient(server.connection);
  const { items, resourceVersion } = await client.listAll(SECRETS, {}, NEVER, 2);
  assert.deepEqual([items.map(nameOf), resourceVersion], [["b", "c"], "20"]);
  client.close();
});

Deno.test("list: pages are put together; another error on page 2 is no shorter list", async () => {
  let broken = false;
  await using server = serveHttp((request) => {
    const token = new URL(request.url).searchParams.get("continue");
    if (token && broken) return json(status(500, "InternalError", "etcdserver: leader changed"), 500);
    return token ? json(secretList(["c"], "10")) : json(secretList(["a", "b"], "10", "next"));
  });
  const client = new KubeClient(server.connection);
  assert.deepEqual((await client.listAll(SECRETS, {}, NEVER)).items.map(nameOf), ["a", "b", "c"]);
  broken = true;
  await assert.rejects(
    client.listAll(SECRETS, {}, NEVER),
    /list secrets: InternalError \(500\): etcdserver: leader changed$/,
  );
  client.close();
});

const notAList = [
  {
    name: "a login page",
    answer: () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    want: /no JSON/,
  },
  { name: "half of it", answer: () => chunked(['{"kind":"SecretList","items":[']), want: /no whole JSON/ },
  { name: "a Status", answer: () => json(status(200, "", "fine")), want: /is no list/ },
  {
    name: "no items",
    answer: () => json({ kind: "SecretList", metadata: { resourceVersion: "1" } }),
    want: /is no list/,
  },
  {
    name: "no resourceVersion",
    answer: () => json({ kind: "SecretList", metadata: {}, items: [] }),
    want: /no resourceVersion/,
  },
  {
    name: "an item without metadata",
    answer: () => json({ kind: "SecretList", metadata: { resourceVersion: "1" }, items: [{}] }),
    want: /no object with metadata/,
  },
  {
    name: "an item with a kind and no apiVersion",
    answer: () =>
      json({ kind: "SecretList", metadata: { resourceVersion: "1" }, items: [{ kind: "Secret", metadata: {} }] }),
    want: /one of apiVersion and kind, but not both/,
  },
  { name: "bytes that are no UTF-8", answer: () => chunked([new Uint8Array([0x22, 0xff, 0x22])]), want: /no UTF-8/ },
  {
    name: "a redirect",
    answer: () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:9/" } }),
    want: /it redirects \(302\)/,
  },
];

for (const { name, answer, want } of notAList) {
  Deno.test(`list: ${name} is an error, never an empty list`, async () => {
    await using server = serveHttp(answer);
    const client = new KubeClient(server.connection);
    await assert.rejects(client.listAll(SECRETS, {}, NEVER), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, want);
      return true;
    });
    client.close();
  });
}

/** An object that is nested too deep to be read. */
const deep = (name: string) =>
  `{"metadata":{"namespace":"a","name":"${name}","resourceVersion":"12"},"spec":${'{"x":['.repeat(3_000)}${
    "]}".repeat(3_000)
  }}`;

Deno.test("an object that is nested too deep is named, in a list, in a watch and by itself", async () => {
  await using server = serveHttp((request) => {
    const { pathname, searchParams } = new URL(request.url);
    const text = searchParams.has("watch")
      ? `{"type":"DELETED","object":${deep("z")}}\n`
      : pathname.endsWith("/secrets")
      ? `{"kind":"SecretList","metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"ok"}},${deep("y")}]}`
      : deep("x");
    return new Response(text, { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection);
  const reads: [string, () => Promise<unknown>][] = [
    ["cannot list secrets: a/y: nested deeper than 1200 levels", () => client.listAll(SECRETS, {}, NEVER)],
    ["cannot watch secrets: a/z: nested deeper than 1200 levels", () => collect(client.watch(SECRETS, WATCH, NEVER))],
    [
      "cannot get secrets a/x: a/x: nested deeper than 1200 levels",
      () => client.get(SECRETS, { namespace: "a", name: "x" }, NEVER),
    ],
  ];
  for (const [want, read] of reads) {
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof ConnectionError && error.failure === "unreadable", String(error));
      assert.ok(error.message.startsWith(want), error.message);
      return true;
    });
  }
  client.close();
});

Deno.test("get: a body that breaks off is asked for again once, then reported", async () => {
  const half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
  const body = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "x" } });
  const whole = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  await using once = serveBytes([half, whole]);
  const client = new KubeClient(once.connection);
  assert.equal(nameOf(await client.get(SECRETS, { namespace: "a", name: "x" }, NEVER)), "x");
  client.close();

  await using always = serveBytes([half]);
  const unlucky = new KubeClient(always.connection);
  await assert.rejects(unlucky.get(SECRETS, { namespace: "a", name: "x" }, NEVER), (error) => {
    assert.ok(error instanceof ConnectionError && error.failure === "lost");
    return true;
  });
  assert.equal(always.requests.length, 2);
  unlucky.close();
});

Deno.test("write: a connection that breaks off is not tried again, and says that it may have been done", async () => {
  await using server = serveBytes([""]);
  const client = new KubeClient(server.connection);
  const object = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "a", name: "x" } };
  await assert.rejects(client.create(SECRETS, object, { fieldManager: "m" }, NEVER), (error) => {
    assert.ok(error instanceof ConnectionError && error.maybeDone && error.failure === "lost");
    assert.match(error.message, /^cannot create secrets a\/x: 127\.0\.0\.1:\d+: the connection was lost$/);
    return true;
  });
  assert.equal(server.requests.length, 1);
  client.close();
});

Deno.test("429 with Retry-After: waits so long and tries again, a write too", async () => {
  const clock = new FakeClock();
  await using server = serveHttp((_, index) =>
    index === 0
      ? json(status(429, "TooManyRequests", "slow"), 429, { "retry-after": "7" })
      : json({ apiVersion: "v1", kind: "Secret", metadata: { name: "x" } }, 201)
  );
  const client = new KubeClient(server.connection, { clock });
  const object = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "a", name: "x" } };
  const applying = client.apply(SECRETS, object, { fieldManager: "m", force: true }, NEVER);
  await clock.untilSleeping((ms) => ms === 7000);
  clock.advance(7000);
  assert.equal((await applying).created, true);
  assert.deepEqual(server.requests, [
    "PATCH /api/v1/namespaces/a/secrets/x?fieldManager=m&force=true",
    "PATCH /api/v1/namespaces/a/secrets/x?fieldManager=m&force=true",
  ]);
  client.close();
});

Deno.test("503 with Retry-After: reads wait, at most ten tries; writes are left to the caller", async () => {
  const clock = new FakeClock();
  await using server = serveHttp(() => json(status(503, "ServiceUnavailable", "later"), 503, { "retry-after": "2" }));
  const client = new KubeClient(server.connection, { clock });
  const reading = assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), (error) => {
    assert.ok(error instanceof ApiError && error.status === 503 && error.retryAfter === 2);
    return true;
  });
  for (let wait = 1; wait < 10; wait++) {
    await clock.untilSleeping((ms) => ms === 2000);
    clock.advance(2000);
  }
  await reading;
  assert.equal(server.requests.length, 10);
  await assert.rejects(client.delete(SECRETS, { namespace: "a", name: "x" }, {}, NEVER), ApiError);
  assert.equal(server.requests.length, 11);
  client.close();
});

Deno.test("429 without Retry-After: waits that double up to 4 s", async () => {
  const clock = new FakeClock();
  await using server = serveHttp(() => json(status(429, "TooManyRequests", "slow"), 429));
  const client = new KubeClient(server.connection, { clock });
  const reading = assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), ApiError);
  for (const seconds of [1, 2, 4, 4, 4, 4, 4, 4, 4]) {
    await clock.untilSleeping((ms) => ms === 1000 * seconds);
    clock.advance(1000 * seconds);
  }
  await reading;
  assert.equal(server.requests.length, 10);
  client.close();
});

Deno.test("a write that waits is the caller's business once the server was found away meanwhile; a read goes on", async () => {
  const clock = new FakeClock();
  const answers = [429, 429, 500, 200];
  const object = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "a", name: "x" } };
  await using server = serveHttp((_, index) =>
    answers[index] === 200 ? json(object) : json(status(answers[index]!, "Busy", "slow"), answers[index])
  );
  const client = new KubeClient(server.connection, { clock });
  const applying = assert.rejects(
    client.apply(SECRETS, object, { fieldManager: "m", force: true }, NEVER),
    (error) => error instanceof ApiError && error.status === 429,
  );
  await clock.untilSleeping((ms) => ms === 1000);
  const reading = client.get(SECRETS, { namespace: "a", name: "x" }, NEVER);
  await eventually(() => assert.equal(server.requests.length, 2));
  await clock.untilSleeping((ms) => ms === 1000);
  // For somebody else, the server fails.
  await assert.rejects(client.get(SECRETS, { namespace: "a", name: "y" }, NEVER), ApiError);
  clock.advance(1000);
  await applying;
  await reading;
  assert.deepEqual(server.requests.map((request) => request.split(" ")[0]), ["PATCH", "GET", "GET", "GET"]);
  client.close();
});

Deno.test("a Retry-After of an hour is the caller's business", async () => {
  await using server = serveHttp(() => json(status(429, "TooManyRequests", "slow"), 429, { "retry-after": "3600" }));
  const client = new KubeClient(server.connection);
  await assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), (error) => {
    assert.ok(error instanceof ApiError && error.retryAfter === 3600);
    return true;
  });
  client.close();
});

Deno.test("a server that doesn't answer is given up after 30 s", async () => {
  const clock = new FakeClock();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => answer = resolve);
  await using server = serveHttp(async () => {
    await answered;
    return json({});
  });
  const client = new KubeClient(server.connection, { clock });
  const reading = assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, NEVER), (error) => {
    assert.ok(error instanceof ConnectionError && error.failure === "timeout" && error.maybeDone);
    assert.match(error.message, /no answer within 30 s/);
    return true;
  });
  await clock.untilSleeping((ms) => ms === 30_000);
  clock.advance(30_000);
  await reading;
  answer();
  client.close();
});

Deno.test("an abort ends a call with its own reason, also while it waits to try again", async () => {
  const clock = new FakeClock();
  await using server = serveHttp(() => json(status(429, "TooManyRequests", "slow"), 429, { "retry-after": "9" }));
  const client = new KubeClient(server.connection, { clock });
  const stop = new AbortController();
  const reading = assert.rejects(client.get(SECRETS, { namespace: "a", name: "x" }, stop.signal), /enough/);
  await clock.untilSleeping((ms) => ms === 9000);
  stop.abort(new Error("enough"));
  await reading;
  client.close();
});

Deno.test("nobody listens: connection refused, and nothing was done", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const client = new KubeClient(connectionTo(`http://127.0.0.1:${port}`));
  await assert.rejects(client.delete(SECRETS, { namespace: "a", name: "x" }, {}, NEVER), (error) => {
    assert.ok(error instanceof ConnectionError && error.failure === "refused" && !error.maybeDone);
    assert.equal(
      error.message,
      `cannot delete secrets a/x: 127.0.0.1:${port}: connection refused: does the API server run, and is the port right?`,
    );
    return true;
  });
  client.close();
});

Deno.test("a path never becomes that of a collection or of another object", async () => {
  const client = new KubeClient(connectionTo("http://127.0.0.1:9"));
  for (const name of ["", ".", ".."]) {
    await assert.rejects(client.delete(SECRETS, { namespace: "a", name }, {}, NEVER), RangeError);
  }
  await assert.rejects(client.delete(SECRETS, { namespace: "", name: "x" }, {}, NEVER), /needs a namespace/);
  await assert.rejects(client.get(SECRETS, { namespace: "..", name: "x" }, NEVER), RangeError);
  client.close();
});

Deno.test("delete: preconditions stand in the body", async () => {
  let body: unknown;
  await using server = serveHttp(async (request) => {
    body = await request.json();
    return json(status(200, "", ""));
  });
  const client = new KubeClient(server.connection);
  const options = { uid: "u", resourceVersion: "5", propagationPolicy: "Background", dryRun: true } as const;
  await client.delete(SECRETS, { namespace: "a", name: "a b" }, options, NEVER);
  assert.deepEqual(body, {
    apiVersion: "v1",
    kind: "DeleteOptions",
    preconditions: { uid: "u", resourceVersion: "5" },
    propagationPolicy: "Background",
    dryRun: ["All"],
  });
  assert.deepEqual(server.requests, ["DELETE /api/v1/namespaces/a/secrets/a%20b"]);
  client.close();
});

Deno.test("numbers that JavaScript can't hold arrive and leave as they are", async () => {
  let body = "";
  await using server = serveHttp(async (request) => {
    body = await request.text();
    const answer = '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","generation":9007199254740993}}';
    return new Response(answer, { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection);
  const object = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "a", name: "x", generation: 9007199254740993n },
  };
  const answer = await client.create(SECRETS, object, { fieldManager: "m" }, NEVER);
  assert.equal(answer.metadata.generation, 9007199254740993n);
  assert.match(body, /"generation":9007199254740993\b/);
  client.close();
});

Deno.test("watch: lines arrive whole, however their bytes are split", async () => {
  const text = event("ADDED", "ä🚀") + event("MODIFIED", "b") + "\n" + event("DELETED", "c");
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, 64, bytes.length]) {
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.subarray(i * size, (i + 1) * size),
    );
    await using server = serveHttp(() => chunked(pieces));
    const client = new KubeClient(server.connection);
    const events = await collect(client.watch(SECRETS, WATCH, NEVER));
    assert.deepEqual(events, ["ADDED ä🚀", "MODIFIED b", "DELETED c"], `chunks of ${size} bytes`);
    client.close();
  }
});

Deno.test("watch: asks for bookmarks, from where it left off", async () => {
  await using server = serveHttp(() => chunked([]));
  const client = new KubeClient(server.connection);
  assert.deepEqual(await collect(client.watch(SECRETS, { ...WATCH, labelSelector: "a=b" }, NEVER)), []);
  assert.deepEqual(server.requests, [
    "GET /api/v1/secrets?labelSelector=a%3Db&watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300",
  ]);
  client.close();
});

const broken = [
  {
    name: "half an object",
    pieces: [event("ADDED", "a"), '{"type":"DELETED","object":{"metadata":{}}}'],
    want: /within an object/,
  },
  { name: "no JSON", pieces: [event("ADDED", "a"), "{]\n"], want: /no JSON/ },
  { name: "no event", pieces: [event("ADDED", "a"), '{"type":"SURPRISE","object":{}}\n'], want: /no watch event/ },
  { name: "no UTF-8", pieces: [event("ADDED", "a"), new Uint8Array([0x22, 0xff, 0x22, 0x0a])], want: /./ },
];

for (const { name, pieces, want } of broken) {
  Deno.test(`watch: ${name} is an error after what was whole`, async () => {
    await using server = serveHttp(() => chunked(pieces));
    const client = new KubeClient(server.connection);
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const { type, object } of client.watch(SECRETS, WATCH, NEVER)) seen.push(`${type} ${nameOf(object)}`);
    }, (error) => {
      assert.ok(error instanceof ConnectionError, String(error));
      assert.match(error.message, want);
      return true;
    });
    assert.deepEqual(seen, ["ADDED a"]);
    client.close();
  });
}

Deno.test("watch: both shapes of 410 are the same error", async () => {
  const expired = status(410, "Expired", "too old resource version: 10 (99)");
  for (
    const answer of [
      () => json(expired, 410),
      () => chunked([JSON.stringify({ type: "ERROR", object: expired }) + "\n"]),
    ]
  ) {
    await using server = serveHttp(answer);
    const client = new KubeClient(server.connection);
    await assert.rejects(collect(client.watch(SECRETS, WATCH, NEVER)), (error) => {
      assert.ok(error instanceof ApiError && error.isExpired && error.reason === "Expired");
      return true;
    });
    client.close();
  }
});

Deno.test("watch: silence for 90 s ends it; any byte starts the time anew", async () => {
  const clock = new FakeClock();
  let send: (text: string) => void = () => {};
  let end = () => {};
  await using server = serveHttp(() => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (text) => controller.enqueue(new TextEncoder().encode(text));
        end = () => controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection, { clock });
  const events = client.watch(SECRETS, WATCH, NEVER);
  const first = events.next();
  await clock.untilSleeping((ms) => ms === 90_000);
  clock.advance(60_000);
  send(event("BOOKMARK", ""));
  assert.equal((await first).value?.type, "BOOKMARK");
  const second = events.next();
  clock.advance(60_000);
  // 120 s after the start, but only 60 s after the bookmark: it sleeps for the rest.
  await clock.untilSleeping((ms) => ms === 30_000);
  send(event("ADDED", "a"));
  assert.equal((await second).value?.type, "ADDED");
  const third = assert.rejects(events.next(), (error) => {
    assert.ok(error instanceof ConnectionError && error.failure === "timeout");
    assert.match(error.message, /watch secrets: .*no byte for 90 s/);
    return true;
  });
  clock.advance(90_000);
  await third;
  // The server may have noticed already that nobody reads.
  try {
    end();
  } catch { /* closed */ }
  client.close();
});

Deno.test("watch: leaving the loop, and an abort, end the request", async () => {
  let gone = 0;
  let bothGone = () => {};
  const done = new Promise<void>((resolve) => bothGone = resolve);
  await using server = serveHttp(() => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(event("ADDED", "a"))),
      cancel: () => {
        if (++gone === 2) bothGone();
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  const client = new KubeClient(server.connection);
  for await (const _ of client.watch(SECRETS, WATCH, NEVER)) break;
  const stop = new AbortController();
  await assert.rejects(async () => {
    for await (const _ of client.watch(SECRETS, WATCH, stop.signal)) stop.abort(new Error("enough"));
  }, /enough/);
  await done;
  client.close();
});
