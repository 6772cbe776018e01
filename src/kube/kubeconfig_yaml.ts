/** The one place that says how the YAML of a kubeconfig is read. */
import { load } from "js-yaml";
import type { Json } from "../json/json.ts";

/** @throws whatever the reader throws; its message may quote the text and must not be passed on. */
export function readKubeconfigYaml(text: string): Json {
  return (load(text, { json: true }) ?? null) as Json;
}
