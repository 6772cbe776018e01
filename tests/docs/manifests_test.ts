/** Every YAML that users are given is YAML to Moonferry's own reader, and what is in k8s/ holds together. */
import assert from "node:assert/strict";
import { VERSION } from "../../src/cli/version.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { splitManifest } from "../../src/yaml/documents.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { filesBelow, objectsOf, shippedYaml } from "../support/shipped_yaml.ts";

const ALL = shippedYaml();

Deno.test("all of it can be read, and none is empty", () => {
  assert.ok(ALL.filter(({ where }) => where.startsWith("k8s/")).length >= 35);
  assert.ok(ALL.filter(({ where }) => where.startsWith("docs/")).length >= 3);
  for (const { where, text } of ALL) assert.ok(splitManifest(text).length > 0, where);
});

Deno.test("files of k8s/ are objects or kustomize's own, and no two in one folder are one object", () => {
  const seen = new Map<string, string>();
  for (const yaml of ALL.filter(({ where }) => where.startsWith("k8s/") && !where.includes("/examples/"))) {
    const isKustomize = yaml.where.endsWith("/kustomization.yaml");
    const objects = objectsOf(yaml);
    assert.equal(objects.length, isKustomize ? 0 : splitManifest(yaml.text).length, yaml.where);
    for (const { kind, metadata } of objects) {
      const { namespace = "", name } = metadata as JsonObject;
      const key = `${yaml.where.replace(/\/[^/]*$/, "")}: ${kind} ${namespace}/${name}`;
      assert.equal(seen.get(key), undefined, `${yaml.where} and ${seen.get(key)}: ${key}`);
      seen.set(key, yaml.where);
    }
  }
});

Deno.test("every kustomization names files that are there, and every file is named by one", () => {
  const named = new Set<string>();
  for (
    const { where, text } of ALL.filter(({ where }) => where.startsWith("k8s/") && where.endsWith("kustomization.yaml"))
  ) {
    const folder = where.slice(0, -"/kustomization.yaml".length);
    const { resources = [], components = [], configMapGenerator = [] } = readYaml(text) as Record<string, never[]>;
    const files = (configMapGenerator as { files: string[] }[]).flatMap(({ files }) =>
      files.map((file) => file.split("=").at(-1)!)
    );
    for (const name of [...resources, ...components, ...files]) {
      const path = new URL(`file:///${folder}/${name}`).pathname.slice(1);
      named.add(Deno.statSync(path).isFile ? path : `${path}/kustomization.yaml`);
    }
  }
  const files = ["k8s/base", "k8s/crds", "k8s/monitoring"].flatMap((folder) => [...filesBelow(folder)]);
  assert.deepEqual(files.filter((file) => !/\.ts$|kustomization\.yaml$/.test(file) && !named.has(file)), []);
});

Deno.test("the image and the label have the program's version", async () => {
  const { images, labels } = readYaml(await Deno.readTextFile("k8s/base/kustomization.yaml")) as unknown as {
    images: { name: string; newTag: string }[];
    labels: { pairs: Record<string, string> }[];
  };
  assert.deepEqual(images, [{ name: "moonferry", newTag: VERSION }]);
  assert.equal(labels[0]!.pairs["app.kubernetes.io/version"], VERSION);
});
