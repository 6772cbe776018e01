/** The live side of a plan: reads what carries our marks for a trigger, and what stands at each target that we want. */
import {
  groupOf,
  type KubeObject,
  objectKey,
  type ObjectRef,
  objectRef,
  qualifiedKind,
  versionOf,
} from "../api/object.ts";
import { eachInFlight } from "./apply.ts";
import type { Failure } from "./errors.ts";
import { INSTANCE_LABEL, readMarks } from "./marks.ts";
import type { Live } from "./plan.ts";
import { describeQuery, type ObjectQuery, type ObjectReader, type ReadOptions } from "./reader.ts";

/**
 * The query for all objects of a group-qualified kind that carry this instance's label. It does not ask for the trigger's:
 * one query, and so one watch, serves all triggers.
 */
export function ownedQuery(kind: string, instance: string): ObjectQuery {
  const dot = kind.indexOf(".");
  return {
    group: dot < 0 ? "" : kind.slice(dot + 1),
    version: dot < 0 ? "v1" : "",
    kind: dot < 0 ? kind : kind.slice(0, dot),
    labelSelector: `${INSTANCE_LABEL}=${instance}`,
  };
}

/**
 * Reads the live side.
 *
 * @param kinds The allowed kinds: others are neither read nor written.
 * @param targets Where we want to write.
 */
export async function readLive(
  trigger: string,
  instance: string,
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
    const query = ownedQuery(kind, instance);
    const listing = await reader.list(query, signal, options);
    if (listing.unknown) {
      // A kind that is not served has no objects of ours that could be pruned; whoever wants to write one is told.
      if (listing.unknown.reason !== "KindNotServed") {
        failures.push(unreadable(trigger, query, listing.unknown.message));
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
  const others = distinct(targets).filter((target) =>
    kinds.includes(qualifiedKind(target)) && !at.has(objectKey(target))
  );
  await eachInFlight(others, async (target) => {
    const query: ObjectQuery = {
      group: groupOf(target.apiVersion),
      version: versionOf(target.apiVersion),
      kind: target.kind,
      namespace: target.namespace,
      name: target.name,
    };
    const listing = await reader.list(query, signal, { ...options, once: true });
    if (listing.unknown) failures.push(unreadable(trigger, query, listing.unknown.message));
    else if (listing.objects[0]) at.set(objectKey(target), listing.objects[0]);
  });
  const missingNamespaces = options.createNamespaces
    ? await findMissingNamespaces(
      others.filter((target) => !at.has(objectKey(target))),
      reader,
      signal,
      options,
      failures,
    )
    : new Set<string>();
  return { owned, at, missingNamespaces, failures };
}

async function findMissingNamespaces(
  absent: readonly ObjectRef[],
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions,
  failures: Failure[],
): Promise<Set<string>> {
  const missing = new Set<string>();
  const names = [...new Set(absent.map(({ namespace }) => namespace).filter((name) => name !== ""))];
  await eachInFlight(names, async (name) => {
    const query = { group: "", version: "v1", kind: "Namespace", name };
    const listing = await reader.list(query, signal, { ...options, once: true });
    if (listing.unknown) failures.push(unreadable("", query, listing.unknown.message));
    else if (!listing.objects[0]) missing.add(name);
  });
  return missing;
}

function distinct(targets: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(targets.map((target) => [objectKey(target), target])).values()];
}

function unreadable(trigger: string, query: ObjectQuery, message: string): Failure {
  return {
    stage: "read",
    reason: "LiveUnknown",
    message: `${trigger === "" ? "" : `EventTrigger ${trigger}: `}cannot see what is there: ${
      describeQuery(query)
    }: ${message}`,
  };
}
