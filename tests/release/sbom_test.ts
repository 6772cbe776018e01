/**
 * The bill of materials against what CycloneDX 1.6 demands of the fields that we use, and against the lock, the tree and the
 * Dockerfile; the page of licences against the packages themselves.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { licencesPage } from "../../release/licences.ts";
import { lockedPackages } from "../../release/packages.ts";
import { bomText, type Component, makeBom } from "../../release/sbom.ts";
import { VERSION } from "../../src/cli/version.ts";

/** Of a value: what is wrong with it, by place. */
type Check = (value: unknown, at: string) => string[];

const text = (pattern: RegExp): Check => (value, at) =>
  typeof value === "string" && pattern.test(value) ? [] : [`${at}: ${JSON.stringify(value)} is not ${pattern}`];
const list = (item: Check): Check => (value, at) =>
  Array.isArray(value) ? value.flatMap((one, index) => item(one, `${at}[${index}]`)) : [`${at}: no list`];
const isText = text(/^/);
const oneOf = (...names: string[]) => text(new RegExp(`^(${names.join("|")})$`));

/** No field besides these; those with a `!` must be there. */
function object(fields: () => Record<string, Check>): Check {
  return (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
    const checks = Object.entries(fields()).map(([name, check]) => [name.replace("!", ""), name, check] as const);
    const entries = new Map(Object.entries(value));
    return [
      ...checks.filter(([name, marked]) => name !== marked && !entries.has(name)).map(([name]) => `${at}: no ${name}`),
      ...[...entries].flatMap(([name, inner]) => {
        const check = checks.find(([known]) => known === name)?.[2];
        return check ? check(inner, `${at}.${name}`) : [`${at}: ${name} is not known`];
      }),
    ];
  };
}

// Of the SPDX list of licences, those that are ours; another is to be looked up there before it stands here.
const LICENCE = oneOf("Apache-2\\.0", "MIT", "BSD-3-Clause");
const HASH: Check = (value, at) => {
  const { alg } = value as { alg: string };
  const digits = { "SHA-256": 64, "SHA-512": 128 }[alg];
  return object(() => ({ "alg!": oneOf("SHA-256", "SHA-512"), "content!": text(new RegExp(`^[a-f0-9]{${digits}}$`)) }))(
    value,
    at,
  );
};
const COMPONENT: Check = object(() => ({
  "type!": oneOf("application", "library", "platform", "container"),
  "bom-ref": text(/^(?!urn:cdx:)./),
  "group": isText,
  "name!": text(/^./),
  "version": isText,
  "description": isText,
  "scope": oneOf("required", "optional", "excluded"),
  "hashes": list(HASH),
  "licenses": list(object(() => ({ "license!": object(() => ({ "id!": LICENCE })) }))),
  "purl": text(/^pkg:(npm|generic|docker)\/((%40)?[a-z0-9.-]+\/)?[a-z0-9.-]+@[0-9][0-9a-z.-]*$/),
  "pedigree": object(() => ({ ancestors: list(COMPONENT), notes: isText })),
}));
const BOM: Check = object(() => ({
  "bomFormat!": oneOf("CycloneDX"),
  "specVersion!": oneOf("1\\.6"),
  "serialNumber": text(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  "version": (value, at) => (value === 1 ? [] : [`${at}: no version`]),
  "metadata": object(() => ({ timestamp: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), component: COMPONENT })),
  "components": list(COMPONENT),
  "dependencies": list(object(() => ({ "ref!": isText, "dependsOn": list(isText) }))),
}));

const bom = await makeBom(".", "2026-01-02T03:04:05Z");
const packages = await lockedPackages();
const named = (name: string): Component => bom.components.find((component) => component.name === name)!;
/** As anybody else reads it. */
const read = () => JSON.parse(bomText(bom));

Deno.test("the document is what CycloneDX 1.6 demands", () => assert.deepEqual(BOM(read(), "bom"), []));

