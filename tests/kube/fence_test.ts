/** The fence: a write is asked about right before it is sent, each try of it anew, and a read never is. */
import assert from "node:assert/strict";
import { KubeClient } from "../../src/kube/client.ts";
import { WriteRefusedError } from "../../src/kube/errors.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, secretList, SECRETS, serveHttp, status } from "./protocol_server.ts";

const NEVER = new AbortController().signal;
const WRITE = { fieldManager: "test" };
const SECRET = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "a", name: "x" } };
const TARGET = { namespace: "a", name: "x" };

Deno.test("without the lease nothing but reads reaches the server", async () => {
  await using server = serveHttp(() => json(secretList([], "10")));
  const client = new KubeClient(server.connection, { writeRefusal: () => "the lease is lost" });
  const writes = [
    () => client.create(SECRETS, SECRET, WRITE, NEVER),
    () => client.apply(SECRETS, SECRET, { ...WRITE, force: true }, NEVER),
    () => client.apply(SECRETS, SECRET, { ...WRITE, force: true, subresource: "status" }, NEVER),
    () => client.mergePatch(SECRETS, TARGET, {}, WRITE, NEVER),
    () => client.delete(SECRETS, TARGET, {}, NEVER),
  ];
  for (const write of writes) {
    await assert.rejects(write(), (error) => {
      assert.ok(error instanceof WriteRefusedError);
      assert.equal(error.message, "cannot write: the lease is lost");
      return true;
    });
  }
  await client.listAll(SECRETS, {}, NEVER);
  assert.deepEqual(server.requests, ["GET /api/v1/secrets?limit=500"]);
  client.close();
});

Deno.test("a write that waited for a busy server is not sent again once the lease is lost", async () => {
  let refusal: string | undefined;
  await using server = serveHttp(() => {
    refusal = "the lease is lost";
    return new Response(JSON.stringify(status(429, "TooManyRequests", "busy")), {
      status: 429,
      headers: { "content-type": "application/json", "retry-after": "1" },
    });
  });
  const clock = new FakeClock();
  const client = new KubeClient(server.connection, { clock, writeRefusal: () => refusal });
  const writing = assert.rejects(client.create(SECRETS, SECRET, WRITE, NEVER), WriteRefusedError);
  await clock.untilSleeping((ms) => ms === 1000);
  clock.advance(1000);
  await writing;
  assert.equal(server.requests.length, 1);
  client.close();
});
