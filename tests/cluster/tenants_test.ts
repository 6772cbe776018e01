/**
 * The overlay for tenants on a real API server: two Moonferries side by side, each with its own triggers, sources, outputs and
 * rights, and neither within the other's reach.
 */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { complaintsOf, InstalledMoonferry } from "../support/installed.ts";
import { KubeServer } from "../support/kube_server.ts";

const EXAMPLE = "k8s/examples/push-model";

const TENANTS = ["a", "b"];

/** Files of the example, moved to the tenant's source namespace. */
async function moved(tenant: string, ...files: string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(`${EXAMPLE}/${file}.yaml`)));
  return texts.map((text) => text.replaceAll("namespace: mgmt\n", `namespace: mgmt-${tenant}\n`));
}

/** The pipeline with the tenant's label and names that no other has, for the tenant's consumers alone. */
async function pipelineOf(tenant: string): Promise<string[]> {
  return (await moved(tenant, "eventsource", "eventtrigger", "template")).map((text) =>
    text
      .replaceAll(/^ {2}(name|eventSourceName): push-model\n(?=spec| {2}oneForEvent)/gm, `  $1: push-model-${tenant}\n`)
      .replace("kind: EventTrigger\nmetadata:\n", `$&  labels: { team: ${tenant} }\n`)
      .replace(
        "{ key: x-k8s.io/cluster-inventory-consumer, operation: Has }",
        `{ key: x-k8s.io/cluster-inventory-consumer, operation: Equal, value: ${tenant} }`,
      )
  );
}

const namespace = (name: string, labels = "{}") =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: ${labels} } }`;

Deno.test("two tenants of one management cluster", async (t) => {
  const server = await KubeServer.start();
  const folder = await Deno.makeTempDir({ prefix: "moonferry-tenants-" });
  let running: InstalledMoonferry[] = [];
  const outputs = async (...selector: string[]): Promise<string[]> =>
    (await server.get("secrets", "-A", "-l", "moonferry.dev/instance", ...selector)).items
      .map(({ metadata }: { metadata: { namespace: string; name: string; labels: Record<string, string> } }) =>
        `${metadata.labels["moonferry.dev/instance"]}: ${metadata.namespace}/${metadata.name}`
      ).sort();
  const ofTeams = (...names: string[]) =>
    names.flatMap((name) =>
      ["default-reef", "fleet-prod-lagoon", "fleet-west-harbour"].map((profile) =>
        `team-${name}: team-${name}/${profile}-kubeconfig`
      )
    );
  /** What the tenant's account may do to Secrets in a namespace. */
  const secretsOf = async (tenant: string, place: string): Promise<string | undefined> => {
    const account = `system:serviceaccount:moonferry-team-${tenant}:moonferry`;
    const { stdout } = await server.kubectl(["auth", "can-i", "--list", "--no-headers", "-n", place, "--as", account]);
    assert.match(stdout, /^selfsubjectaccessreviews/m);
    return /^secrets .*\[([a-z ]+)\]$/m.exec(stdout)?.[1];
  };
  try {
    await server.kubectl(["apply", "-k", "k8s/crds"]);
    await server.kubectl(["apply", "-f", "tests/cluster/crds/cluster-api.yaml"]);
    await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    for (const team of TENANTS) {
      const consumer = namespace(`team-${team}`, `{ x-k8s.io/cluster-inventory-consumer: ${team} }`);
      await server.apply(
        namespace(`mgmt-${team}`),
        consumer,
        ...await moved(team, "cluster/clusters", "cluster/secrets"),
        ...await pipelineOf(team),
      );
    }
    await server.apply(namespace("mgmt"), namespace("fleet-prod", "{ clusterset.multicluster.x-k8s.io: prod }"));
    assert.equal((await server.kubectl(["apply", "-k", "k8s/overlays/tenants"])).stderr, "");

    await t.step("each delivers its own, into its own namespace", async () => {
      running = await Promise.all(TENANTS.map(async (team) => {
        await Deno.mkdir(`${folder}/${team}`);
        return await InstalledMoonferry.start(server, `moonferry-team-${team}`, `${folder}/${team}`);
      }));
      await eventually(async () => assert.deepEqual(await outputs(), ofTeams("a", "b")));
      for (const team of TENANTS) {
        await server.kubectl(["wait", "--for=condition=Ready", `eventtrigger/push-model-${team}`, "--timeout=60s"]);
        const lease = await server.get("lease", "-n", `moonferry-team-${team}`, `moonferry-team-${team}`);
        assert.ok(lease.spec.holderIdentity);
      }
    });

    await t.step("what one tenant loses is no matter of the other's", async () => {
      await server.kubectl(["delete", "eventtrigger", "push-model-a"]);
      await eventually(async () => assert.deepEqual(await outputs(), ofTeams("b")));
    });

    await t.step("neither may read or write what is the other's", async () => {
      for (const [team, other] of [["a", "b"], ["b", "a"]] as const) {
        assert.equal(await secretsOf(team, `mgmt-${team}`), "get list watch");
        assert.equal(await secretsOf(team, `team-${team}`), "get list watch create patch delete");
        for (const place of ["default", `mgmt-${other}`, `team-${other}`]) {
          assert.equal(await secretsOf(team, place), undefined, place);
        }
      }
      for (const moonferry of running.splice(0)) {
        const { code, log } = await moonferry.stop();
        assert.equal(code, 0, log);
        assert.deepEqual(complaintsOf(log), []);
      }
    });
  } finally {
    for (const moonferry of running) await moonferry.stop();
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
