/** `run --dry-run --listen` against a real API server: it looks, counts and answers, and leaves no trace. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { RunningMoonferry } from "../support/moonferry.ts";
import { preparePushModel } from "../support/push_model.ts";

Deno.test("a loop that only looks", async (t) => {
  const server = await KubeServer.start();
  let loop: RunningMoonferry | undefined;
  try {
    await preparePushModel(server);
    const versions = async () => {
      const { stdout } = await server.kubectl([
        ...["get", "secrets,configmaps,events,eventtriggers.lib.projectsveltos.io,leases.coordination.k8s.io", "-A"],
        ...["-o", "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.metadata.resourceVersion}{'\\n'}{end}"],
      ]);
      // The API server renews a Lease of its own every ten seconds.
      return stdout.split("\n").filter((line) => !line.startsWith("apiserver-")).sort();
    };
    const before = await versions();
    const kube = ["--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "cluster-api=enabled"];
    loop = new RunningMoonferry(["run", "--dry-run", "--listen", "127.0.0.1:0", ...kube]);
    await loop.logs(/listening on http/, 0);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(loop.log)![0];
    const get = async (path: string) => {
      const response = await fetch(`${address}${path}`);
      return { status: response.status, text: await response.text() };
    };

    await t.step("it says what it would do, once, and counts it", async () => {
      await loop!.logs(/would create.*team-argo\/default-reef-kubeconfig/, 0);
      await eventually(async () => {
        const { text } = await get("/metrics");
        assert.match(text, /^moonferry_would_change\{trigger="push-model",action="create"\} 6$/m);
        assert.match(text, /^moonferry_watch_known\{kind="Secret"\} 1$/m);
        assert.match(text, /^moonferry_relist_misses\{kind="Secret"\} 0$/m);
      });
    });

    await t.step("it is healthy and ready", async () => {
      await eventually(async () => {
        assert.deepEqual([(await get("/healthz")).status, (await get("/readyz")).status], [200, 200]);
      });
    });

    await t.step("nothing was written, not even an Event or a status", async () => {
      assert.deepEqual(await versions(), before);
    });

    await t.step("no metric shows a name of a Secret or a cluster", async () => {
      const { text } = await get("/metrics");
      assert.doesNotMatch(text, /kubeconfig"|harbour|lagoon|reef|team-/);
    });
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});
