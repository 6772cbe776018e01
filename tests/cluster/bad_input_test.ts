/** Bad input that only a real API server has: what a selector asks for is not served. What is said, the exit code, the condition. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";
import { preparePushModel } from "../support/push_model.ts";

const CLUSTER_API = "tests/cluster/crds/cluster-api.yaml";

Deno.test("bad input on a real API server", async (t) => {
  const server = await KubeServer.start();
  const kube = ["--kubeconfig", server.adminKubeconfig, "--mgmt-labels", "cluster-api=enabled"];
  let loop: RunningMoonferry | undefined;
  /** The first two conditions, as `kubectl wait` reads them. */
  const conditions = async () => {
    const { status } = await server.get("eventtrigger", "push-model");
    return (status?.conditions ?? []).map(({ type, status, reason }: Record<string, string>) =>
      `${type}=${status} ${reason}`
    );
  };
  const message = async () => (await server.get("eventtrigger", "push-model")).status.conditions[0].message;
  /** What is written, with versions. */
  const outputs = async () => {
    const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
    return items.map(({ metadata }: { metadata: Record<string, string> }) =>
      `${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`
    ).sort();
  };
  try {
    await preparePushModel(server);
    loop = new RunningMoonferry(["run", ...kube, "--yes"]);
    await eventually(async () =>
      assert.deepEqual(await conditions(), ["Ready=True Delivered", "Held=False NothingHeld"])
    );
    const before = await outputs();
    assert.equal(before.length, 6);

    await t.step("bad input 5: a version that is not served any more", async () => {
      const definition = (await Deno.readTextFile(CLUSTER_API)).replace(
        /(name: v1beta1\n +served: )true/,
        "$1false",
      );
      await server.apply(definition);
      await eventually(async () => assert.equal((await conditions())[0], "Ready=Unknown KindNotServed"));
      assert.match(await message(), /Cluster\.cluster\.x-k8s\.io\/v1beta1.*v1beta2/);
      const { code, stdout } = await moonferry(["plan", ...kube]);
      assert.match(stdout, /Cluster\.cluster\.x-k8s\.io\/v1beta1.*v1beta2.*\(KindNotServed\)/);
      assert.equal(code, 1);
      assert.deepEqual(await outputs(), before);
    });

    await t.step("a version that is served again is used again", async () => {
      await server.apply(await Deno.readTextFile(CLUSTER_API));
      await eventually(async () => assert.equal((await conditions())[0], "Ready=True Delivered"));
      assert.deepEqual(await outputs(), before);
    });

    await t.step("bad input 4: a kind without a definition", async () => {
      await server.kubectl(["delete", "crd", "clusters.cluster.x-k8s.io"]);
      await eventually(async () => assert.equal((await conditions())[0], "Ready=Unknown KindNotServed"));
      assert.match(await message(), /Cluster\.cluster\.x-k8s\.io\/v1beta1/);
      const { code, stdout } = await moonferry(["plan", ...kube]);
      assert.match(stdout, /Cluster\.cluster\.x-k8s\.io\/v1beta1.*\(KindNotServed\)/);
      assert.equal(code, 1);
      assert.deepEqual(await outputs(), before);
    });

    await t.step("a definition that is there again is seen by itself", async () => {
      await server.apply(await Deno.readTextFile(CLUSTER_API));
      // Its objects are gone with it, which nobody need have meant.
      await eventually(async () => assert.equal((await conditions())[1], "Held=True MassChange"));
      assert.deepEqual(await outputs(), before);
    });
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});
