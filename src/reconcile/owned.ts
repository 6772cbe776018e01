/**
 * What carries an instance's label, and where it is looked for: in all namespaces or, where the namespaces that may be
 * written to are named, in each of these and nowhere else. So a right to list is needed there and nowhere else.
 */
import type { KubeObject } from "../api/object.ts";
import { INSTANCE_LABEL } from "./marks.ts";
import type { Listing, ObjectQuery, ObjectReader, ReadOptions } from "./reader.ts";

/** Whose outputs, and where they can be. */
export interface Sweep {
  readonly instance: string;
  /** The namespaces that may be written to; absent: all. */
  readonly targetNamespaces?: readonly string[];
}

/**
 * The query for all objects of a group-qualified kind that carry this instance's label. It does not ask for the trigger's:
 * one query, and so one watch, serves all triggers.
 */
export function ownedQuery(kind: string, instance: string): ObjectQuery {
  return { ...kindQuery(kind), labelSelector: `${INSTANCE_LABEL}=${instance}` };
}

/** Whether a query is such a one, of whichever instance. */
export function isOwnedQuery({ labelSelector }: ObjectQuery): boolean {
  return labelSelector?.startsWith(`${INSTANCE_LABEL}=`) ?? false;
}

/** The query for all objects of a group-qualified kind. */
export function kindQuery(kind: string): ObjectQuery {
  const dot = kind.indexOf(".");
  return {
    group: dot < 0 ? "" : kind.slice(dot + 1),
    version: dot < 0 ? "v1" : "",
    kind: dot < 0 ? kind : kind.slice(0, dot),
  };
}

/**
 * Everything of a group-qualified kind that carries the instance's label. It is unknown as a whole where one namespace
 * can't be listed: an output that is not seen is not to be taken for gone.
 */
export async function listOwned(
  kind: string,
  { instance, targetNamespaces }: Sweep,
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions = {},
): Promise<Listing> {
  return await listWithin(ownedQuery(kind, instance), targetNamespaces, reader, signal, options);
}

/** What the query for outputs names, in the permitted namespaces alone where there are such; unknown where one can't be listed. */
export async function listWithin(
  everywhere: ObjectQuery,
  targetNamespaces: readonly string[] | undefined,
  reader: ObjectReader,
  signal: AbortSignal,
  readOptions: ReadOptions = {},
): Promise<Listing> {
  const options = { ...readOptions, owned: true };
  if (targetNamespaces === undefined) return await reader.list(everywhere, signal, options);
  const facts = await reader.kindOf(everywhere.group, everywhere.version, everywhere.kind, signal);
  if (!("scope" in facts)) return { unknown: facts };
  if (facts.scope === "cluster") return await reader.list(everywhere, signal, options);
  const namespaces = [...new Set(targetNamespaces)];
  const listings = await Promise.all(
    namespaces.map((namespace) => reader.list({ ...everywhere, namespace }, signal, options)),
  );
  const objects: KubeObject[] = [];
  for (const listing of listings) {
    if (listing.unknown) return listing;
    objects.push(...listing.objects);
  }
  return { objects };
}
