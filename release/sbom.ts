/**
 * The bill of materials in CycloneDX 1.6: the locked packages with their hashes and licences, the vendored WebAssembly, Deno
 * and the image's base. The same tree gives the same bytes. `deno task sbom` prints it.
 */
import { createHash } from "node:crypto";
import { type LockedPackage, lockedPackages } from "./packages.ts";

const LUA_FILE = "src/sandbox/vendor/lua54_fuel.wasm";

export interface Hash {
  readonly alg: "SHA-256" | "SHA-512";
  readonly content: string;
}

export interface Component {
  readonly type: "application" | "library" | "platform" | "container";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly scope?: "required" | "excluded";
  readonly hashes?: readonly Hash[];
  readonly licenses?: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[];
  readonly purl?: string;
  readonly pedigree?: { readonly ancestors: readonly Component[]; readonly notes: string };
}

export interface Bom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * Of the tree in `root`.
 *
 * @param timestamp RFC 3339, of the commit; without it the document has none.
 */
export async function makeBom(root = ".", timestamp?: string): Promise<Bom> {
  const version = await versionOf(root);
  const self = `moonferry@${version}`;
  const packages = await lockedPackages(root);
  const wasmoon = packages.find(({ name }) => name === "wasmoon")!;
  const lua = await luaComponent(root, wasmoon);
  const { deno, base } = await platforms(root);
  const components = [...packages.map(npmComponent), lua, deno, base];
  const required = packages.filter(({ isRequired }) => isRequired);
  const dependencies = [
    { ref: self, dependsOn: [...directOf(required).map(purlOf), lua["bom-ref"], deno["bom-ref"]].toSorted() },
    ...packages.map((one) => ({ ref: purlOf(one), dependsOn: one.dependencies.map(purlOfId).toSorted() })),
    { ref: lua["bom-ref"], dependsOn: [] },
    { ref: deno["bom-ref"], dependsOn: [] },
    { ref: base["bom-ref"], dependsOn: [deno["bom-ref"]] },
  ];
  const content = {
    metadata: {
      ...(timestamp === undefined ? {} : { timestamp }),
      component: {
        type: "application",
        "bom-ref": self,
        name: "moonferry",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: `pkg:generic/${self}`,
      },
    },
    components,
    dependencies,
  } as const;
  return { bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: serialOf(content), version: 1, ...content };
}

/** The version that a tree says it has. */
export async function versionOf(root: string): Promise<string> {
  const file = `${root}/src/cli/version.ts`;
  const version = /^export const VERSION = "([^"]+)";$/m.exec(await Deno.readTextFile(file))?.[1];
  if (version === undefined) throw new Error(`${file}: export const VERSION = "…" is not there`);
  return version;
}

/** A UUID of what the document says: the same for the same, another for anything else. */
function serialOf(content: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  // Version 8 is for such hashes, variant 10 for all.
  const variant = "89ab"[parseInt(hash[16]!, 16) % 4];
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `${variant}${hash.slice(17, 20)}`];
  return `urn:uuid:${parts.join("-")}-${hash.slice(20, 32)}`;
}

function purlOfId(id: string): string {
  // A scope's @ is quoted, that before the version is not.
  return `pkg:npm/${id.replace(/^@/, "%40")}`;
}

function purlOf({ id }: LockedPackage): string {
  return purlOfId(id);
}

/** Those that no other of them brings. */
function directOf(packages: readonly LockedPackage[]): LockedPackage[] {
  const brought = new Set(packages.flatMap(({ dependencies }) => dependencies));
  return packages.filter(({ id }) => !brought.has(id));
}

function licensesOf(licence: string): Component["licenses"] {
  return / |\(/.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
}

function npmComponent(locked: LockedPackage): Component {
  const [name, group] = locked.name.split("/").toReversed() as [string, string?];
  return {
    type: "library",
    "bom-ref": purlOf(locked),
    ...(group === undefined ? {} : { group }),
    name,
    version: locked.version,
    scope: locked.isRequired ? "required" : "excluded",
    hashes: [{ alg: "SHA-512", content: locked.sha512 }],
    licenses: licensesOf(locked.licence),
    purl: purlOf(locked),
  };
}

async function luaComponent(root: string, wasmoon: LockedPackage): Promise<Component> {
  const content = createHash("sha256").update(await Deno.readFile(`${root}/${LUA_FILE}`)).digest("hex");
  const { scope: _, ...ancestor } = npmComponent(wasmoon);
  return {
    type: "library",
    "bom-ref": LUA_FILE,
    name: "lua",
    version: "5.4",
    description: `Lua as WebAssembly, in the tree as ${LUA_FILE}`,
    scope: "required",
    hashes: [{ alg: "SHA-256", content }],
    licenses: [{ license: { id: "MIT" } }],
    purl: "pkg:generic/lua@5.4",
    pedigree: {
      ancestors: [{ ...ancestor, "bom-ref": `${LUA_FILE}#${wasmoon.id}` }],
      notes: "dist/glue.wasm of that package with a fuel counter written into every loop, made by deno task vendor",
    },
  };
}

/** Deno and the image that the Dockerfile stands on, which carry no hash here: a build names the digest that it takes. */
async function platforms(root: string): Promise<{ deno: Component; base: Component }> {
  const dockerfile = await Deno.readTextFile(`${root}/Dockerfile`);
  const version = /^ARG DENO_VERSION=(\S+)$/m.exec(dockerfile)?.[1];
  const base = /^ARG BASE=(\S+):\$\{DENO_VERSION\}$/m.exec(dockerfile)?.[1];
  if (!version || !base) throw new Error("Dockerfile: ARG DENO_VERSION=… and ARG BASE=…:${DENO_VERSION} are not there");
  const [name, group] = base.split("/").toReversed() as [string, string?];
  return {
    deno: {
      type: "platform",
      "bom-ref": `pkg:generic/deno@${version}`,
      name: "deno",
      version,
      scope: "required",
      licenses: [{ license: { id: "MIT" } }],
      purl: `pkg:generic/deno@${version}`,
    },
    base: {
      type: "container",
      "bom-ref": `pkg:docker/${base}@${version}`,
      ...(group === undefined ? {} : { group }),
      name,
      version,
      description: "the base of the image; not part of a source release",
      scope: "required",
      purl: `pkg:docker/${base}@${version}`,
    },
  };
}

/** As it is written: two spaces, a line feed at the end. */
export function bomText(bom: Bom): string {
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

if (import.meta.main) await Deno.stdout.write(new TextEncoder().encode(bomText(await makeBom())));
