/** A folder as the cluster: what is read, what is refused, and how it is written to. */
import assert from "node:assert/strict";
import { type KubeObject, nameOf } from "../../src/api/object.ts";
import { FolderApplier, outputPath } from "../../src/manifests/applier.ts";
import { LoadError, loadManifests, MAX_FILE_BYTES } from "../../src/manifests/load.ts";
import { FolderReader } from "../../src/manifests/reader.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import { object } from "../support/world.ts";

const signal = new AbortController().signal;

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const SECRET = (name: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: ns}\n`;

Deno.test("files, subfolders, several documents and lists are read in order", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/sub`);
    await Deno.writeTextFile(
      `${folder}/b.yaml`,
      `# a comment\n---\n${SECRET("b1")}---\n${SECRET("b2")}---\n# nothing\n`,
    );
    await Deno.writeTextFile(`${folder}/a.json`, '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}');
    await Deno.writeTextFile(
      `${folder}/sub/c.yml`,
      `apiVersion: v1\nkind: SecretList\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: c1}}\n- {apiVersion: v1, kind: Secret, metadata: {name: c2}}\n`,
    );
    await Deno.writeTextFile(`${folder}/README.md`, "not a manifest");
    await Deno.writeTextFile(`${folder}/moonferry-test.yaml`, "name: x");
    const manifests = await loadManifests([folder]);
    assert.deepEqual(manifests.map(({ object }) => object.metadata.name), ["a", "b1", "b2", "c1", "c2"]);
    assert.deepEqual(manifests.map(({ line }) => line), [1, 3, 7, 1, 1]);
  }));

Deno.test("a scenario below is no input of the folder above, and is read where it is named", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/test`);
    await Deno.writeTextFile(`${folder}/a.yaml`, SECRET("a"));
    await Deno.writeTextFile(`${folder}/test/moonferry-test.yaml`, "name: x");
    await Deno.writeTextFile(`${folder}/test/a.yaml`, SECRET("a"));
    await Deno.writeTextFile(`${folder}/test/b.yaml`, SECRET("b"));
    const names = async (path: string) => (await loadManifests([path])).map(({ object }) => object.metadata.name);
    assert.deepEqual(await names(folder), ["a"]);
    assert.deepEqual(await names(`${folder}/test`), ["a", "b"]);
  }));

const BAD: readonly { name: string; make: (folder: string) => Promise<unknown>; error: RegExp }[] = [
  {
    name: "not UTF-8",
    make: (folder) => Deno.writeFile(`${folder}/a.yaml`, new Uint8Array([0x61, 0xff])),
    error: /a\.yaml: not UTF-8/,
  },
  {
    name: "too large",
    make: (folder) => Deno.writeFile(`${folder}/a.yaml`, new Uint8Array(MAX_FILE_BYTES + 1)),
    error: /more than the 10485760/,
  },
  {
    name: "empty, as while it is being written",
    make: (folder) => Deno.writeTextFile(`${folder}/a.yaml`, " \n"),
    error: /a\.yaml: empty; put its objects in, or remove the file/,
  },
  {
    name: "no kind",
    make: (folder) => Deno.writeTextFile(`${folder}/a.yaml`, "apiVersion: v1\nmetadata: {name: x}\n"),
    error: /a\.yaml:1: kind: required/,
  },
  {
    name: "no name",
    make: (folder) => Deno.writeTextFile(`${folder}/a.yaml`, "apiVersion: v1\nkind: X\n"),
    error: /a\.yaml:1: X: metadata\.name: required/,
  },
  {
    name: "a link that leads out",
    make: (folder) => Deno.symlink("/etc", `${folder}/link`),
    error: /a link that leads out/,
  },
];

for (const { name, make, error } of BAD) {
  Deno.test(`not read: ${name}`, () =>
    withFolder(async (folder) => {
      await make(folder);
      await assert.rejects(loadManifests([folder]), (thrown) =>
        thrown instanceof LoadError && error.test(thrown.message));
    }));
}

Deno.test("versions: a folder can't convert, and says so instead of looking empty", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/a.yaml`,
      "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: c, namespace: n}\n",
    );
    const reader = new FolderReader({ inputs: [folder] });
    const query = { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" };
    assert.equal((await reader.list(query, signal)).unknown?.reason, "KindNotServed");
    assert.equal((await reader.list({ ...query, version: "v1beta2" }, signal)).objects?.length, 1);
    assert.deepEqual(
      (await reader.list({ ...query, kind: "Other" }, signal)).objects,
      [],
      "a kind without files is complete and empty",
    );
  }));

Deno.test("versions: what is there in another version is not left out of a list", () =>
  withFolder(async (folder) => {
    const cluster = (version: string, name: string) =>
      `apiVersion: cluster.x-k8s.io/${version}\nkind: Cluster\nmetadata: {name: ${name}, namespace: n}\n`;
    await Deno.writeTextFile(`${folder}/a.yaml`, `${cluster("v1beta1", "a")}---\n${cluster("v1beta2", "b")}`);
    const reader = new FolderReader({ inputs: [folder] });
    const query = { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster" };
    assert.match(
      (await reader.list(query, signal)).unknown?.message ?? "",
      /hold Cluster as cluster\.x-k8s\.io\/v1beta2/,
    );
    const names = async (name?: string) =>
      (await reader.list({ ...query, name, version: name ? "v1beta1" : "" }, signal)).objects?.map(nameOf);
    assert.deepEqual(await names("a"), ["a"], "another object's version is of no concern");
    assert.deepEqual(await names(), ["a", "b"], "any version is asked for");
  }));

Deno.test("files that can't be read make everything unknown", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.yaml`, SECRET("a"));
    const reader = new FolderReader({ inputs: [folder] });
    await reader.load();
    await Deno.writeTextFile(`${folder}/b.yaml`, "a: b\n  c: d\n");
    await assert.rejects(reader.load(), LoadError);
    assert.equal(
      (await reader.list({ group: "", version: "v1", kind: "Secret" }, signal)).unknown?.reason,
      "Unreadable",
    );
    await Deno.remove(`${folder}/b.yaml`);
    await reader.load();
    assert.equal((await reader.list({ group: "", version: "v1", kind: "Secret" }, signal)).objects?.length, 1);
  }));

Deno.test("an output folder within an input folder is not an input", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/out`);
    await Deno.writeTextFile(`${folder}/a.yaml`, SECRET("a"));
    await Deno.writeTextFile(`${folder}/out/b.yaml`, SECRET("b"));
    const reader = new FolderReader({ inputs: [folder], outputDir: `${folder}/out` });
    await reader.load();
    assert.equal(reader.objects().length, 2);
  }));

