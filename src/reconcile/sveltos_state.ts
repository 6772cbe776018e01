/** Reads what Sveltos has in the cluster: its profiles, and what it has deployed. Reads only, through the one seam. */
import { type KubeObject, nameOf, objectKey, objectRef, qualifiedKind } from "../api/object.ts";
import { kindQuery, listWithin } from "./owned.ts";
import { memoryOf, type ObjectQuery, type ObjectReader } from "./reader.ts";
import { ownerKey, ownersOf, SVELTOS_LABEL, type SveltosState } from "./sveltos_marks.ts";

const PROFILES = ["ClusterProfile.config.projectsveltos.io", "Profile.config.projectsveltos.io"];
const SUMMARY = "ClusterSummary.config.projectsveltos.io";

/** Sveltos's own objects. Kinds that are not served are none; what can't be read is told as such. */
export async function readSveltosState(reader: ObjectReader, signal: AbortSignal): Promise<SveltosState> {
  const unknown: string[] = [];
  const read = async (kind: string): Promise<readonly KubeObject[]> => {
    const listing = await reader.list(kindQuery(kind), signal);
    if (listing.unknown && listing.unknown.reason !== "KindNotServed") unknown.push(listing.unknown.message);
    return listing.objects ?? [];
  };
  const [profiles, summaries] = await Promise.all([Promise.all(PROFILES.map(read)), read(SUMMARY)]);
  return {
    profiles: Map.groupBy(profiles.flat(), (profile) => ownerKey({ kind: profile.kind, name: nameOf(profile) })),
    summaries: groupByOwner(summaries),
    ...(unknown.length > 0 ? { unknown: unknown.join("; ") } : {}),
  };
}

function groupByOwner(summaries: readonly KubeObject[]): Map<string, KubeObject[]> {
  const byOwner = new Map<string, KubeObject[]>();
  for (const summary of summaries) {
    for (const key of ownersOf(summary).map(ownerKey)) {
      const group = byOwner.get(key);
      if (group) group.push(summary);
      else byOwner.set(key, [summary]);
    }
  }
  return byOwner;
}

/**
 * Everything of the group-qualified kinds that Sveltos has deployed, or let go of.
 *
 * @param targetNamespaces The namespaces that may be written to, where they are named: others are not looked into.
 * @returns The objects, and why a kind could not be listed.
 */
export async function readDeployed(
  kinds: readonly string[],
  targetNamespaces: readonly string[] | undefined,
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<{ objects: readonly KubeObject[]; unknown: readonly string[] }> {
  const objects: KubeObject[] = [], unknown: string[] = [];
  for (const kind of kinds) {
    const query = { ...kindQuery(kind), labelSelector: SVELTOS_LABEL };
    const listing = await listWithin(query, targetNamespaces, reader, signal);
    if (listing.objects) objects.push(...listing.objects);
    else if (listing.unknown.reason !== "KindNotServed") unknown.push(listing.unknown.message);
  }
  return { objects, unknown };
}

/**
 * The reader, which looks up single objects among those that are known already: thousands of targets then cost no question
 * each. Whoever writes on that account names the resourceVersion, so that what is out of date is found out.
 */
export function answeringFrom(objects: readonly KubeObject[], reader: ObjectReader): ObjectReader {
  const known = new Map(objects.map((object) => [objectKey(objectRef(object)), object]));
  const find = ({ group, version, kind, namespace, name, labelSelector }: ObjectQuery) => {
    if (!name || labelSelector) return undefined;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    const object = known.get(`${qualifiedKind({ apiVersion, kind })} ${namespace ?? ""}/${name}`);
    return object?.apiVersion === apiVersion ? object : undefined;
  };
  return {
    list: async (query, signal, options = {}) => {
      const object = options.once && !options.fresh ? find(query) : undefined;
      return object ? { objects: [object] } : await reader.list(query, signal, options);
    },
    kindOf: (group, version, kind, signal) => reader.kindOf(group, version, kind, signal),
    ...memoryOf(reader),
  };
}
