/** A right as RBAC has it: one verb on one resource, in one namespace or everywhere. */

/** In the order in which people read them. */
export const RIGHT_VERBS = ["get", "list", "watch", "create", "patch", "delete"] as const;
export type RightVerb = typeof RIGHT_VERBS[number];

export interface Right {
  readonly verb: RightVerb;
  /** Empty: the core group. */
  readonly group: string;
  /** The plural, with `/status` behind it for a subresource. */
  readonly resource: string;
  /** Absent: a cluster-scoped resource, or all namespaces. */
  readonly namespace?: string;
  /** Absent: whatever its name. */
  readonly name?: string;
}

/** What a right says of a kind. */
export interface ResourceKind {
  readonly group: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Stands for a namespace or a name that nobody knows beforehand. No object is called so. */
export const ANY = "*";

/** `secrets`, `eventtriggers.lib.projectsveltos.io/status`: as kubectl names it. */
export function qualifiedResource({ group, resource }: Pick<Right, "group" | "resource">): string {
  const [plural, ...subresource] = resource.split("/");
  return [group === "" ? plural : `${plural}.${group}`, ...subresource].join("/");
}

/** `patch secrets in namespace team-a`, `get leases.coordination.k8s.io "moonferry" in namespace moonferry`. */
export function describeRight(right: Right): string {
  const name = right.name === undefined ? "" : ` "${right.name}"`;
  const where = right.namespace === undefined ? "" : ` in namespace ${right.namespace}`;
  return `${right.verb} ${qualifiedResource(right)}${name}${where}`;
}

/** Whether `granted` allows what `wanted` asks for. */
export function covers(granted: Right, wanted: Right): boolean {
  return granted.verb === wanted.verb && granted.group === wanted.group && granted.resource === wanted.resource &&
    (granted.namespace === undefined || granted.namespace === wanted.namespace) &&
    (granted.name === undefined || granted.name === wanted.name);
}
