/** Presets for consumers with a credential of one's own making: it is published, and never the administrator's in its place. */
import assert from "node:assert/strict";
import { moonferry } from "../support/moonferry.ts";

const EXAMPLES = "k8s/examples";
const FLAGS = [
  "--mgmt-labels=cluster-api=enabled",
  "--allowed-kinds=Secret,ClusterProfile.multicluster.x-k8s.io,MultiKueueCluster.kueue.x-k8s.io",
];

/** What a preset whose script says otherwise in one line plans for the sample fleet, and a Secret made for a consumer. */
async function planOf(preset: string, from: string, to: string, secret: string): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const source = await Deno.readTextFile(`${EXAMPLES}/${preset}/eventsource.yaml`);
    assert.ok(source.includes(from));
    await Deno.writeTextFile(`${folder}/eventsource.yaml`, source.replace(from, to));
    for (const file of ["eventtrigger.yaml", "template.yaml"]) {
      await Deno.copyFile(`${EXAMPLES}/${preset}/${file}`, `${folder}/${file}`);
    }
    const fleet = await Deno.readTextFile(`${EXAMPLES}/clusterprofile/cluster/secrets.yaml`);
    const admin = fleet.split("---\n").find((document) => document.includes("name: harbour-kubeconfig"))!;
    await Deno.writeTextFile(`${folder}/scoped.yaml`, admin.replace("name: harbour-kubeconfig", `name: ${secret}`));
    const files = [folder, `${EXAMPLES}/clusterprofile/cluster`].flatMap((path) => ["-f", path]);
    const { stdout, stderr } = await moonferry(["plan", ...files, ...FLAGS, "-o", "json"]);
    assert.equal(stderr, "");
    const { changes } = JSON.parse(stdout) as { changes: { object: Record<"kind" | "namespace" | "name", string> }[] };
    return changes.map(({ object: { kind, namespace, name } }) => `${kind} ${namespace}/${name}`).sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (
  const [preset, secret] of [
    ["push-model-kep", "Secret team-build/default.harbour"],
    ["clusterprofile", "ClusterProfile team-build/moonferry-harbour,Secret team-build/moonferry-harbour-kubeconfig"],
  ] as const
) {
  Deno.test(`${preset}: with SCOPED each consumer gets what was made for it, or nothing`, async () => {
    const planned = await planOf(preset, "local SCOPED = false", "local SCOPED = true", "harbour-build-kubeconfig");
    assert.deepEqual(planned, secret.split(","));
  });
}

for (
  const [preset, secret] of [["kueue", "harbour-kueue-kubeconfig"], ["argocd", "harbour-argocd-kubeconfig"]] as const
) {
  Deno.test(`${preset}: with SUFFIX a Cluster without a Secret of that name is not published`, async () => {
    const suffix = secret.slice("harbour".length);
    const planned = await planOf(preset, 'local SUFFIX = "-kubeconfig"', `local SUFFIX = "${suffix}"`, secret);
    assert.ok(planned.length > 0 && planned.every((target) => target.includes("harbour")), planned.join());
  });
}
