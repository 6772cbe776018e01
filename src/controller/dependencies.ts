/**
 * Watch event → requests: which triggers have to be looked at again when an object changes. A trigger depends on whatever
 * it asked for when it was last reconciled; the kind of an event never matters.
 */
import type { KubeObject } from "../api/object.ts";
import { nameOf, versionOf } from "../api/object.ts";
import { readMarks } from "../reconcile/marks.ts";
import { isEventTrigger } from "../reconcile/clusters.ts";
import { isOwnedQuery } from "../reconcile/owned.ts";
import {
  type Listing,
  memoryOf,
  type ObjectQuery,
  type ObjectReader,
  queryKey,
  type ReadOptions,
} from "../reconcile/reader.ts";
import { predicateOf } from "../reconcile/select.ts";

/** Something has changed in what a query matches. */
export interface WatchEvent {
  readonly query: ObjectQuery;
  /** The object as it is, or was; absent where it is not known which object (a file has changed). */
  readonly object?: KubeObject;
}

/** A question, and whether it was asked for what the trigger is computed from, and not only for what has come of it. */
interface Asked {
  readonly query: ObjectQuery;
  readonly isInput: boolean;
}

export class Dependencies {
  /** By trigger: what its last reconcile asked, by the keys of the queries. */
  #queries = new Map<string, ReadonlyMap<string, Asked>>();
  /** By trigger: what the reconcile that is under way has asked so far. What changes behind its back concerns it, too. */
  #asking = new Map<string, ReadonlyMap<string, Asked>>();
  /** By trigger: what the last reconcile asked that came to ask all. One that fails may stop before. */
  #whole = new Map<string, ReadonlyMap<string, Asked>>();

  constructor(readonly instance: string) {}

  /**
   * A reader that notes what is asked through it; `commit` makes that the trigger's dependencies (`isWhole`: it is all that the
   * trigger needs), and `stands` tells whether all that was answered may still be acted on.
   */
  track(
    trigger: string,
    reader: ObjectReader,
  ): { reader: ObjectReader; commit: (isWhole: boolean) => void; stands: () => boolean } {
    const asked = new Map<string, Asked>(), standing = new Set<() => boolean>();
    this.#asking.set(trigger, asked);
    const tracking: ObjectReader = {
      async list(query: ObjectQuery, signal: AbortSignal, options?: ReadOptions): Promise<Listing> {
        if (!options?.once && !options?.untold) {
          const key = queryKey(query);
          // An EventSource may ask for outputs in the very words in which a trigger asks for its own.
          asked.set(key, { query, isInput: !options?.owned || asked.get(key)?.isInput === true });
        }
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
    return (this.#queries.get(trigger)?.values() ?? [].values()).map(({ query }) => query);
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
    const requests = new Set<string>();
    if (object && isEventTrigger(object)) requests.add(nameOf(object));
    // An output of ours concerns the trigger that it came from, which may be gone or never seen by this process.
    const owner = object && this.ownerOf(object);
    if (owner !== undefined) requests.add(owner);
    const key = queryKey(query);
    for (const queries of [this.#queries, this.#asking]) {
      for (const [trigger, asked] of queries) {
        const one = asked.get(key);
        // Another's output is nothing to a trigger that only looked for its own; one that selects it is told.
        if (one && (one.isInput || owner === undefined)) requests.add(trigger);
      }
    }
    return [...requests];
  }

  /** The trigger whose output an object is, by marks of this instance that agree. */
  ownerOf(object: KubeObject): string | undefined {
    const marks = readMarks(object);
    return marks && marks !== "broken" && marks.instance === this.instance ? marks.trigger : undefined;
  }

  /** Whether the trigger is computed from the object, among others. */
  isInput(trigger: string, object: KubeObject): boolean {
    const name = nameOf(object);
    for (const queries of [this.#queries, this.#asking]) {
      for (const { query, isInput } of queries.get(trigger)?.values() ?? []) {
        if (!isInput || query.kind !== object.kind || (query.name && query.name !== name)) continue;
        // The event may have it in another version than the question.
        if (predicateOf({ ...query, version: versionOf(object.apiVersion) })(object)) return true;
      }
    }
    return false;
  }

  /** All triggers that this process has reconciled. */
  known(): string[] {
    return [...this.#queries.keys()];
  }
}
