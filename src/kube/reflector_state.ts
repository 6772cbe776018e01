/** What a reflector knows of its query and of itself, in the words in which others read it. */
import type { CacheChange } from "./cache.ts";
import type { KindName } from "./discovery.ts";
import type { ListQuery } from "./resource.ts";

/** Which objects are kept. */
export interface ReflectorQuery extends KindName, ListQuery {}

export interface ReflectorUnknown {
  readonly reason:
    | "NotSynced"
    | "KindNotServed"
    | "KindTerminating"
    | "Forbidden"
    | "BadRequest"
    | "Unreachable"
    | "Unreadable";
  /** A sentence for people. */
  readonly message: string;
}

export interface ReflectorState {
  /** A complete list was read at least once. */
  readonly synced: boolean;
  /** Why the cache may not be what the server has; its content then stays as it was. */
  readonly unknown?: ReflectorUnknown;
  readonly resourceVersion: string;
  /** When what is kept last went on (a list, an event, a bookmark), in milliseconds since the epoch. */
  readonly lastProgress: number;
  /**
   * When the server last answered, in milliseconds of the clock that nobody sets. An error is an answer, too: a new process
   * would get the same one. But for 401: a new process reads the credentials anew.
   */
  readonly lastAnswer: number;
  /**
   * Goes up when the server's history did not go on from where it was: its storage was restored (the resourceVersion went
   * down), or the kind was defined anew. What then vanished from a list was not necessarily deleted by anybody.
   */
  readonly world: number;
  /**
   * False from when the connection was lost, or the server has failed, until it was heard of again: it may have been away, be
   * it for less than it took to come back to it, and its storage may have been put back meanwhile. A watch that starts in its
   * future is silent.
   */
  readonly isConfirmed: boolean;
}

/** Whether what was read at that world may still be acted on. */
export function stands({ unknown, isConfirmed, world }: ReflectorState, readAt: number): boolean {
  return world === readAt && !unknown && isConfirmed;
}

/** What a reflector has done since its start. */
export interface ReflectorCounts {
  readonly lists: number;
  readonly watches: number;
  /** Changes that a list found although the watch, which stood beyond them, had not told of them. */
  readonly misses: number;
}

export interface ReflectorListener {
  changed?(change: CacheChange): void;
  stateChanged?(state: ReflectorState): void;
}

/** `Secret v1 in namespace a with labels x=y`. */
export function describeQuery(query: ReflectorQuery): string {
  const group = query.group === "" ? "" : `.${query.group}`;
  const version = query.version === "" ? "" : ` ${query.version}`;
  const namespace = query.namespace ? ` in namespace ${query.namespace}` : "";
  const labels = query.labelSelector ? ` with labels ${query.labelSelector}` : "";
  const fields = query.fieldSelector ? ` with fields ${query.fieldSelector}` : "";
  return `${query.kind}${group}${version}${namespace}${labels}${fields}`;
}
