/**
 * The objects of the page "Cluster Inventory Push Model via Sveltos", byte for byte, at work on a real API server. They are not
 * kept here: the folder beside the project (or `MOONFERRY_PAGE`) has them.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { KubeServer } from "../support/kube_server.ts";
import { RunningMoonferry } from "../support/moonferry.ts";

const FOLDER = Deno.env.get("MOONFERRY_PAGE") ?? "../shared/push-model";
const isThere = await Deno.stat(FOLDER).then(() => true, () => false);
if (!isThere) console.warn(`!! ${FOLDER} is not there: the page's own objects were NOT tested (set MOONFERRY_PAGE)`);

const FILES = [
  ...["input/cluster", "input/secrets", "cm-push-model-template", "eventsource-push-model-from-capi"],
  "eventtrigger-push-model-from-capi",
];

async function outputs(server: KubeServer): Promise<string[]> {
  const { items } = await server.get("secrets", "-A", "-l", "moonferry.dev/instance=moonferry");
  return items.map(({ metadata }: { metadata: Record<string, string> }) => `${metadata.namespace}/${metadata.name}`)
    .sort();
}

const names = (namespaces: string[], profiles: string[]) =>
  namespaces.flatMap((namespace) => profiles.map((profile) => `${namespace}/${profile}-kubeconfig`)).sort();

Deno.test({
  name: "the page's own objects on a real API server",
  // Said above where it is left out.
  ignore: !isThere,
  fn: async (t) => {
    const server = await KubeServer.start();
    let loop: RunningMoonferry | undefined;
    try {
      const crds = [
        "k8s/crds/lib.projectsveltos.io_eventsources.yaml",
        "k8s/crds/lib.projectsveltos.io_eventtriggers.yaml",
      ];
      for (const file of [...crds, "tests/cluster/crds/cluster-api.yaml"]) {
        await server.apply(await Deno.readTextFile(file));
      }
      await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
      for (const file of FILES) await server.apply(await Deno.readTextFile(`${FOLDER}/${file}.yaml`));
      loop = new RunningMoonferry([
        "run",
        "--kubeconfig",
        server.adminKubeconfig,
        "--mgmt-labels",
        "cluster-api=enabled",
        "--yes",
      ]);

      await t.step("run creates the six Secrets", async () => {
        const wanted = names(["team-a", "team-b"], ["default-gamma", "fleet-prod-beta", "fleet-west-alpha"]);
        await eventually(async () => assert.deepEqual(await outputs(server), wanted));
      });
      await t.step("a rotated kubeconfig reaches its two Secrets", async () => {
        const other = await server.get("secret", "-n", "mgmt", "c1-kubeconfig");
        const patch = JSON.stringify({ data: { value: other.data.value } });
        await server.kubectl(["patch", "secret", "-n", "mgmt", "c2-kubeconfig", "--type=merge", "-p", patch]);
        await eventually(async () => {
          for (const namespace of ["team-a", "team-b"]) {
            const secret = await server.get("secret", "-n", namespace, "fleet-prod-beta-kubeconfig");
            assert.deepEqual(secret.data, { config: other.data.value });
          }
        });
      });
      await t.step("bootstrap data is held back, and the right credential stays", async () => {
        const before = await server.get("secret", "-n", "team-a", "fleet-west-alpha-kubeconfig");
        await server.apply(await Deno.readTextFile(`${FOLDER}/input-bootstrap-secret.yaml`));
        await loop!.logs(/"gate":"payload".*fleet-west-alpha-kubeconfig/, 0);
        assert.deepEqual((await server.get("secret", "-n", "team-a", "fleet-west-alpha-kubeconfig")).data, before.data);
        await server.kubectl(["delete", "secret", "-n", "mgmt", "c1-md-0-x7k2p"]);
      });
      await t.step("a consumer that loses its label loses its Secrets", async () => {
        await server.kubectl(["label", "namespace", "team-b", "x-k8s.io/cluster-inventory-consumer-"]);
        const wanted = names(["team-a"], ["default-gamma", "fleet-prod-beta", "fleet-west-alpha"]);
        await eventually(async () => assert.deepEqual(await outputs(server), wanted));
      });
      await t.step("a deleted Cluster takes its Secret with it", async () => {
        await server.kubectl(["delete", "clusters.cluster.x-k8s.io", "-n", "mgmt", "c3"]);
        const wanted = names(["team-a"], ["fleet-prod-beta", "fleet-west-alpha"]);
        await eventually(async () => assert.deepEqual(await outputs(server), wanted));
      });
    } finally {
      await loop?.stop().catch(() => {});
      await server.stop();
    }
  },
});
