/** The live side of a plan: reads what carries our marks for a trigger, and what stands at each target that we want. */
import {
  groupOf,
  isSameVersion,
  type KubeObject,
  objectKey,
  type ObjectRef,
  objectRef,
  qualifiedKind,
  uidOf,
  versionOf,
} from "../api/object.ts";
import type { Failure } from "./errors.ts";
import { eachInFlight, READS_IN_FLIGHT } from "./in_flight.ts";
import { readMarks } from "./marks.ts";
import { listOwned, listWithin, ownedQuery, type Sweep } from "./owned.ts";
import type { Change, Live } from "./plan.ts";
import { describeQuery, type ObjectQuery, type ObjectReader, type ReadOptions, type Unknown } from "./reader.ts";

/**
 * Reads the live side.
 *
 * @param kinds The allowed kinds: others are neither read nor written.
 * @param targets Where we want to write. Those outside of the permitted namespaces are not read.
 */
export async function readLive(
  trigger: string,
  sweep: Sweep,
  kinds: readonly string[],
  targets: readonly ObjectRef[],
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions & { readonly createNamespaces?: boolean } = {},
): Promise<Live> {
  const failures: Failure[] = [];
  const owned: KubeObject[] = [];
  const at = new Map<string, KubeObject>();
  for (const kind of kinds) {
    const listing = await listOwned(kind, sweep, reader, signal, options);
    if (listing.unknown) {
      // A kind that is not served has no objects of ours that could be pruned; whoever wants to write one is told.
      if (listing.unknown.reason !== "KindNotServed") {
        failures.push(unreadable(trigger, ownedQuery(kind, sweep.instance), listing.unknown));
      }
      continue;
    }
    for (const object of listing.objects) {
      const marks = readMarks(object);
      // A label alone may have been put there by anybody: only marks that agree make an object ours.
      if (marks === undefined || marks === "broken" || marks.trigger !== trigger) continue;
      owned.push(object);
      at.set(objectKey(objectRef(object)), object);
    }
  }
  const versions = await inVersionsOf(targets, at, sweep, reader, signal, options);
  for (const [key, object] of versions) at.set(key, object);
  // What a gate holds whatever is there is not asked for: there may be no right to.
  const isPermitted = ({ namespace }: ObjectRef) =>
    namespace === "" || (sweep.targetNamespaces?.includes(namespace) ?? true);
  const others = distinct(targets).filter((target) =>
    kinds.includes(qualifiedKind(target)) && isPermitted(target) && !at.has(objectKey(target))
  );
  const unread = new Map<ObjectRef, Failure>();
  await eachInFlight(READS_IN_FLIGHT, others, async (target) => {
    const query = targetQuery(target);
    const listing = await reader.list(query, signal, { ...options, once: true });
    if (listing.unknown) unread.set(target, unreadable(trigger, query, listing.unknown));
    else if (listing.objects[0]) at.set(objectKey(target), listing.objects[0]);
  });
  failures.push(...others.flatMap((target) => unread.get(target) ?? []));
  const missingNamespaces = options.createNamespaces
    ? await findMissingNamespaces(
      others.filter((target) => !at.has(objectKey(target))),
      reader,
      signal,
      options,
      failures,
    )
    : new Set<string>();
  const inVersion = owned.map((object) => versions.get(objectKey(objectRef(object))) ?? object);
  return { owned: inVersion, at, missingNamespaces, failures };
}

/**
 * What is ours in the versions in which it is wanted. A kind may be served in several, and an object is compared in the one
 * that its template is written in; where it can't be had in that (a folder can't convert), the version is what differs.
 */
async function inVersionsOf(
  targets: readonly ObjectRef[],
  at: ReadonlyMap<string, KubeObject>,
  { instance, targetNamespaces }: Sweep,
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions,
): Promise<Map<string, KubeObject>> {
  const found = new Map<string, KubeObject>();
  const others = targets.filter((target) => {
    const there = at.get(objectKey(target));
    return there !== undefined && there.apiVersion !== target.apiVersion;
  });
  for (const group of Map.groupBy(others, ({ apiVersion, kind }) => `${apiVersion} ${kind}`).values()) {
    const version = versionOf(group[0]!.apiVersion);
    const query = { ...ownedQuery(qualifiedKind(group[0]!), instance), version };
    const listing = await listWithin(query, targetNamespaces, reader, signal, options);
    if (listing.unknown) continue;
    const wanted = new Set(group.map(objectKey));
    for (const object of listing.objects) {
      const key = objectKey(objectRef(object));
      // Its marks were judged in the other version: this is the same object, or none of ours.
      if (wanted.has(key) && uidOf(object) === uidOf(at.get(key)!)) found.set(key, object);
    }
  }
  return found;
}

/**
 * Reads anew what is to be revoked: keeps the revocations whose object is still the very one that they were decided on (a
 * change since then is told by a watch, and planned for), and says what could not be read.
 */
export async function stillAsSeen(
  revocations: readonly Change[],
  trigger: string,
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<{ kept: ReadonlySet<Change>; failures: readonly Failure[]; unread: readonly Change[] }> {
  const kept = new Set<Change>();
  const unread = new Map<Change, Failure>();
  await eachInFlight(READS_IN_FLIGHT, revocations, async (change) => {
    const query = targetQuery(change.target);
    const listing = await reader.list(query, signal, { fresh: true, once: true });
    const there = listing.objects?.[0];
    // It stands for its own outputs only.
    if (listing.unknown) {
      unread.set(change, { ...unreadable(trigger, query, listing.unknown), match: change.origin.match });
    } else if (there && isSameVersion(there, change.live!)) kept.add(change);
  });
  return { kept, failures: revocations.flatMap((change) => unread.get(change) ?? []), unread: [...unread.keys()] };
}

/** The query for what stands at a target. */
export function targetQuery({ apiVersion, kind, namespace, name }: ObjectRef): ObjectQuery {
  return { group: groupOf(apiVersion), version: versionOf(apiVersion), kind, namespace, name };
}

/** The query for a namespace that an output needs. */
export function namespaceQuery(name: string): ObjectQuery {
  return { group: "", version: "v1", kind: "Namespace", name };
}

async function findMissingNamespaces(
  absent: readonly ObjectRef[],
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions,
  failures: Failure[],
): Promise<Set<string>> {
  const missing = new Set<string>();
  const unread = new Map<string, Failure>();
  const names = [...new Set(absent.map(({ namespace }) => namespace).filter((name) => name !== ""))];
  await eachInFlight(READS_IN_FLIGHT, names, async (name) => {
    const query = namespaceQuery(name);
    const listing = await reader.list(query, signal, { ...options, once: true });
    if (listing.unknown) unread.set(name, unreadable("", query, listing.unknown));
    else if (!listing.objects[0]) missing.add(name);
  });
  failures.push(...names.flatMap((name) => unread.get(name) ?? []));
  return missing;
}

function distinct(targets: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(targets.map((target) => [objectKey(target), target])).values()];
}

function unreadable(trigger: string, query: ObjectQuery, { reason, message }: Unknown): Failure {
  return {
    stage: "read",
    reason: "LiveUnknown",
    cause: reason,
    message: `${trigger === "" ? "" : `EventTrigger ${trigger}: `}cannot see what is there: ${
      describeQuery(query)
    }: ${message}`,
  };
}
