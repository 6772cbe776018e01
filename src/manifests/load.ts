/**
 * Reads manifests from disk: files, folders with subfolders, and standard input, each document with its place, so that an
 * error can name file, document and line. It refuses what is no YAML of Kubernetes objects, and reads nothing outside of
 * the paths that it is given.
 */
import { meantKind } from "../api/known_kinds.ts";
import { formatRef, groupOf, type KubeObject, objectKey, objectRef } from "../api/object.ts";
import { field, isJsonObject, type Json } from "../json/json.ts";
import { splitManifest } from "../yaml/documents.ts";
import { YamlError } from "../yaml/read.ts";

/** A larger file is no manifest. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MANIFEST_FILE = /\.(ya?ml|json)$/i;
/** Describes a scenario, not objects of a cluster. */
const SCENARIO_FILE = "moonferry-test.yaml";

/** An object and where it stands. */
export interface Manifest {
  readonly object: KubeObject;
  readonly file: string;
  /** 1-based line on which its document begins. */
  readonly line: number;
}

/** A path that can't be read, or a document that is no Kubernetes object; the message names file, line and remedy. */
export class LoadError extends Error {
  override name = "LoadError";
}

export interface LoadOptions {
  /** Text of standard input for the path `-`. */
  readonly stdin?: () => Promise<string>;
  /** Hears of what is allowed and hardly meant: a key that stands twice. */
  readonly onWarning?: (message: string) => void;
  /** Folders that are left out: an output folder that lies within an input folder. */
  readonly exclude?: readonly string[];
}

/**
 * Loads all objects of the given paths, in the order of paths, files (by name) and documents.
 *
 * @throws {LoadError} for the first path or document that can't be used, and where two files hold the same object.
 */
export async function loadManifests(paths: readonly string[], options: LoadOptions = {}): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  const exclude = await Promise.all((options.exclude ?? []).map(realPathOrSelf));
  for (const path of paths) {
    if (path === "-") {
      if (!options.stdin) throw new LoadError("-: standard input can't be read here");
      manifests.push(...parseManifests(await options.stdin(), "standard input", options.onWarning));
      continue;
    }
    for (const file of await filesOf(path, exclude)) {
      const text = await readText(file);
      // Whoever writes a file empties it first: taken as it is, all that it held would be gone.
      if (text.trim() === "") throw new LoadError(`${file}: empty; put its objects in, or remove the file`);
      manifests.push(...parseManifests(text, file, options.onWarning));
    }
  }
  refuseDuplicates(manifests);
  return manifests;
}

async function filesOf(path: string, exclude: readonly string[]): Promise<string[]> {
  const stat = await statPath(path);
  if (stat.isFile) return [path];
  if (!stat.isDirectory) throw new LoadError(`${path}: neither a file nor a folder`);
  const root = await Deno.realPath(path);
  return (await walkFolder(path, root, exclude, true)).sort();
}

