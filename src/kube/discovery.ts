/**
 * Which kinds the API server serves, and how. "Not served" and "cannot ask" are told apart, and a kind whose definition is
 * being deleted is told from one whose objects are.
 */
import { closestWord } from "../api/edit_distance.ts";
import { field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import type { ResourceKind, Right } from "../api/right.ts";
import { ApiError, ConnectionError } from "./errors.ts";
import type { KubeClient } from "./client.ts";
import { type Clock, untilAborted } from "./clock.ts";
import { apiVersionOf, groupVersionPath, qualifiedPlural, type ResourceType } from "./resource.ts";
import { rightTo } from "./rights.ts";

/** A kind by name. An empty version stands for the one that the API prefers among those that have the kind. */
export interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export type KindAnswer =
  | { readonly state: "served"; readonly type: ResourceType }
  /** `versions`: those of the group that serve the kind. The message says so to people. */
  | { readonly state: "not served"; readonly versions: readonly string[]; readonly message: string }
  | { readonly state: "unknown"; readonly error: ApiError | ConnectionError };

/**
 * Whether a kind stands. Its `identity` changes when its definition was deleted and made again, so that two equal ones mean:
 * it was served all the time between.
 */
export type KindStanding =
  | { readonly state: "served"; readonly identity: string }
  | { readonly state: "terminating" | "gone" }
  | { readonly state: "unknown"; readonly error: ApiError | ConnectionError };

/** Groups of the API server itself: their kinds can't be deleted. */
const NATIVE_GROUPS: ReadonlySet<string> = new Set([
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "internal.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

const DEFINITIONS: ResourceType = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  verbs: ["get"],
};

/** How long a kind that was found is taken for served in the same way. */
const LIFETIME = 10 * 60_000;
/**
 * A document that was read so recently is not read again for the next kind in it: a pass asks for many. Whether a kind stands
 * after a list is another question, see {@link Discovery.standingOf}.
 */
const RECENT = 1_000;
/** Identities of kinds whose definition there is none of, or can't be read. */
const NATIVE = "native", UNDISCLOSED = "undisclosed", WITHOUT_DEFINITION = "without definition";
/** In which a deleted definition must have left discovery. */
const SETTLING = 2_000;

export class Discovery {
  #client: KubeClient;
  #clock: Clock;
  #found = new Map<string, { type: ResourceType; at: number }>();
  /** By path, also those that are on their way; undefined where it is not served. */
  #documents = new Map<string, { readonly answer: Promise<JsonObject | undefined>; readonly at: number }>();
  #withoutDefinition = new Set<string>();
  #withoutStreams = new Set<string>();

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * How the kind is served. What was found is kept for ten minutes, unless `fresh`; a kind that was not found is asked for
   * again every time. An answer may be a second old all the same, unless it is to be of `now`. Only an abort throws.
   */
  async resolve(name: KindName, signal: AbortSignal, fresh: boolean | "now" = false): Promise<KindAnswer> {
    if (fresh === "now") this.#documents.clear();
    const key = `${name.group}/${name.version}/${name.kind}`;
    const known = this.#found.get(key);
    if (known && !fresh && Math.abs(this.#clock.now() - known.at) < LIFETIME) {
      return { state: "served", type: known.type };
    }
    this.#found.delete(key);
    try {
      const answer = name.version === ""
        ? await this.#findPreferred(name, signal)
        : await this.#findVersion(name, signal);
      if (answer.state === "served") this.#found.set(key, { type: answer.type, at: this.#clock.now() });
      return answer;
    } catch (error) {
      return { state: "unknown", error: requireServerError(error) };
    }
  }

  /**
   * Asks whether the kind stands right now. Deleting a CustomResourceDefinition first deletes all its objects: who sees
   * objects vanish asks here before believing it. Only an abort throws.
   */
  async standingOf(type: ResourceType, signal: AbortSignal): Promise<KindStanding> {
    if (NATIVE_GROUPS.has(type.group)) return { state: "served", identity: NATIVE };
    try {
      const definition = await this.#client.get(DEFINITIONS, { name: definitionOf(type) }, signal);
      if (fieldAt(definition, "metadata", "deletionTimestamp")) return { state: "terminating" };
      return { state: "served", identity: String(fieldAt(definition, "metadata", "uid")) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return await this.#standingByVerbs(type, signal);
      if (error instanceof ApiError && error.isObjectAbsent) return await this.#standingWithoutDefinition(type, signal);
      return { state: "unknown", error: requireServerError(error) };
    }
  }

  /** Without the right to read definitions: the API server lists a dying kind without the verbs that make objects. */
  async #standingByVerbs(type: ResourceType, signal: AbortSignal): Promise<KindStanding> {
    const answer = await this.resolve(type, signal, "now");
    if (answer.state === "unknown") return answer;
    if (answer.state === "not served") return { state: "gone" };
    const { verbs } = answer.type;
    const dying = verbs.includes("delete") && !verbs.includes("create") && !verbs.includes("patch");
    return dying ? { state: "terminating" } : { state: "served", identity: UNDISCLOSED };
  }

  /** Either another API server serves the kind (aggregation), or its definition has just been deleted. */
  async #standingWithoutDefinition(type: ResourceType, signal: AbortSignal): Promise<KindStanding> {
    const key = `${apiVersionOf(type)}/${type.plural}`;
    if (!this.#withoutDefinition.has(key)) {
      await this.#clock.sleep(SETTLING, signal);
      const answer = await this.resolve(type, signal, "now");
      if (answer.state === "unknown") return answer;
      if (answer.state === "not served") return { state: "gone" };
      this.#withoutDefinition.add(key);
    }
    return { state: "served", identity: WITHOUT_DEFINITION };
  }

  /** Whether the server may be able to stream a list of the kind as the beginning of a watch: nothing says that it can't. */
  mayStreamLists(type: ResourceType): boolean {
    return !this.#withoutStreams.has(qualifiedPlural(type));
  }

  /** The server has shown that it can't, which holds for as long as this process lasts. */
  cannotStreamLists(type: ResourceType): void {
    this.#withoutStreams.add(qualifiedPlural(type));
  }

  async #findVersion(name: KindName, signal: AbortSignal): Promise<KindAnswer> {
    const resources = await this.#resourcesOf(name.group, name.version, signal);
    const type = typeIn(resources ?? [], name);
    if (type) return { state: "served", type };
    const others = (await this.#versionsOf(name.group, signal)).filter((version) => version !== name.version);
    const versions: string[] = [];
    for (const version of others) {
      if (typeIn(await this.#resourcesOf(name.group, version, signal) ?? [], { ...name, version })) {
        versions.push(version);
      }
    }
    return notServed(name, versions, resources ?? []);
  }

  async #findPreferred(name: KindName, signal: AbortSignal): Promise<KindAnswer> {
    let last: readonly Json[] = [];
    for (const version of await this.#versionsOf(name.group, signal)) {
      const resources = await this.#resourcesOf(name.group, version, signal) ?? [];
      const type = typeIn(resources, { ...name, version });
      if (type) return { state: "served", type };
      last = [...last, ...resources];
    }
    return notServed(name, [], last);
  }

  /** The group's versions, the preferred one first; none where the group is not served. */
  async #versionsOf(group: string, signal: AbortSignal): Promise<string[]> {
    if (group === "") return ["v1"];
    const answer = await this.#document(`/apis/${encodeURIComponent(group)}`, signal);
    const listed = field(answer, "versions");
    const versions = (Array.isArray(listed) ? listed : []).map((entry) => field(entry, "version"))
      .filter((version): version is string => typeof version === "string" && version !== "");
    const preferred = fieldAt(answer, "preferredVersion", "version");
    return versions.sort((a, b) => Number(b === preferred) - Number(a === preferred));
  }

  /** Undefined where the version is not served. */
  async #resourcesOf(group: string, version: string, signal: AbortSignal): Promise<readonly Json[] | undefined> {
    const answer = await this.#document(groupVersionPath(group, version), signal);
    const resources = field(answer, "resources");
    return answer && (Array.isArray(resources) ? resources : []);
  }

  async #document(path: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    while (true) {
      // Of the time at which it was asked for.
      const at = this.#clock.monotonic();
      const recent = this.#documents.get(path);
      if (!recent || at - recent.at >= RECENT) return await this.#ask(path, at, signal);
      try {
        return await untilAborted(recent.answer, signal);
      } catch (error) {
        // Whoever had asked has stopped; an error of the server's is the answer to all who asked.
        if (signal.aborted || error instanceof ApiError || error instanceof ConnectionError) throw error;
        if (this.#documents.get(path) === recent) this.#documents.delete(path);
      }
    }
  }

  async #ask(path: string, at: number, signal: AbortSignal): Promise<JsonObject | undefined> {
    const asked = { answer: this.#read(path, signal), at };
    this.#documents.set(path, asked);
    try {
      return await asked.answer;
    } catch (error) {
      // What failed is asked again by whoever comes next.
      if (this.#documents.get(path) === asked) this.#documents.delete(path);
      throw error;
    }
  }

  async #read(path: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    try {
      return await this.#client.getPath(path, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

/**
 * Whether the kind is known to be kept in the storage of the API server itself; others may be served by one of their own
 * behind it (aggregation).
 */
export function isOfThisServer(identity: string): boolean {
  return identity !== UNDISCLOSED && identity !== WITHOUT_DEFINITION;
}

/**
 * The rights that {@link Discovery.standingOf} takes. What is served at all is read by whoever may sign in
 * (`system:discovery`).
 */
export function rightsToStanding(type: ResourceKind): Right[] {
  return NATIVE_GROUPS.has(type.group) ? [] : [rightTo("get", DEFINITIONS, { name: definitionOf(type) })];
}

function definitionOf({ plural, group }: Pick<ResourceKind, "plural" | "group">): string {
  return `${plural}.${group}`;
}

function requireServerError(error: unknown): ApiError | ConnectionError {
  if (error instanceof ApiError || error instanceof ConnectionError) return error;
  throw error;
}

function typeIn(resources: readonly Json[], { group, version, kind }: KindName): ResourceType | undefined {
  for (const resource of resources) {
    const plural = field(resource, "name"), verbs = field(resource, "verbs");
    // Names with a slash are subresources.
    if (typeof plural !== "string" || plural.includes("/") || field(resource, "kind") !== kind) continue;
    return {
      group,
      version,
      kind,
      plural,
      namespaced: field(resource, "namespaced") === true,
      verbs: Array.isArray(verbs) ? verbs.filter((verb) => typeof verb === "string") : [],
      subresources: subresourcesOf(plural, resources),
    };
  }
}

function subresourcesOf(plural: string, resources: readonly Json[]): string[] {
  const names = resources.map((resource) => field(resource, "name")).filter((name) => typeof name === "string");
  return names.filter((name) => name.startsWith(`${plural}/`)).map((name) => name.slice(plural.length + 1));
}

function notServed(name: KindName, versions: readonly string[], resources: readonly Json[]): KindAnswer {
  const qualified = name.group === "" ? name.kind : `${name.kind}.${name.group}`;
  const asked = name.version === "" ? qualified : `${qualified}/${name.version}`;
  const kinds = resources.map((resource) => field(resource, "kind")).filter((kind) => typeof kind === "string");
  const meant = field(resources.find((resource) => isMeant(resource, name.kind)), "kind") ??
    closestWord(name.kind, kinds);
  const hint = versions.length > 0 ? ` (served: ${versions.join(", ")})` : meant ? ` (did you mean "${meant}"?)` : "";
  return { state: "not served", versions, message: `the API server does not serve ${asked}${hint}` };
}

function isMeant(resource: Json, kind: string): boolean {
  if (!isJsonObject(resource) || String(field(resource, "name")).includes("/")) return false;
  const wanted = kind.toLowerCase();
  return ["kind", "name", "singularName"].some((key) => {
    const value = field(resource, key);
    return typeof value === "string" && value.toLowerCase() === wanted;
  });
}
