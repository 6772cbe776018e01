/** The push-model example on a real API server. */
import type { KubeServer } from "./kube_server.ts";

export const EXAMPLE = "k8s/examples/push-model";

/** The CRDs, the example's cluster and its pipeline, on an API server that is empty. */
export async function preparePushModel(server: KubeServer): Promise<void> {
  const files = [
    "k8s/crds/lib.projectsveltos.io_eventsources.yaml",
    "k8s/crds/lib.projectsveltos.io_eventtriggers.yaml",
  ];
  const crds = await Promise.all(
    [...files, "tests/cluster/crds/cluster-api.yaml"].map((file) => Deno.readTextFile(file)),
  );
  await server.apply(...crds);
  await server.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
  for (const file of ["cluster/namespaces", "cluster/clusters", "cluster/secrets", "cluster/bootstrap"]) {
    await server.apply(await Deno.readTextFile(`${EXAMPLE}/${file}.yaml`));
  }
  for (const file of ["eventsource", "template", "eventtrigger"]) {
    await server.apply(await Deno.readTextFile(`${EXAMPLE}/${file}.yaml`));
  }
}