async function walkFolder(folder: string, root: string, exclude: readonly string[], isRoot = false): Promise<string[]> {
  if (exclude.includes(await Deno.realPath(folder))) return [];
  const files: string[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  // A scenario below holds what it expects, and objects of several moments: it is read where it is named itself.
  const isScenario = entries.some(({ name, isFile }) => isFile && name === SCENARIO_FILE);
  if (isScenario && !isRoot) return [];
  for (const entry of entries) {
    const path = `${folder.replace(/\/$/, "")}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === SCENARIO_FILE) continue;
    if (entry.isSymlink) await refuseOutside(path, root);
    const stat = entry.isSymlink ? await statPath(path) : entry;
    if (stat.isDirectory) files.push(...await walkFolder(path, root, exclude));
    else if (MANIFEST_FILE.test(entry.name)) files.push(path);
  }
  return files;
}

async function refuseOutside(path: string, root: string): Promise<void> {
  const target = await realPathOrSelf(path);
  if (target !== root && !target.startsWith(`${root}/`)) {
    throw new LoadError(`${path}: a link that leads out of ${root}; name its target with -f instead`);
  }
}

async function statPath(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new LoadError(`${path}: no such file or folder`);
    throw new LoadError(`${path}: cannot be read: ${describe(error, path)}`);
  }
}

async function realPathOrSelf(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return path;
  }
}

async function readText(file: string): Promise<string> {
  const { size } = await statPath(file);
  if (size > MAX_FILE_BYTES) {
    throw new LoadError(`${file}: ${size} bytes, more than the ${MAX_FILE_BYTES} of a manifest`);
  }
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(file);
  } catch (error) {
    throw new LoadError(`${file}: cannot be read: ${describe(error, file)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new LoadError(`${file}: not UTF-8 text`);
  }
}

function describe(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotCapable) return `Deno may not read it: start with --allow-read=${path}`;
  return error instanceof Error ? error.message : String(error);
}

const HEREDOC = /^\s*(cat|kubectl|echo|tee)\b.*<</;
const IS_SHELL = "is a line of shell, not YAML: leave the heredoc around the manifest out";

/** @throws {LoadError} with file and line. */
export function parseManifests(text: string, file: string, onWarning?: LoadOptions["onWarning"]): Manifest[] {
  let documents;
  let duplicates = 0;
  // The first one is enough to look at.
  const onDuplicateKey = (key: string, line: number, column: number) => {
    if (duplicates++ > 0) return;
    onWarning?.(
      `${file}:${line}:${column}: the key ${JSON.stringify(key)} is there twice in one map: the last one counts`,
    );
  };
  try {
    documents = splitManifest(text, { onDuplicateKey });
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    // Together with the manifest below it, it is one text that makes no sense further down.
    const shell = text.split("\n").findIndex((line) => HEREDOC.test(line));
    if (shell >= 0) throw new LoadError(`${file}:${shell + 1}: ${IS_SHELL}`);
    throw new LoadError(`${file}:${error.line}:${error.column}: ${error.message}`);
  }
  return documents.flatMap(({ value, line }) => expandList(value, file, line));
}

/** The objects of a document; a `List`, as `kubectl get -o yaml` prints it, stands for its items. */
function expandList(value: Json, file: string, line: number): Manifest[] {
  if (!isJsonObject(value)) {
    const what = typeof value === "string" && HEREDOC.test(value)
      ? IS_SHELL
      : "not a Kubernetes object: wanted a map with apiVersion and kind";
    throw new LoadError(`${file}:${line}: ${what}`);
  }
  const kind = field(value, "kind"), items = field(value, "items");
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
    return items.flatMap((item) => expandList(item, file, line));
  }
  const { apiVersion, metadata } = value;
  const meant = typeof apiVersion === "string" && typeof kind === "string" && meantKind(groupOf(apiVersion), kind);
  if (meant) throw new LoadError(`${file}:${line}: unknown kind "${kind}" of ${apiVersion}; did you mean ${meant}?`);
  if (typeof apiVersion !== "string" || apiVersion === "") throw new LoadError(`${file}:${line}: apiVersion: required`);
  if (typeof kind !== "string" || kind === "") throw new LoadError(`${file}:${line}: kind: required`);
  if (!isJsonObject(metadata) || typeof metadata.name !== "string" || metadata.name === "") {
    throw new LoadError(`${file}:${line}: ${kind}: metadata.name: required`);
  }
  return [{ object: value as KubeObject, file, line }];
}

function refuseDuplicates(manifests: readonly Manifest[]): void {
  const seen = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const ref = objectRef(manifest.object);
    const key = `${ref.apiVersion} ${objectKey(ref)}`;
    const other = seen.get(key);
    if (other) {
      const place = ({ file, line }: Manifest) => `${file}:${line}`;
      throw new LoadError(`${formatRef(ref)} is there twice: ${place(other)} and ${place(manifest)}`);
    }
    seen.set(key, manifest);
  }
}
