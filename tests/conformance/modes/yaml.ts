/** Modes `yaml-read` and `yaml-write`: YAML as sigs.k8s.io/yaml reads and writes it. */
import { field } from "../../../src/json/json.ts";
import { readYaml } from "../../../src/yaml/read.ts";
import { writeYaml } from "../../../src/yaml/write.ts";
import { type Answer, type Case, textField } from "../case.ts";

export function yamlRead(input: Case): Answer {
  return { ok: true, value: readYaml(textField(input, "text")) };
}

export function yamlWrite(input: Case): Answer {
  return { ok: true, text: writeYaml(field(input, "value") ?? null) };
}
