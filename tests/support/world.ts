/** A world in memory for tests of the pure core: objects, a reader over them, and an applier that changes them. */
import {
  compareObjects,
  groupOf,
  type KubeObject,
  objectKey,
  objectRef,
  resourceVersionOf,
  uidOf,
} from "../../src/api/object.ts";
import { cloneJson, type JsonObject } from "../../src/json/json.ts";
import type { Applier, Outcome } from "../../src/reconcile/apply.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import type {
  KindFacts,
  Listing,
  ObjectQuery,
  ObjectReader,
  ReadOptions,
  Unknown,
} from "../../src/reconcile/reader.ts";
import { predicateOf } from "../../src/reconcile/select.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { splitManifest } from "../../src/yaml/documents.ts";

const CLUSTER_SCOPED = ["Namespace", "EventSource", "EventTrigger", "ClusterRoleBinding"];

/** The objects of some YAML. */
export function objects(yaml: string): KubeObject[] {
  return splitManifest(yaml).map(({ value }) => value as KubeObject);
}

/** One object of YAML. */
export function object(yaml: string): KubeObject {
  return readYaml(yaml) as KubeObject;
}

export class World implements ObjectReader, Applier {
  readonly #objects = new Map<string, KubeObject>();
  /** Kinds that can't be listed, and why. */
  readonly unknown = new Map<string, Unknown>();
  /** Subresources by kind; a kind that is not here has none. */
  readonly subresources = new Map<string, readonly string[]>();
  /** Versions by kind, the preferred one first: objects come in the one that is asked for, as if converted. */
  readonly versions = new Map<string, readonly string[]>();
  /** What was asked, for tests that count. */
  readonly queries: { readonly query: ObjectQuery; readonly options: ReadOptions }[] = [];
  /** Called before each answer: a test may change the world between two reads. */
  onList: (query: ObjectQuery, options: ReadOptions) => void = () => {};
  readonly written: Change[] = [];
  /** Kinds whose watches are lost for the moment. */
  readonly reconnecting = new Set<string>();
  /** Counted up: what was answered before is of a history that is lost. */
  history = 0;
  #version = 0;

  constructor(...all: KubeObject[]) {
    this.put(...all);
  }

  put(...all: KubeObject[]): void {
    for (const item of all) {
      const copy = cloneJson(item);
      const key = objectKey(objectRef(copy));
      const uid = this.#objects.get(key)?.metadata.uid ?? copy.metadata.uid ?? `uid-${++this.#version}`;
      copy.metadata = { ...copy.metadata, uid, resourceVersion: String(++this.#version) };
      this.#objects.set(key, copy);
    }
  }

  remove(key: string): void {
    if (!this.#objects.delete(key)) throw new Error(`there is no ${key}`);
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  keys(kind: string): string[] {
    return [...this.#objects.keys()].filter((key) => key.startsWith(`${kind} `)).sort();
  }

  list(query: ObjectQuery, _signal: AbortSignal, options: ReadOptions = {}): Promise<Listing> {
    this.queries.push({ query, options });
    this.onList(query, options);
    const unknown = this.unknown.get(query.kind);
    if (unknown) return Promise.resolve({ unknown });
    const all = [...this.#objects.values()].map((item) => this.#converted(item, query));
    const versioned = (item: KubeObject) =>
      query.version === "" ? { ...query, version: item.apiVersion.split("/").at(-1)! } : query;
    const found = all.filter((item) => groupOf(item.apiVersion) === query.group && predicateOf(versioned(item))(item));
    const { history } = this;
    return Promise.resolve({ objects: found.sort(compareObjects), stands: () => this.history === history });
  }

  isReconnecting({ kind }: ObjectQuery): boolean {
    return this.reconnecting.has(kind);
  }

  #converted(item: KubeObject, { kind, version }: ObjectQuery): KubeObject {
    const served = item.kind === kind ? this.versions.get(kind) : undefined;
    if (!served) return item;
    const group = groupOf(item.apiVersion);
    return { ...item, apiVersion: `${group}/${version === "" ? served[0] : version}` };
  }

  kindOf(_group: string, _version: string, kind: string): Promise<KindFacts | Unknown> {
    const scope = CLUSTER_SCOPED.includes(kind) ? "cluster" : "namespaced";
    return Promise.resolve({ scope, subresources: this.subresources.get(kind) ?? [] });
  }

  apply(change: Change): Promise<Outcome> {
    this.written.push(change);
    const key = objectKey(change.target);
    const there = this.#objects.get(key);
    const isStale = change.live && (!there || uidOf(there) !== uidOf(change.live));
    if (isStale) return Promise.resolve({ change, status: "stale", message: "", retry: false });
    if (change.action === "create" && there) {
      return Promise.resolve({ change, status: "conflict", message: "", retry: false });
    }
    if (change.action === "delete") this.#objects.delete(key);
    else if (!change.release) this.put(change.desired!);
    const now = this.#objects.get(key);
    const uid = uidOf(now ?? there ?? {}), resourceVersion = now && resourceVersionOf(now);
    const written = uid === undefined ? {} : { written: { uid, ...(resourceVersion ? { resourceVersion } : {}) } };
    return Promise.resolve({ change, status: "done", message: "", retry: false, ...written });
  }
}

/** A trigger, its source and its template, joined by the name `t`. */
export function pipeline(parts: { trigger?: JsonObject; source?: JsonObject; template?: string } = {}): KubeObject[] {
  return [
    {
      apiVersion: "lib.projectsveltos.io/v1beta1",
      kind: "EventTrigger",
      metadata: { name: "t" },
      spec: {
        sourceClusterSelector: { matchLabels: { a: "b" } },
        eventSourceName: "t",
        oneForEvent: true,
        policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name: "t" }],
        ...parts.trigger,
      },
    },
    {
      apiVersion: "lib.projectsveltos.io/v1beta1",
      kind: "EventSource",
      metadata: { name: "t" },
      spec: {
        collectResources: true,
        resourceSelectors: [{ group: "", version: "v1", kind: "Input" }],
        ...parts.source,
      },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "mgmt", name: "t", annotations: { "projectsveltos.io/instantiate": "ok" } },
      data: { "out.yaml": parts.template ?? OUTPUT },
    },
  ];
}

/** Gives Secret `out-<name>` in the namespace of the input. */
export const OUTPUT = `apiVersion: v1
kind: Secret
metadata:
  name: out-{{ .Resource.metadata.name }}
  namespace: {{ .Resource.metadata.namespace }}
type: Opaque
stringData:
  v: {{ .Resource.spec.v | quote }}
`;

export function input(name: string, v: string, extra: JsonObject = {}): KubeObject {
  return { apiVersion: "v1", kind: "Input", metadata: { namespace: "in", name, ...extra }, spec: { v } };
}
