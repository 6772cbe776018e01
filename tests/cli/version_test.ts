/** `version`: one place, true of what is pinned and of the definitions that ship, and the commit where it is known. */
import assert from "node:assert/strict";
import { readRevision, VERSION, versionDocument } from "../../src/cli/version.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { moonferry } from "../support/moonferry.ts";

const read = (file: string) => Deno.readTextFileSync(file);

Deno.test("version -o json: what is pinned, what runs it, what it reads", async () => {
  const { code, stdout } = await moonferry(["version", "-o", "json"]);
  assert.equal(code, 0);
  const document = JSON.parse(stdout);
  assert.equal(document.version, VERSION);
  assert.equal(document.deno, Deno.version.deno);
  assert.equal(document.v8, Deno.version.v8);
  assert.deepEqual(document, JSON.parse(JSON.stringify(versionDocument())));
  const locked = Object.keys(JSON.parse(read("deno.lock")).npm);
  for (const library of Object.values(document.libraries) as string[]) assert.ok(locked.includes(library), library);
  assert.ok(document.libraries.lua.startsWith("wasmoon@"));
});

Deno.test("version -o yaml says the same", async () => {
  const { stdout } = await moonferry(["version", "-o", "yaml"]);
  assert.deepEqual(JSON.parse(JSON.stringify(readYaml(stdout))), JSON.parse(JSON.stringify(versionDocument())));
});

Deno.test("the kinds are served by the definitions in k8s/crds", () => {
  const { kinds } = versionDocument() as { kinds: { apiVersion: string; kind: string }[] };
  for (const file of ["eventsources", "eventtriggers"]) {
    const definition = JSON.parse(
      JSON.stringify(readYaml(read(`k8s/crds/lib.projectsveltos.io_${file}.yaml`))),
    );
    const { group, names, versions } = definition.spec;
    const served = versions.filter((version: { served: boolean }) => version.served);
    const want = served.map(({ name }: { name: string }) => ({ apiVersion: `${group}/${name}`, kind: names.kind }));
    assert.deepEqual(kinds.filter(({ kind }) => kind === names.kind), want);
  }
});

Deno.test("the commit: of an archive or an image, and never git's placeholder", () => {
  const hash = "0123456789abcdef0123456789abcdef01234567";
  assert.equal(readRevision(`${hash}\n`), hash);
  assert.equal(readRevision(`${"a".repeat(64)}\n`), "a".repeat(64));
  for (const text of ["", "$Format:%H$\n", "main\n", hash.slice(1), `${hash}-dirty`]) {
    assert.equal(readRevision(text), undefined, text);
  }
  assert.match(read(".gitattributes"), /^src\/cli\/revision\.txt export-subst$/m);
});

Deno.test("whatever else names the version names this one", () => {
  const version = VERSION.replaceAll(".", "\\.");
  const rows: [file: string, named: RegExp, times: number][] = [
    ["Dockerfile", /^ARG VERSION=(\S+)$/gm, 1],
    ["docs/install.md", /(?:moonferry:|newTag: ")(\d[^\s"]*)/g, 3],
    ["docs/install-offline.md", /moonferry[:-](\d+\.\d+\.\d+)/g, 9],
  ];
  for (const [file, named, times] of rows) {
    const found = [...read(file).matchAll(named)].map(([, name]) => name!);
    assert.equal(found.length, times, file);
    for (const name of found) assert.match(name, new RegExp(`^${version}$`), file);
  }
});
