/** How the API serves a kind, and the paths that follow from it. */

export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As it stands in paths: `secrets`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** `status`, `scale`, …; absent where nobody asked. */
  readonly subresources?: readonly string[];
}

/** Restricts a list or a watch. Absent or empty: no restriction. */
export interface ListQuery {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** `secrets`, `clusters.cluster.x-k8s.io`: as RBAC and messages say it. */
export function qualifiedPlural(type: ResourceType): string {
  return type.group === "" ? type.plural : `${type.plural}.${type.group}`;
}

/** `v1`, `cluster.x-k8s.io/v1beta1`. */
export function apiVersionOf(type: Pick<ResourceType, "group" | "version">): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/** `/api/v1`, `/apis/cluster.x-k8s.io/v1beta1`. */
export function groupVersionPath(group: string, version: string): string {
  return group === "" ? `/api/${pathSegment(version)}` : `/apis/${pathSegment(group)}/${pathSegment(version)}`;
}

/** The path of all objects of a namespace, or of all of them where it is empty. */
export function collectionPath(type: ResourceType, namespace = ""): string {
  const base = groupVersionPath(type.group, type.version);
  if (namespace === "") return `${base}/${pathSegment(type.plural)}`;
  if (!type.namespaced) throw new RangeError(`${type.kind} is cluster-scoped: there are none in a namespace`);
  return `${base}/namespaces/${pathSegment(namespace)}/${pathSegment(type.plural)}`;
}

/** The path of one object. It never is that of a collection, which a delete would empty. */
export function objectPath(type: ResourceType, namespace: string, name: string): string {
  if (type.namespaced && namespace === "") throw new RangeError(`${type.kind} "${name}": needs a namespace`);
  return `${collectionPath(type, type.namespaced ? namespace : "")}/${pathSegment(name)}`;
}

/** Whether the text can be one segment of an API path. */
export function isPathSegment(text: string): boolean {
  // A URL would drop the second and the third, and end up at another path; half a surrogate pair can't be encoded.
  return text !== "" && text !== "." && text !== ".." && text.isWellFormed();
}

/** Text as one segment of an API path, whatever it holds. @throws {RangeError} for what a URL would take for another path. */
export function pathSegment(text: string): string {
  if (!isPathSegment(text)) throw new RangeError(`"${text}" can't be a part of an API path`);
  return encodeURIComponent(text);
}
