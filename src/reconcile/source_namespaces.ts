/**
 * `--source-namespaces`: a reader that answers for the named namespaces alone. Whoever may write an EventSource or an
 * EventTrigger can have the controller read for them; this is how far. Cluster-scoped objects are nobody's secret and pass.
 */
import { type Listing, memoryOf, type ObjectQuery, type ObjectReader, type ReadOptions } from "./reader.ts";

/**
 * The reader with everything outside of `namespaces` unknown, by reason `SourceNamespaceNotAllowed`; a query for all
 * namespaces is refused as well, since leaving some out would look like an answer. Absent: the reader itself.
 */
export function withinNamespaces(reader: ObjectReader, namespaces: readonly string[] | undefined): ObjectReader {
  if (namespaces === undefined) return reader;
  return {
    kindOf: (group, version, kind, signal) => reader.kindOf(group, version, kind, signal),
    ...memoryOf(reader),
    async list(query: ObjectQuery, signal: AbortSignal, options?: ReadOptions): Promise<Listing> {
      const isAllowed = query.namespace !== undefined && namespaces.includes(query.namespace);
      if (isAllowed || await isClusterScoped(reader, query, signal)) return await reader.list(query, signal, options);
      return { unknown: { reason: "SourceNamespaceNotAllowed", message: refusal(query, namespaces) } };
    },
  };
}

/** A kind that nobody knows is taken for a namespaced one: what is not known to be harmless is not read. */
async function isClusterScoped(reader: ObjectReader, query: ObjectQuery, signal: AbortSignal): Promise<boolean> {
  const facts = await reader.kindOf(query.group, query.version, query.kind, signal);
  return "scope" in facts && facts.scope === "cluster";
}

function refusal({ namespace }: ObjectQuery, namespaces: readonly string[]): string {
  const allowed = `--source-namespaces=${namespaces.join(",")}`;
  return namespace
    ? `namespace ${namespace} is not one of those that may be read: start with --source-namespaces=` +
      `${[...namespaces, namespace].join(",")} to read it`
    : `all namespaces are not to be read with ${allowed}: name one of them in the field namespace`;
}