Deno.test("the check sees what is wrong", () => {
  const rows: [(document: ReturnType<typeof read>) => void, RegExp][] = [
    [(document) => document.serialNumber = "1", /^bom\.serialNumber: /],
    [(document) => delete document.bomFormat, /^bom: no bomFormat/],
    [(document) => document.components[0].kind = "x", /^bom\.components\[0\]: kind is not known/],
    [(document) => document.components[0].hashes[0].content = "00", /^bom\.components\[0\]\.hashes\[0\]\.content: /],
    [(document) => document.components[0].licenses[0].license.id = "MTI", /licenses\[0\]\.license\.id: /],
    [(document) => document.dependencies[0].dependsOn = "x", /^bom\.dependencies\[0\]\.dependsOn: no list/],
  ];
  for (const [change, want] of rows) {
    const document = read();
    change(document);
    assert.match(BOM(document, "bom").join("\n"), want);
  }
});

Deno.test("references: each is one component's, and every dependency leads to one", () => {
  const refs = [bom.metadata.component, ...bom.components].map((component) => component["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  assert.deepEqual(bom.dependencies.map(({ ref }) => ref).toSorted(), refs.toSorted());
  for (const { ref, dependsOn } of bom.dependencies) {
    assert.equal(new Set(dependsOn).size, dependsOn.length, ref);
    for (const other of dependsOn) assert.ok(refs.includes(other), `${ref} depends on ${other}`);
  }
});

Deno.test("every locked package is there with the lock's own hash", () => {
  const { npm } = JSON.parse(Deno.readTextFileSync("deno.lock"));
  const libraries = bom.components.filter(({ purl }) => purl?.startsWith("pkg:npm/"));
  assert.equal(libraries.length, Object.keys(npm).length);
  for (const [id, { integrity }] of Object.entries(npm) as [string, { integrity: string }][]) {
    const component = libraries.find(({ purl }) => decodeURIComponent(purl!) === `pkg:npm/${id}`);
    assert.ok(component, id);
    const { alg, content } = component.hashes![0]!;
    assert.equal(`${alg.toLowerCase().replace("-", "")}-${Uint8Array.fromHex(content).toBase64()}`, integrity, id);
  }
});

Deno.test("what the program imports is required, what tests and makers import is not", () => {
  for (const name of ["re2js", "prom-client", "tdigest", "bintrees", "moment-timezone", "lua", "deno"]) {
    assert.equal(named(name).scope, "required", name);
  }
  for (const name of ["fast-check", "pure-rand", "wasmoon"]) assert.equal(named(name).scope, "excluded", name);
  const own = bom.dependencies.find(({ ref }) => ref === `moonferry@${VERSION}`)!;
  assert.ok(own.dependsOn.includes(named("re2js").purl!));
  assert.ok(!own.dependsOn.includes(named("fast-check").purl!));
});

Deno.test("the vendored module is the one in the tree, and says where it is from", () => {
  const lua = named("lua");
  const file = Deno.readFileSync(lua["bom-ref"]);
  assert.deepEqual(lua.hashes, [{ alg: "SHA-256", content: createHash("sha256").update(file).digest("hex") }]);
  assert.equal(lua.pedigree!.ancestors[0]!.purl, named("wasmoon").purl);
});

Deno.test("Deno and the base are those of the Dockerfile, and Deno is the one that CI runs", () => {
  assert.equal(named("deno").type, "platform");
  const base = bom.components.find(({ type }) => type === "container")!;
  assert.equal(base.purl, `pkg:docker/denoland/deno@${Deno.version.deno}`);
  assert.match(Deno.readTextFileSync(".ci/run"), new RegExp(`deno@${Deno.version.deno.replaceAll(".", "\\.")} `));
});

Deno.test("the same tree gives the same bytes; another timestamp another serial number", async () => {
  assert.equal(bomText(await makeBom(".", "2026-01-02T03:04:05Z")), bomText(bom));
  const other = await makeBom(".", "2026-01-02T03:04:06Z");
  assert.notEqual(other.serialNumber, bom.serialNumber);
  assert.equal((await makeBom(".")).metadata.timestamp, undefined);
});

Deno.test("docs/licences.md is what deno task licences makes", () => {
  const cells = (page: string) => page.replace(/ +\|/g, " |").replace(/-{3,}/g, "---").replace(/\s+/g, " ").trim();
  assert.equal(cells(Deno.readTextFileSync("docs/licences.md")), cells(licencesPage(packages)));
});