const PATHS: readonly { ref: [string, string, string, string]; want?: string }[] = [
  { ref: ["v1", "Secret", "ns", "a"], want: "ns/Secret/a.yaml" },
  {
    ref: ["multicluster.x-k8s.io/v1alpha1", "ClusterProfile", "ns", "a.b"],
    want: "ns/ClusterProfile.multicluster.x-k8s.io/a.b.yaml",
  },
  { ref: ["v1", "Namespace", "", "a"], want: "_cluster/Namespace/a.yaml" },
  { ref: ["v1", "Secret", "..", "a"] },
  { ref: ["v1", "Secret", "ns", "../a"] },
  { ref: ["v1", "../Secret", "ns", "a"] },
  { ref: ["v1", "Secret", "a/b", "a"] },
];

for (const { ref: [apiVersion, kind, namespace, name], want } of PATHS) {
  Deno.test(`path of ${kind} ${namespace}/${name}`, () => {
    const path = () => outputPath({ apiVersion, kind, namespace, name });
    if (want) assert.equal(path(), want);
    else assert.throws(path, LoadError);
  });
}

Deno.test("writing: mode 0600, never over what is there, never on an old plan", () =>
  withFolder(async (folder) => {
    const reader = new FolderReader({ inputs: [], outputDir: folder });
    await reader.load();
    const applier = new FolderApplier(folder, reader);
    const file = `${folder}/ns/Secret/x.yaml`;
    const desired = object("{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: ns}, data: {a: eA==}}");
    const change = (action: Change["action"], live?: KubeObject): Change => ({
      action,
      target: { apiVersion: "v1", kind: "Secret", namespace: "ns", name: "x" },
      origin: { trigger: "t", template: { apiVersion: "v1", kind: "ConfigMap", namespace: "m", name: "t" }, key: "k" },
      ...(action === "delete" ? {} : { desired }),
      live,
      because: [],
      step: 0,
      after: [],
    });
    assert.equal((await applier.apply(change("create"))).status, "done");
    if (Deno.build.os !== "windows") assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    assert.equal((await applier.apply(change("create"))).status, "conflict");
    const other = object("{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: ns}, data: {a: eQ==}}");
    assert.equal((await applier.apply(change("update", other))).status, "stale");
    assert.equal((await applier.apply(change("delete", other))).status, "stale");
    assert.match(await Deno.readTextFile(file), /eA==/);
    assert.equal((await applier.apply(change("delete", desired))).status, "done");
    await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
    assert.equal((await applier.apply(change("delete", desired))).status, "done", "what is gone is gone");
    const left: string[] = [];
    for await (const { name } of Deno.readDir(`${folder}/ns/Secret`)) left.push(name);
    assert.deepEqual(left, [], "no half-written file stays");
  }));

Deno.test("writing: what the file system refuses concerns that object alone, by its own words", () =>
  withFolder(async (folder) => {
    const reader = new FolderReader({ inputs: [], outputDir: folder });
    await reader.load();
    const applier = new FolderApplier(folder, reader);
    // A name that Kubernetes takes, and too long for a file beside it.
    const name = "x".repeat(250);
    const { status, message, retry } = await applier.apply({
      action: "create",
      target: { apiVersion: "v1", kind: "Secret", namespace: "ns", name },
      origin: { trigger: "t", template: { apiVersion: "v1", kind: "ConfigMap", namespace: "m", name: "t" }, key: "k" },
      desired: { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "ns" }, data: { a: "c2VjcmV0" } },
      because: [],
      step: 0,
      after: [],
    });
    assert.deepEqual([status, retry], ["failed", false]);
    assert.match(message, /too long/i);
    assert.doesNotMatch(message, /c2VjcmV0/);
  }));

Deno.test("a Secret is read as the API server would have stored it: no stringData, which wins over data", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/s.yaml`,
      `${SECRET("both")}data: {a: eA==, b: eQ==}\nstringData: {b: new, c: "ü"}\n---\n${
        SECRET("wrong")
      }stringData: {a: 1}\n` +
        "---\n{apiVersion: example.com/v1, kind: Secret, metadata: {name: other}, stringData: {a: x}}\n",
    );
    const reader = new FolderReader({ inputs: [folder] });
    await reader.load();
    const [other, both, wrong] = reader.objects();
    assert.deepEqual(both!.data, { a: "eA==", b: btoa("new"), c: "w7w=" });
    assert.equal("stringData" in both!, false);
    assert.deepEqual(wrong!.stringData, { a: 1 });
    assert.deepEqual(other!.stringData, { a: "x" });
  }));
