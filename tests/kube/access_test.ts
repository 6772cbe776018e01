/** How a cluster is opened: whose requests are sent again, and whose are not. */
import assert from "node:assert/strict";
import { openKubeCluster } from "../../src/kube/access.ts";
import { json, serveHttp, status } from "./protocol_server.ts";

const NEVER = new AbortController().signal;

Deno.test("a renewal of the Lease that the server is too busy for is not waited for: the next one comes in time", async () => {
  const asked: string[] = [];
  await using server = serveHttp((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/version") return json({});
    asked.push(request.method);
    return json(status(429, "TooManyRequests", "slow"), 429);
  });
  const folder = await Deno.makeTempDir();
  const kubeconfig = `${folder}/config`;
  await Deno.writeTextFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [{ name: "test", cluster: { server: server.connection.server } }],
      users: [{ name: "test", user: { token: "made-up" } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    }),
  );
  const access = await openKubeCluster({
    kubeconfig,
    allowExecAuth: [],
    allowInsecureServer: true,
    version: "test",
    writesPerSecond: 100,
    instance: "moonferry",
    election: { isWanted: true, namespace: "ns", timeoutMs: 5_000, writeRefusal: () => undefined },
    signal: NEVER,
  });
  try {
    const answer = await access.lease!.read(NEVER);
    assert.equal(answer.state, "failed");
    assert.deepEqual(asked, ["GET"]);
  } finally {
    access.close();
    await Deno.remove(folder, { recursive: true });
  }
});
