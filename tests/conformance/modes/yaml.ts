/**
 * Modes `yaml-read` and `yaml-write`: YAML as sigs.k8s.io/yaml reads and writes it; `yaml-write-v3`: as go-yaml v3 writes it
 * for Sveltos's `copy`; `yaml-split`: the objects of a rendered text.
 */
import { field, isJsonObject, type Json } from "../../../src/json/json.ts";
import { splitRendered } from "../../../src/yaml/rendered_documents.ts";
import { readYaml, YamlError } from "../../../src/yaml/read.ts";
import { writeYamlThroughJson, writeYamlV3 } from "../../../src/yaml/write.ts";
import { type Answer, type Case, textField } from "../case.ts";

/** Of a failure, `goMessage` is what go-yaml would say. */
export function yamlRead(input: Case): Answer {
  try {
    return { ok: true, value: readYaml(textField(input, "text")) };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { error: error.message, goMessage: error.goMessage };
  }
}

export function yamlWrite(input: Case): Answer {
  return { ok: true, text: writeYamlThroughJson(field(input, "value") ?? null) };
}

export function yamlWriteV3(input: Case): Answer {
  return { ok: true, text: writeYamlV3(field(input, "value") ?? null) };
}

export function yamlSplit(input: Case): Answer {
  return { ok: true, documents: splitRendered(textField(input, "text")).map(({ value }) => objectOf(value)) };
}

/** What Sveltos reads into a map; null gives an empty one. */
function objectOf(value: Json): Json {
  if (value !== null && !isJsonObject(value)) throw new Error("a document is no map");
  return value;
}
