/** The push model against a real API server: what `run` makes of the world, and what it leaves alone. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";
import { EXAMPLE, preparePushModel } from "../support/push_model.ts";

const LABELS = ["--mgmt-labels", "cluster-api=enabled"];

/** `<namespace>/<name>` of the outputs that carry our mark. */
async function outputs(server: KubeServer): Promise<string[]> {
  const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
  return items.map(({ metadata }: { metadata: { namespace: string; name: string } }) =>
    `${metadata.namespace}/${metadata.name}`
  ).sort();
}

const ALL = ["fleet-prod-lagoon", "fleet-west-harbour", "default-reef"].flatMap((name) =>
  ["team-argo", "team-batch"].map((namespace) => `${namespace}/${name}-kubeconfig`)
).sort();

Deno.test("the push model on a real API server", async (t) => {
  const server = await KubeServer.start();
  const kube = ["--kubeconfig", server.adminKubeconfig];
  let loop: RunningMoonferry | undefined;
  try {
    await preparePushModel(server);

    await t.step("plan shows six creates, writes nothing, exits with 2", async () => {
      const { code, stdout } = await moonferry(["plan", ...kube, ...LABELS, "-o", "json"]);
      const plan = JSON.parse(stdout);
      assert.equal(code, 2);
      assert.deepEqual({ create: plan.counts.create, held: plan.held.length }, { create: 6, held: 0 });
      assert.deepEqual(await outputs(server), []);
    });

    await t.step("plan without the label says what is wanted and what is there", async () => {
      const { code, stdout } = await moonferry(["plan", ...kube]);
      assert.equal(code, 0);
      assert.match(stdout, /wants cluster-api=enabled/);
      assert.match(stdout, /--mgmt-labels cluster-api=enabled/);
    });

    await t.step("a Secret of the same name that somebody else made is in the way", async () => {
      await server.apply(FOREIGN);
    });

    loop = new RunningMoonferry(["run", ...kube, ...LABELS, "--yes"]);

    await t.step("run creates the other five, and reports the foreign one", async () => {
      await eventually(async () => {
        assert.deepEqual(await outputs(server), ALL.filter((name) => name !== "team-argo/default-reef-kubeconfig"));
      });
      await loop!.logs(/held.*team-argo\/default-reef-kubeconfig/, 0);
      const foreign = await server.get("secret", "-n", "team-argo", "default-reef-kubeconfig");
      assert.deepEqual(foreign.data, { config: "bWFkZSBieSBoYW5k" });
      assert.equal(foreign.metadata.annotations?.["moonferry.dev/trigger"], undefined);
    });

    await t.step("with the foreign Secret gone the sixth is made", async () => {
      await server.kubectl(["delete", "secret", "-n", "team-argo", "default-reef-kubeconfig"]);
      await eventually(async () => assert.deepEqual(await outputs(server), ALL));
    });

    await t.step("what is written is what the example says, owned by server-side apply alone", async () => {
      const source = await server.get("secret", "-n", "mgmt", "harbour-kubeconfig");
      await eventually(async () => {
        const secret = await server.get(
          "secret",
          "-n",
          "team-argo",
          "fleet-west-harbour-kubeconfig",
          "--show-managed-fields",
        );
        assert.deepEqual(secret.data, { config: source.data.value });
        assert.equal(secret.type, "Opaque");
        const managers = secret.metadata.managedFields.map((entry: { manager: string; operation: string }) =>
          `${entry.manager} ${entry.operation}`
        );
        assert.deepEqual(managers, ["moonferry Apply"]);
      });
    });

    await t.step("a rotated kubeconfig reaches its two Secrets", async () => {
      const rotated = await Deno.readTextFile("tests/scenarios/push-model/rotated-secret.yaml");
      await server.apply(rotated);
      const source = await server.get("secret", "-n", "mgmt", "lagoon-kubeconfig");
      await eventually(async () => {
        for (const namespace of ["team-argo", "team-batch"]) {
          const secret = await server.get("secret", "-n", namespace, "fleet-prod-lagoon-kubeconfig");
          assert.deepEqual(secret.data, { config: source.data.value });
        }
      });
    });

    await t.step("edits of an output are undone: a value, a key added, the whole object", async () => {
      const name = ["-n", "team-batch", "fleet-west-harbour-kubeconfig"];
      const source = await server.get("secret", "-n", "mgmt", "harbour-kubeconfig");
      const isRight = async () => {
        assert.deepEqual((await server.get("secret", ...name)).data, { config: source.data.value });
      };
      await server.kubectl(["patch", "secret", ...name, "--type=merge", "-p", `{"data":{"config":"eA=="}}`]);
      await eventually(isRight);
      await server.kubectl(["patch", "secret", ...name, "--type=merge", "-p", `{"data":{"extra":"eA=="}}`]);
      await eventually(isRight);
      await server.kubectl(["delete", "secret", ...name]);
      await eventually(isRight);
    });

    await t.step("an API server that is killed and comes back loses nothing, and is followed again", async () => {
      const before = await outputs(server);
      await server.killApi();
      await server.startApi();
      const other = (await server.get("secret", "-n", "mgmt", "lagoon-kubeconfig")).data.value;
      const patch = JSON.stringify({ data: { value: other } });
      await server.kubectl(["patch", "secret", "-n", "mgmt", "harbour-kubeconfig", "--type=merge", "-p", patch]);
      await eventually(async () => {
        const secret = await server.get("secret", "-n", "team-argo", "fleet-west-harbour-kubeconfig");
        assert.deepEqual(secret.data, { config: other });
      });
      assert.deepEqual(await outputs(server), before);
    });

    await t.step("what comes of a paused Cluster stays as it is until it runs again", async () => {
      const cluster = ["clusters.cluster.x-k8s.io", "-n", "mgmt", "reef"];
      const before = (await server.get("secret", "-n", "team-argo", "default-reef-kubeconfig")).data;
      await server.kubectl(["patch", ...cluster, "--type=merge", "-p", `{"spec":{"paused":true}}`]);
      await loop!.logs(/Cluster mgmt\/reef is paused/, 0);
      const from = loop!.log.length;
      const other = (await server.get("secret", "-n", "mgmt", "harbour-kubeconfig")).data.value;
      const patch = JSON.stringify({ data: { value: other } });
      await server.kubectl(["patch", "secret", "-n", "mgmt", "reef-kubeconfig", "--type=merge", "-p", patch]);
      // Somebody else's output is still put right meanwhile, after which the rotation has been looked at as well.
      await server.kubectl(["delete", "secret", "-n", "team-argo", "fleet-west-harbour-kubeconfig"]);
      await loop!.logs(/created.*fleet-west-harbour-kubeconfig/, from);
      assert.deepEqual((await server.get("secret", "-n", "team-argo", "default-reef-kubeconfig")).data, before);
      await server.kubectl(["patch", ...cluster, "--type=merge", "-p", `{"spec":{"paused":false}}`]);
      await eventually(async () => {
        assert.deepEqual((await server.get("secret", "-n", "team-argo", "default-reef-kubeconfig")).data, {
          config: other,
        });
      });
    });

    await t.step("a consumer that loses its label loses its Secrets", async () => {
      await server.kubectl(["label", "namespace", "team-batch", "x-k8s.io/cluster-inventory-consumer-"]);
      await eventually(async () => {
        assert.deepEqual(await outputs(server), ALL.filter((name) => name.startsWith("team-argo/")));
      });
    });

    await t.step("a deleted Cluster takes its Secrets with it", async () => {
      await server.kubectl(["delete", "clusters.cluster.x-k8s.io", "-n", "mgmt", "reef"]);
      await eventually(async () => {
        assert.deepEqual(await outputs(server), [
          "team-argo/fleet-prod-lagoon-kubeconfig",
          "team-argo/fleet-west-harbour-kubeconfig",
        ]);
      });
    });

    await t.step("a Cluster that was paused when it vanished leaves its Secrets behind", async () => {
      const cluster = ["clusters.cluster.x-k8s.io", "-n", "mgmt", "lagoon"];
      const manifest = await Deno.readTextFile(`${EXAMPLE}/cluster/clusters.yaml`);
      const from = loop!.log.length;
      await server.kubectl(["annotate", ...cluster, "cluster.x-k8s.io/paused=true"]);
      await loop!.logs(/Cluster mgmt\/lagoon is paused/, from);
      await server.kubectl(["delete", ...cluster]);
      await loop!.logs(/Cluster 1,.*1 frozen/, from);
      assert.equal((await outputs(server)).length, 2);
      const back = loop!.log.length;
      await server.apply(manifest.split("---\n").find((document) => document.includes("name: lagoon"))!);
      await loop!.logs(/2 as wanted/, back);
    });

    await t.step("a second run writes nothing", async () => {
      assert.equal(await loop!.stop(), 0);
      const versions = async () =>
        (await server.get("secrets", "-A")).items.map((item: { metadata: Record<string, string> }) =>
          `${item.metadata.namespace}/${item.metadata.name} ${item.metadata.resourceVersion}`
        );
      const before = await versions();
      const again = await moonferry(["apply", ...kube, ...LABELS, "--yes"]);
      assert.equal(again.code, 0, again.stderr);
      loop = new RunningMoonferry(["run", ...kube, ...LABELS, "--yes"]);
      await loop.logs(/2 as wanted/, 0);
      assert.deepEqual(await versions(), before);
    });

    await t.step("an EventTrigger that is deleted while nobody runs: the next run withdraws its outputs", async () => {
      const before = await outputs(server);
      assert.equal(before.length, 2);
      assert.equal(await loop!.stop(), 0);
      await server.kubectl(["delete", "eventtrigger", "push-model"]);
      assert.deepEqual(await outputs(server), before);
      loop = new RunningMoonferry(["run", ...kube, ...LABELS, "--yes"]);
      await eventually(async () => assert.deepEqual(await outputs(server), []));
      await server.apply(await Deno.readTextFile(`${EXAMPLE}/eventtrigger.yaml`));
      await eventually(async () => assert.deepEqual(await outputs(server), before));
      await loop.logs(/2 as wanted/, 0);
    });

    await t.step("a kind that is removed from the server deletes nothing", async () => {
      const before = await outputs(server);
      await server.kubectl(["delete", "crd", "clusters.cluster.x-k8s.io"]);
      await loop!.logs(/(KindNotServed|KindTerminating|does not serve|being deleted)/, 0);
      assert.deepEqual(await outputs(server), before);
      // And it comes back, empty: its objects are gone, but nobody deleted them one by one.
      await server.apply(await Deno.readTextFile("tests/cluster/crds/cluster-api.yaml"));
      await loop!.logs(/"gate":"mass-change"/, 0);
      assert.deepEqual(await outputs(server), before);
    });

    await t.step(
      "an EventTrigger that goes with its definition withdraws nothing, also once there is a new one",
      async () => {
        const before = await outputs(server);
        const position = loop!.log.length;
        await server.kubectl(["delete", "crd", "eventtriggers.lib.projectsveltos.io"]);
        await loop!.logs(/EventTrigger.*(KindNotServed|KindTerminating|not serve|being deleted)/, position);
        await server.apply(await Deno.readTextFile("k8s/crds/lib.projectsveltos.io_eventtriggers.yaml"));
        await loop!.logs(/its definition was made anew/, position);
        assert.deepEqual(await outputs(server), before);
        const from = loop!.log.length;
        await server.apply(await Deno.readTextFile(`${EXAMPLE}/eventtrigger.yaml`));
        await loop!.logs(/held: 2 of 2 Cluster\.cluster\.x-k8s\.io objects of selector 1 are gone at once/, from);
        assert.deepEqual(await outputs(server), before);
      },
    );

    await t.step("a deleted EventTrigger withdraws its outputs", async () => {
      await server.kubectl(["delete", "eventtrigger", "push-model"]);
      await eventually(async () => assert.deepEqual(await outputs(server), []));
    });

    await t.step("no log line holds a byte of a kubeconfig", () => {
      assert.doesNotMatch(loop!.log, /certificate-authority-data|YXBpVmVyc2lvbjog|made up key/);
    });
  } finally {
    await loop?.stop().catch(() => {});
    await server.stop();
  }
});

const FOREIGN = `apiVersion: v1
kind: Secret
metadata:
  name: default-reef-kubeconfig
  namespace: team-argo
type: Opaque
data:
  config: bWFkZSBieSBoYW5k
`;
