/** The script of the push-model example, as it stands there. */
import { field, fieldAt } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";

export function pushModelScript(): string {
  const path = new URL("../../k8s/examples/push-model/eventsource.yaml", import.meta.url);
  const source = readYaml(Deno.readTextFileSync(path));
  const script = field(fieldAt(source, "spec"), "aggregatedSelection");
  if (typeof script !== "string") throw new Error(`${path}: there is no aggregatedSelection`);
  return script;
}
