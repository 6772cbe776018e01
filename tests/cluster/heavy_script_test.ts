/** `run` beside a script that never ends, against a real API server: health, watches and other triggers go on. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { RunningMoonferry } from "../support/moonferry.ts";
import { preparePushModel } from "../support/push_model.ts";

/** Looks at ConfigMaps, so that each pass takes all the time that a script may have. */
const ENDLESS = `
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: {name: endless}
spec:
  collectResources: true
  resourceSelectors:
    - {group: "", version: v1, kind: ConfigMap, namespace: mgmt, name: endless, evaluate: "while true do end"}
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: {name: endless}
spec:
  sourceClusterSelector: {matchLabels: {cluster-api: enabled}}
  eventSourceName: endless
  oneForEvent: true
  policyRefs: [{kind: ConfigMap, namespace: mgmt, name: push-model-template}]
---
apiVersion: v1
kind: ConfigMap
metadata: {namespace: mgmt, name: endless}
data: {count: "0"}
`;

/** Seconds of a script in one pass: the default of --lua-time. */
const SCRIPT_SECONDS = 2;

Deno.test("a script that never ends keeps nobody else waiting", async (t) => {
  const server = await KubeServer.start();
  let loop: RunningMoonferry | undefined;
  try {
    await preparePushModel(server);
    await server.apply(ENDLESS);
    const kube = ["--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "cluster-api=enabled"];
    loop = new RunningMoonferry(["run", "--yes", "--listen", "127.0.0.1:0", ...kube]);
    await loop.logs(/listening on http/, 0);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(loop.log)![0];
    const get = async (path: string) => await (await fetch(`${address}${path}`)).text();
    const metric = async (name: string) => {
      const line = (await get("/metrics")).split("\n").find((text) => text.startsWith(`${name} `));
      assert.ok(line, name);
      return Number(line.slice(name.length));
    };
    const endlessPasses = () => metric('moonferry_reconcile_total{trigger="endless",result="failed"}');

    await t.step("all is delivered beside it", async () => {
      await loop!.logs(/endless.*stopped after 2 s of CPU/, 0);
      await eventually(async () => {
        const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
        assert.equal(items.length, 6);
      });
    });

    await t.step(
      "while it computes, health answers, nothing blocks, and a rotated kubeconfig is delivered",
      async () => {
        const { data } = await server.get("secret", "-n", "mgmt", "lagoon-kubeconfig");
        const before = await endlessPasses();
        await metric("moonferry_event_loop_block_seconds");
        const rotated = await server.get("secret", "-n", "mgmt", "harbour-kubeconfig");
        assert.notEqual(rotated.data.value, data.value);
        let isDone = false, slowest = 0, answers = 0;
        const asking = (async () => {
          for (; !isDone; answers++) {
            const asked = performance.now();
            assert.equal(await get("/healthz"), "ok\n");
            slowest = Math.max(slowest, performance.now() - asked);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        })();
        try {
          let count = 0;
          const disturb = () =>
            server.kubectl([
              ...["patch", "configmap", "-n", "mgmt", "endless", "--type=merge"],
              ...["-p", JSON.stringify({ data: { count: String(++count) } })],
            ]);
          await disturb();
          const patch = JSON.stringify({ data: { value: data.value } });
          await server.kubectl(["patch", "secret", "-n", "mgmt", "harbour-kubeconfig", "--type=merge", "-p", patch]);
          await eventually(async () => {
            const output = await server.get("secret", "-n", "team-argo", "fleet-west-harbour-kubeconfig");
            assert.equal(output.data.config, data.value);
          });
          await eventually(async () => {
            await disturb();
            assert.ok(await endlessPasses() >= before + 2, "the script has had its time twice");
          });
        } finally {
          isDone = true;
          await asking;
        }
        const block = await metric("moonferry_event_loop_block_seconds");
        assert.ok(answers > 10);
        assert.ok(block < SCRIPT_SECONDS / 4, `the event loop was blocked for ${block} s`);
        assert.ok(slowest < SCRIPT_SECONDS * 1000 / 4, `/healthz took ${slowest} ms`);
      },
    );
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});
