/** All the YAML that users are given: files under `k8s/`, and the blocks of the documentation. */
import { fieldAt, type JsonObject } from "../../src/json/json.ts";
import { splitManifest } from "../../src/yaml/documents.ts";

export interface ShippedYaml {
  /** `k8s/base/service.yaml`, `docs/install.md:57`. */
  readonly where: string;
  readonly text: string;
}

/** The files below a folder, or the file itself. */
export function* filesBelow(path: string): Generator<string> {
  if (Deno.statSync(path).isFile) return yield path;
  const entries = [...Deno.readDirSync(path)].toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (const { name } of entries) yield* filesBelow(`${path}/${name}`);
}

/** In the order of their names. */
export function shippedYaml(): ShippedYaml[] {
  const found: ShippedYaml[] = [];
  for (const path of ["README.md", "SECURITY.md", "docs", "k8s"].flatMap((top) => [...filesBelow(top)])) {
    const text = path.match(/\.(ya?ml|md)$/) ? Deno.readTextFileSync(path) : "";
    if (/\.ya?ml$/.test(path)) found.push({ where: path, text });
    else found.push(...blocksOf(path, text));
  }
  return found;
}

function blocksOf(path: string, text: string): ShippedYaml[] {
  return [...text.matchAll(/^( *)```ya?ml\n([^]*?)^ *```$/gm)].map((match) => ({
    where: `${path}:${text.slice(0, match.index).split("\n").length}`,
    text: match[2]!.replaceAll(new RegExp(`^${match[1]}`, "gm"), ""),
  }));
}

/** What of it are objects for an API server; kustomize's own files are not. */
export function objectsOf({ text }: ShippedYaml): JsonObject[] {
  return splitManifest(text).map(({ value }) => value as JsonObject).filter((value) =>
    typeof value.apiVersion === "string" && typeof value.kind === "string" &&
    !value.apiVersion.startsWith("kustomize.config.k8s.io/") && fieldAt(value, "metadata", "name") !== undefined
  );
}
