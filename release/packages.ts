/**
 * The npm packages of deno.lock, each with what its own package.json says of its licence and whether the program imports
 * it. Reads the lock and Deno's cache of packages, which `deno install` fills; asks no registry.
 */

/** One locked package. */
export interface LockedPackage {
  /** `name@version`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package's archive, in hex. */
  readonly sha512: string;
  /** Ids, in order. */
  readonly dependencies: readonly string[];
  /** As the package's metadata has it: an SPDX identifier or expression. */
  readonly licence: string;
  /** The program imports it, itself or by another package; else it is for tests or for making a checked-in file. */
  readonly isRequired: boolean;
}

interface LockEntry {
  readonly integrity: string;
  readonly dependencies?: readonly string[];
}

/** All of them, by id. @throws {Error} naming a package whose hash or licence is not known. */
export async function lockedPackages(root = "."): Promise<LockedPackage[]> {
  const lock: { npm: Record<string, LockEntry> } = JSON.parse(await Deno.readTextFile(`${root}/deno.lock`));
  const dependencies = new Map(
    Object.entries(lock.npm).map((
      [id, entry],
    ) => [id, (entry.dependencies ?? []).map((name) => resolve(name, lock.npm)).toSorted()]),
  );
  const required = closure(await importedPackages(root), dependencies);
  const cache = await packageFolders();
  const packages: LockedPackage[] = [];
  for (const [id, entry] of Object.entries(lock.npm)) {
    const at = id.lastIndexOf("@");
    const name = id.slice(0, at), version = id.slice(at + 1);
    packages.push({
      id,
      name,
      version,
      sha512: hexOf(id, entry.integrity),
      dependencies: dependencies.get(id)!,
      licence: await licenceOf(name, version, cache),
      isRequired: required.has(id),
    });
  }
  return packages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The lock names a dependency by its name alone where it has one version of it. */
function resolve(dependency: string, packages: Readonly<Record<string, LockEntry>>): string {
  if (dependency in packages) return dependency;
  const found = Object.keys(packages).filter((id) => id.slice(0, id.lastIndexOf("@")) === dependency);
  if (found.length !== 1) throw new Error(`deno.lock: dependency ${dependency} is ${found.length} packages, not one`);
  return found[0]!;
}

function closure(roots: readonly string[], dependencies: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const waiting = [...roots];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...dependencies.get(id)!);
  }
  return found;
}

function hexOf(id: string, integrity: string): string {
  const match = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity);
  if (!match) throw new Error(`deno.lock: ${id}: its integrity is not SHA-512`);
  return Uint8Array.fromBase64(match[1]!).toHex();
}

async function licenceOf(name: string, version: string, folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    let text: string;
    try {
      text = await Deno.readTextFile(`${folder}/${name}/${version}/package.json`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    const { license } = JSON.parse(text);
    if (typeof license === "string" && license !== "") return license;
    throw new Error(`${name}@${version}: its package.json names no licence`);
  }
  throw new Error(`${name}@${version}: it is not in Deno's cache; run deno install --frozen`);
}

interface DenoInfo {
  readonly npmCache: string;
  readonly modules: readonly { readonly kind?: string; readonly npmPackage?: string }[];
}

/** Those that a module of the program names. */
async function importedPackages(root: string): Promise<string[]> {
  const { modules } = await denoInfo(root, "main.ts");
  return modules.flatMap(({ kind, npmPackage }) => (kind === "npm" && npmPackage ? [npmPackage] : []));
}

/** One for each registry that packages came from. */
async function packageFolders(): Promise<string[]> {
  const { npmCache } = await denoInfo(".");
  return [...Deno.readDirSync(npmCache)].map(({ name }) => `${npmCache}/${name}`).toSorted();
}

async function denoInfo(cwd: string, ...args: string[]): Promise<DenoInfo> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...args],
    cwd,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`deno info ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}
