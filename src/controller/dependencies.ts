/**
 * Watch event → requests: which triggers have to be looked at again when an object changes. A trigger depends on whatever
 * it asked for when it was last reconciled; the kind of an event never matters.
 */
import type { KubeObject } from "../api/object.ts";
import { nameOf } from "../api/object.ts";
import { readMarks } from "../reconcile/marks.ts";
import {
  type Listing,
  memoryOf,
  type ObjectQuery,
  type ObjectReader,
  queryKey,
  type ReadOptions,
} from "../reconcile/reader.ts";

/** Something has changed in what a query matches. */
export interface WatchEvent {
  readonly query: ObjectQuery;
  /** The object as it is, or was; absent where it is not known which object (a file has changed). */
  readonly object?: KubeObject;
}

export class Dependencies {
  /** By trigger: the queries that its last reconcile asked, by their keys. */
  #queries = new Map<string, ReadonlyMap<string, ObjectQuery>>();
  /** By trigger: what the reconcile that is under way has asked so far. What changes behind its back concerns it, too. */
  #asking = new Map<string, ReadonlyMap<string, ObjectQuery>>();
  /** By trigger: what the last reconcile asked that came to ask all. One that fails may stop before. */
  #whole = new Map<string, ReadonlyMap<string, ObjectQuery>>();

  constructor(readonly instance: string) {}

  /**
   * A reader that notes what is asked through it; `commit` makes that the trigger's dependencies (`isWhole`: it is all that the
   * trigger needs), and `stands` tells whether all that was answered may still be acted on.
   */
  track(
    trigger: string,
    reader: ObjectReader,
  ): { reader: ObjectReader; commit: (isWhole: boolean) => void; stands: () => boolean } {
    const asked = new Map<string, ObjectQuery>(), standing = new Set<() => boolean>();
    this.#asking.set(trigger, asked);
    const tracking: ObjectReader = {
      async list(query: ObjectQuery, signal: AbortSignal, options?: ReadOptions): Promise<Listing> {
        if (!options?.once) asked.set(queryKey(query), query);
        const listing = await reader.list(query, signal, options);
        if (listing.objects && listing.stands) standing.add(listing.stands);
        return listing;
      },
      kindOf: (group, version, kind, signal) => reader.kindOf(group, version, kind, signal),
      ...memoryOf(reader),
    };
    return {
      reader: tracking,
      commit: (isWhole) => {
        this.#queries.set(trigger, asked);
        if (isWhole) this.#whole.set(trigger, asked);
      },
      stands: () => standing.values().every((stands) => stands()),
    };
  }

  /** What the trigger's last reconcile asked. */
  queriesOf(trigger: string): Iterable<ObjectQuery> {
    return this.#queries.get(trigger)?.values() ?? [];
  }

  forget(trigger: string): void {
    this.#queries.delete(trigger);
    this.#asking.delete(trigger);
    this.#whole.delete(trigger);
  }

  /**
   * Whether a trigger that is there needs to be told what changes in the query: it asked for it, be it days ago, and has not
   * done without it since; or the outputs of all are meant.
   */
  isNeeded(query: ObjectQuery): boolean {
    if (isOwnedQuery(query)) return true;
    const key = queryKey(query);
    for (const queries of [this.#queries, this.#asking, this.#whole]) {
      for (const asked of queries.values()) if (asked.has(key)) return true;
    }
    return false;
  }

  /** The triggers to look at again. */
  requestsFor(event: WatchEvent): string[] {
    const { object, query } = event;
    if (object?.kind === "EventTrigger") return [nameOf(object)];
    const marks = object && readMarks(object);
    const requests = new Set<string>();
    // An output of ours concerns the trigger that it came from, which may be gone or never seen by this process.
    if (marks && marks !== "broken" && marks.instance === this.instance) requests.add(marks.trigger);
    if (requests.size > 0 && isOwnedQuery(query)) return [...requests];
    const key = queryKey(query);
    for (const queries of [this.#queries, this.#asking]) {
      for (const [trigger, asked] of queries) if (asked.has(key)) requests.add(trigger);
    }
    return [...requests];
  }

  /** All triggers that this process has reconciled. */
  known(): string[] {
    return [...this.#queries.keys()];
  }
}

function isOwnedQuery({ labelSelector }: ObjectQuery): boolean {
  return labelSelector?.startsWith(`moonferry.dev/instance=`) ?? false;
}
