/** The push-model example's own script and template, as they stand there, and matches as its script makes them. */
import { field, fieldAt, type JsonObject } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";

const FOLDER = new URL("../../k8s/examples/push-model/", import.meta.url);

export function pushModelScript(): string {
  const path = new URL("eventsource.yaml", FOLDER);
  const source = readYaml(Deno.readTextFileSync(path));
  const script = field(fieldAt(source, "spec"), "aggregatedSelection");
  if (typeof script !== "string") throw new Error(`${path}: there is no aggregatedSelection`);
  return script;
}

export function pushModelTemplate(): string {
  return templateIn(new URL("template.yaml", FOLDER));
}

/** The text under `secret.yaml` of the ConfigMap in a file. */
export function templateIn(path: string | URL): string {
  // A separator at the head of the file makes no document.
  const object = readYaml(Deno.readTextFileSync(path).replace(/^---\n/, ""));
  const template = field(fieldAt(object, "data"), "secret.yaml");
  if (typeof template !== "string") throw new Error(`${path}: there is no key secret.yaml`);
  return template;
}

/** Matches with the fields that the example's template reads, and those of the page's; a kubeconfig of 5.5 kB each. */
export function pushModelMatches(count: number): JsonObject[] {
  const kubeconfig = "QUJD".repeat(1375);
  return Array.from({ length: count }, (_, i) => {
    const [profile, namespace, consumer] = [`cluster-${i}`, i % 3 === 0 ? "" : "fleet", `team-${i % 7}`];
    return {
      apiVersion: "moonferry.dev/v1",
      kind: "InventoryTarget",
      metadata: { namespace: consumer, name: `fleet.cluster-${i}` },
      spec: {
        ...{ profileName: profile, profileNamespace: namespace, kubeconfig },
        ...{ clusterProfileName: profile, clusterProfileNamespace: namespace, kubeconfigRaw: kubeconfig },
        targetNamespace: consumer,
      },
    };
  });
}
