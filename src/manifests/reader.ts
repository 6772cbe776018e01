/**
 * A folder of manifests as the cluster: answers queries from the files of `-f` and, as the live state, those of
 * `--output-dir`. Files can't be unknown one by one: either all can be read, or nothing is known.
 */
import {
  compareObjects,
  groupOf,
  type KubeObject,
  nameOf,
  namespaceOf,
  objectKey,
  objectRef,
  versionOf,
} from "../api/object.ts";
import { field, fieldAt } from "../json/json.ts";
import type { KindFacts, Listing, ObjectQuery, ObjectReader, ReadOptions, Unknown } from "../reconcile/reader.ts";
import { predicateOf } from "../reconcile/select.ts";
import { LoadError, loadManifests, type Manifest } from "./load.ts";
import { asStored } from "./stored.ts";

/** Kinds that Kubernetes and Sveltos define without a namespace; others are looked up among the folder's CRDs. */
const CLUSTER_SCOPED = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole.rbac.authorization.k8s.io",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "StorageClass.storage.k8s.io",
  "IngressClass.networking.k8s.io",
  "PriorityClass.scheduling.k8s.io",
  "RuntimeClass.node.k8s.io",
  "APIService.apiregistration.k8s.io",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io",
  "EventSource.lib.projectsveltos.io",
  "EventTrigger.lib.projectsveltos.io",
  "ClusterSet.lib.projectsveltos.io",
  "ClusterProfile.config.projectsveltos.io",
]);

/** Kinds that are asked for a status by mistake. */
const WITHOUT_SUBRESOURCES = new Set(["ConfigMap", "Secret"]);

export interface FolderPaths {
  /** What `-f` named. */
  readonly inputs: readonly string[];
  /** The live state; absent: nothing has been written yet. */
  readonly outputDir?: string;
  readonly stdin?: () => Promise<string>;
  /** Hears of what is allowed and hardly meant, once each. */
  readonly onWarning?: (message: string) => void;
}

export class FolderReader implements ObjectReader {
  #paths: FolderPaths;
  #manifests: readonly Manifest[] | undefined;
  #live = new Map<string, Manifest>();
  #unknown: Unknown | undefined;
  #stdin: string | undefined;
  readonly #warned = new Set<string>();

  constructor(paths: FolderPaths) {
    this.#paths = paths;
  }

  /** Reads all files anew. @throws {LoadError} where one can't be used; what was read before is then unknown. */
  async load(): Promise<void> {
    const { inputs, outputDir } = this.#paths;
    const stdin = async () => this.#stdin ??= await (this.#paths.stdin?.() ?? Promise.resolve(""));
    try {
      const exclude = outputDir === undefined ? [] : [outputDir];
      const onWarning = (message: string) => this.#warn(message);
      const manifests = await loadManifests(inputs, { stdin: this.#paths.stdin && stdin, exclude, onWarning });
      const live = outputDir === undefined ? [] : await loadFolderIfThere(outputDir);
      refuseBoth(manifests, live);
      this.#manifests = [...manifests, ...live].map((manifest) => ({ ...manifest, object: asStored(manifest.object) }));
      this.#live = new Map(live.map((manifest) => [objectKey(objectRef(manifest.object)), manifest]));
      this.#unknown = undefined;
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#unknown = { reason: "Unreadable", message: error.message };
      throw error;
    }
  }

  /** The same files are read again and again. */
  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#paths.onWarning?.(message);
  }

  /** Every object there is, inputs and live ones, in API order. */
  objects(): readonly KubeObject[] {
    return (this.#manifests ?? []).map(({ object }) => object).sort(compareObjects);
  }

  /** Where a live object stands; undefined where it is no file of the output folder. */
  liveFile(key: string): Manifest | undefined {
    return this.#live.get(key);
  }

  async list(query: ObjectQuery, _signal: AbortSignal, options: ReadOptions = {}): Promise<Listing> {
    if (!this.#manifests || (options.fresh && !options.once)) {
      try {
        await this.load();
      } catch (error) {
        if (!(error instanceof LoadError)) throw error;
      }
    }
    if (this.#unknown) return { unknown: this.#unknown };
    if (query.namespace) {
      const { scope } = this.#kindOf(query.group, query.version, query.kind);
      if (scope === "cluster") {
        const message = `${query.kind} is cluster-scoped: remove the namespace from the selector`;
        return { unknown: { reason: "BadRequest", message } };
      }
    }
    const all = this.#manifests!;
    const found = all.map(({ object }) => object)
      .filter((object) => isOfKind(object, query)).filter(matchesAnyVersion(query));
    const wanted = query.group === "" ? query.version : `${query.group}/${query.version}`;
    const others = new Set(found.map(({ apiVersion }) => apiVersion).filter((version) => version !== wanted));
    // The API server would convert; files can't be, and leaving them out would look like objects that are gone.
    if (query.version !== "" && others.size > 0) {
      const message = `the files hold ${query.kind} as ${
        [...others].join(", ")
      }, and a folder can't convert to ${wanted}`;
      return { unknown: { reason: "KindNotServed", message } };
    }
    return { objects: found.sort(compareObjects) };
  }

  kindOf(group: string, version: string, kind: string): Promise<KindFacts | Unknown> {
    return Promise.resolve(this.#kindOf(group, version, kind));
  }

  #kindOf(group: string, version: string, kind: string): KindFacts {
    const qualified = group === "" ? kind : `${kind}.${group}`;
    if (WITHOUT_SUBRESOURCES.has(qualified)) return { scope: "namespaced", subresources: [] };
    const definition = (this.#manifests ?? []).find(({ object }) =>
      object.kind === "CustomResourceDefinition" && fieldAt(object, "spec", "group") === group &&
      fieldAt(object, "spec", "names", "kind") === kind
    );
    if (!definition) return { scope: CLUSTER_SCOPED.has(qualified) ? "cluster" : "namespaced" };
    const versions = fieldAt(definition.object, "spec", "versions");
    const served = Array.isArray(versions) ? versions.find((entry) => field(entry, "name") === version) : undefined;
    const subresources = Object.keys(field(served, "subresources") ?? {});
    const scope = fieldAt(definition.object, "spec", "scope") === "Cluster" ? "cluster" : "namespaced";
    const plural = fieldAt(definition.object, "spec", "names", "plural");
    return { scope, subresources, ...(typeof plural === "string" ? { plural } : {}) };
  }
}

function isOfKind(object: KubeObject, query: ObjectQuery): boolean {
  return object.kind === query.kind && groupOf(object.apiVersion) === query.group;
}

function matchesAnyVersion(query: ObjectQuery): (object: KubeObject) => boolean {
  const byVersion = new Map<string, (object: KubeObject) => boolean>();
  return (object) => {
    const version = versionOf(object.apiVersion);
    const known = byVersion.get(version) ?? predicateOf({ ...query, version });
    byVersion.set(version, known);
    return known(object);
  };
}

async function loadFolderIfThere(folder: string): Promise<Manifest[]> {
  try {
    await Deno.stat(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
  }
  return await loadManifests([folder]);
}

function refuseBoth(inputs: readonly Manifest[], live: readonly Manifest[]): void {
  const places = new Map(inputs.map((manifest) => [objectKey(objectRef(manifest.object)), manifest]));
  for (const { object, file } of live) {
    const other = places.get(objectKey(objectRef(object)));
    if (!other) continue;
    const name = `${object.kind} ${namespaceOf(object)}/${nameOf(object)}`;
    throw new LoadError(`${name} is both an input (${other.file}:${other.line}) and in the output folder (${file})`);
  }
}
