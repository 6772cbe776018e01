/**
 * One kubeconfig file as text → its named entries, each of which knows its place for messages. It checks shapes as
 * client-go's decoder does (a number is no string), and quotes no value.
 */
import { field, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { readYaml } from "../yaml/read.ts";

/** What can't be used of the configuration of a connection: file, entry, reason, and what to do. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

export interface KubeconfigFile {
  /** For messages, and the base of the relative paths within. */
  readonly path: string;
  readonly text: string;
}

export interface ParsedKubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
}

/** @throws {ConfigError} for what is no kubeconfig. */
export function parseKubeconfig(file: KubeconfigFile): ParsedKubeconfig {
  let root: Json;
  try {
    root = readYaml(file.text);
  } catch (error) {
    // The message of a parser quotes lines, which may be keys and tokens.
    const line = error instanceof Error && "line" in error && typeof error.line === "number" ? `:${error.line}` : "";
    throw new ConfigError(`kubeconfig ${file.path}${line}: is no valid YAML`);
  }
  // As client-go: an empty file is an empty kubeconfig.
  if (root === null) root = {};
  if (!isJsonObject(root)) throw new ConfigError(`kubeconfig ${file.path}: is no kubeconfig: wanted a map`);
  const apiVersion = field(root, "apiVersion") ?? "v1", kind = field(root, "kind") ?? "Config";
  if (kind !== "Config" && kind !== "") {
    throw new ConfigError(`kubeconfig ${file.path}: kind: must be Config`);
  }
  if (apiVersion !== "v1" && apiVersion !== "") {
    throw new ConfigError(`kubeconfig ${file.path}: apiVersion: must be v1`);
  }
  const current = field(root, "current-context") ?? "";
  if (typeof current !== "string") {
    throw new ConfigError(`kubeconfig ${file.path}: current-context: must be a string; quote it`);
  }
  return {
    currentContext: current,
    clusters: readEntries(file, root, "clusters", "cluster"),
    contexts: readEntries(file, root, "contexts", "context"),
    users: readEntries(file, root, "users", "user"),
  };
}

function readEntries(
  file: KubeconfigFile,
  root: JsonObject,
  section: string,
  key: string,
): Map<string, KubeconfigEntry> {
  const entries = new Map<string, KubeconfigEntry>();
  const list = field(root, section) ?? [];
  if (!Array.isArray(list)) throw new ConfigError(`kubeconfig ${file.path}: ${section}: must be a list`);
  for (const [index, item] of list.entries()) {
    const name = field(item, "name"), content = field(item, key) ?? {};
    if (typeof name !== "string") {
      throw new ConfigError(`kubeconfig ${file.path}: ${section}[${index}].name: must be a string`);
    }
    if (entries.has(name)) throw new ConfigError(`kubeconfig ${file.path}: ${section}: "${name}" is there twice`);
    if (!isJsonObject(content)) {
      throw new ConfigError(`kubeconfig ${file.path}: ${section} "${name}".${key}: must be a map`);
    }
    entries.set(name, new KubeconfigEntry(file.path, `${key} "${name}"`, name, content));
  }
  return entries;
}

/** The content of one named cluster, context or user (or of a map within), read field by field. */
export class KubeconfigEntry {
  #file: string;
  #content: JsonObject;

  /** @param label `user "admin"`, for messages. */
  constructor(file: string, readonly label: string, readonly name: string, content: JsonObject) {
    this.#file = file;
    this.#content = content;
  }

  /** `kubeconfig ~/.kube/config: user "admin": token`. */
  where(key: string): string {
    return `kubeconfig ${this.#file}: ${this.label}: ${key}`;
  }

  /** True where the field is there and not empty, whatever its type. */
  has(key: string): boolean {
    const value = field(this.#content, key);
    if (Array.isArray(value)) return value.length > 0;
    return value !== undefined && value !== null && value !== "";
  }

  /** Empty where it is absent. */
  string(key: string): string {
    const value = field(this.#content, key) ?? "";
    if (typeof value !== "string") throw new ConfigError(`${this.where(key)}: must be a string; quote it`);
    return value;
  }

  boolean(key: string): boolean {
    const value = field(this.#content, key) ?? false;
    if (typeof value !== "boolean") throw new ConfigError(`${this.where(key)}: must be true or false`);
    return value;
  }

  strings(key: string): string[] {
    const value = field(this.#content, key) ?? [];
    if (!Array.isArray(value) || !value.every((element) => typeof element === "string")) {
      throw new ConfigError(`${this.where(key)}: must be a list of strings`);
    }
    return value;
  }

  /** A list of `{name, value}`. */
  namedValues(key: string): Record<string, string> {
    const list = field(this.#content, key) ?? [];
    if (!Array.isArray(list)) throw new ConfigError(`${this.where(key)}: must be a list`);
    const entries = list.map((item, index): [string, string] => {
      const name = field(item, "name"), value = field(item, "value") ?? "";
      if (typeof name !== "string" || name === "" || typeof value !== "string") {
        throw new ConfigError(`${this.where(`${key}[${index}]`)}: must have a name and a value, both strings`);
      }
      return [name, value];
    });
    return Object.fromEntries(entries);
  }

  child(key: string): KubeconfigEntry | undefined {
    const value = field(this.#content, key) ?? null;
    if (value === null) return undefined;
    if (!isJsonObject(value)) throw new ConfigError(`${this.where(key)}: must be a map`);
    return new KubeconfigEntry(this.#file, `${this.label}: ${key}`, this.name, value);
  }

  /** The content of the extension `name`, which others define. */
  extension(name: string): Json | undefined {
    const list = field(this.#content, "extensions");
    if (!Array.isArray(list)) return undefined;
    return field(list.find((item) => field(item, "name") === name), "extension");
  }

  /** The file that the field names; undefined where it is absent. */
  path(key: string): string | undefined {
    const path = this.string(key);
    return path === "" ? undefined : this.resolvePath(path);
  }

  /** `path`, if relative, taken from the kubeconfig's own folder, as client-go does. */
  resolvePath(path: string): string {
    if (path.startsWith("/")) return path;
    const slash = this.#file.lastIndexOf("/");
    return slash < 0 ? path : `${this.#file.slice(0, slash)}/${path.replace(/^(\.\/)+/, "")}`;
  }

  /** `<key>-data`, which wins, or the file `<key>`. */
  pem(key: string): { text: string; from: string } | { file: string; from: string } | undefined {
    const data = this.string(`${key}-data`);
    if (data !== "") return { text: decodePem(data, this.where(`${key}-data`)), from: this.where(`${key}-data`) };
    const file = this.path(key);
    return file === undefined ? undefined : { file, from: `${this.where(key)}: ${file}` };
  }
}

function decodePem(data: string, where: string): string {
  let text: string;
  try {
    text = atob(data.replace(/\s/g, ""));
  } catch {
    throw new ConfigError(`${where}: is not base64`);
  }
  if (!text.includes("-----BEGIN ")) throw new ConfigError(`${where}: holds no PEM block (-----BEGIN …)`);
  return text;
}
