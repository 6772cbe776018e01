/**
 * The seam to the outside world for reading: one question, "which objects match this query?", answered by a cluster or by
 * a folder of manifests. An answer that is not complete says so and is never an empty list.
 */
import type { KubeObject } from "../api/object.ts";
import type { OnStop } from "./marks.ts";

/** Which objects are asked for. Two queries with equal {@link queryKey} are the same query. */
export interface ObjectQuery {
  readonly group: string;
  /** Empty: whichever version the API prefers. */
  readonly version: string;
  readonly kind: string;
  /** Empty: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string;
  readonly name?: string;
  /** In the API's query syntax; empty selects all. */
  readonly labelSelector?: string;
}

/** Why a part of the input is not known. The words are those of Kubernetes' reasons where it has one. */
export type UnknownReason =
  | "KindNotServed"
  | "KindTerminating"
  | "Forbidden"
  | "Unreachable"
  | "NotSynced"
  | "BadRequest"
  /** `--source-namespaces` does not name it. */
  | "SourceNamespaceNotAllowed"
  | "Unreadable";

/** A part of the input that could not be read. Unknown is not empty: nothing is written or pruned on its account. */
export interface Unknown {
  readonly reason: UnknownReason;
  /** What was asked for, and why there is no answer: a sentence for people, without Secret bytes. */
  readonly message: string;
}

/** All objects that match, in API order (byte order of `<namespace>/<name>`), each with its apiVersion and kind; or why not. */
export type Listing = {
  readonly objects: readonly KubeObject[];
  readonly unknown?: undefined;
  /**
   * Of an answer from what is kept: false once it must not be acted on any more, since it may be of a history that the API
   * server has lost. That there is a newer one does not count.
   */
  readonly stands?: () => boolean;
} | {
  readonly objects?: undefined;
  readonly unknown: Unknown;
};

export type Scope = "namespaced" | "cluster";

/** How a kind is served. */
export interface KindFacts {
  readonly scope: Scope;
  /** `status`, `scale`, …; absent where nothing says (a folder without the kind's definition). */
  readonly subresources?: readonly string[];
  /** As it stands in paths and rights (`secrets`); absent where nothing says. */
  readonly plural?: string;
}

export interface ReadOptions {
  /** True: not from a cache, but as the API server (or the disk) has it now. */
  readonly fresh?: boolean;
  /** True: an answer that was fresh a few seconds ago will do, since nothing is revoked by it alone. */
  readonly recent?: boolean;
  /**
   * True: asked in passing, not worth a watch of its own. One object by its name is read now; an answer of many may be a
   * minute old.
   */
  readonly once?: boolean;
  /** True: asked for what has come of the trigger, and not for what it is computed from. */
  readonly owned?: boolean;
  /** True: what changes in it is no reason to look at the trigger again. */
  readonly untold?: boolean;
}

export interface ObjectReader {
  list(query: ObjectQuery, signal: AbortSignal, options?: ReadOptions): Promise<Listing>;
  /**
   * True where a watch has reported the deletion of the one object that the query names, its kind being served ever since:
   * the reason why an object is gone, as opposed to its absence.
   */
  sawDeletion?(query: ObjectQuery): boolean | Promise<boolean>;
  /** True where the one Cluster that the query names is gone, and was paused in the last state that a watch saw of it. */
  endedPaused?(query: ObjectQuery): boolean | Promise<boolean>;
  /**
   * What the one EventTrigger that the query names said becomes of its outputs, in the last state that a watch saw of it,
   * where it is gone; false where that is not known.
   */
  lastOnStop?(query: ObjectQuery): OnStop | false | Promise<OnStop | false>;
  /** True where what is kept for the query must not be acted on at the moment, and will be soon again, or be unknown. */
  isReconnecting?(query: ObjectQuery): boolean;
  /** Whether objects of the kind have a namespace, and which subresources; unknown where the kind is not served. */
  kindOf(group: string, version: string, kind: string, signal: AbortSignal): Promise<KindFacts | Unknown>;
}

/** What a reader remembers, for another one in front of it. */
export function memoryOf(reader: ObjectReader): Pick<ObjectReader, "sawDeletion" | "endedPaused" | "lastOnStop"> {
  return {
    ...(reader.sawDeletion ? { sawDeletion: (query) => reader.sawDeletion!(query) } : {}),
    ...(reader.endedPaused ? { endedPaused: (query) => reader.endedPaused!(query) } : {}),
    ...(reader.lastOnStop ? { lastOnStop: (query) => reader.lastOnStop!(query) } : {}),
  };
}

/** A string that is equal for equal queries, readable in logs. */
export function queryKey(query: ObjectQuery): string {
  const kind = query.group === "" ? query.kind : `${query.kind}.${query.group}`;
  return [`${kind}/${query.version}`, query.namespace ?? "", query.name ?? "", query.labelSelector ?? ""].join("|");
}

/** The query in words: `Secret v1 in namespace mgmt with labels a=b`. */
export function describeQuery(query: ObjectQuery): string {
  const kind = query.group === "" ? `${query.kind} ${query.version}` : `${query.kind} ${query.group}/${query.version}`;
  const name = query.name ? ` named ${query.name}` : "";
  const namespace = query.namespace ? ` in namespace ${query.namespace}` : "";
  const labels = query.labelSelector ? ` with labels ${query.labelSelector}` : "";
  return `${kind}${name}${namespace}${labels}`;
}
