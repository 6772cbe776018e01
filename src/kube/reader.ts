/**
 * The cluster as the pipeline reads it: straight from the API, or from caches that watches keep. Whatever can't be answered
 * in full is unknown, with the reason; an answer that somebody is to act on is given only while the kind stands.
 */
import {
  compareObjects,
  inOneLine,
  isOlderVersion,
  type KubeObject,
  nameOf,
  namespaceOf,
  resourceVersionOf,
  uidOf,
} from "../api/object.ts";
import { isCluster, isPaused } from "../api/capi_cluster.ts";
import {
  describeQuery,
  type KindFacts,
  type Listing,
  type ObjectQuery,
  type ObjectReader,
  queryKey,
  type ReadOptions,
  type Unknown,
} from "../reconcile/reader.ts";
import type { ResourceKind, Right } from "../api/right.ts";
import { isEventTrigger, SVELTOS_GROUP } from "../reconcile/clusters.ts";
import { type OnStop, onStopOf } from "../reconcile/marks.ts";
import type { CacheChange } from "./cache.ts";
import type { KubeClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { type Discovery, type KindAnswer, rightsToStanding } from "./discovery.ts";
import { ApiError, ConnectionError } from "./errors.ts";
import type { Reflector } from "./reflector.ts";
import { RecentTexts } from "./recent_texts.ts";
import { reflectorKey, ReflectorPool } from "./reflector_pool.ts";
import { type ReflectorCounts, type ReflectorQuery, type ReflectorState, stands } from "./reflector_state.ts";
import { isPathSegment, type ListQuery, type ResourceType } from "./resource.ts";
import { isStatusEcho } from "./status_echo.ts";
import { rightTo } from "./rights.ts";

/** What a cache could not answer in this time is answered as not known yet. */
const SYNC_MILLISECONDS = 30_000;
/** Of a kind, as many as a trigger may select. */
const MAX_DELETIONS = 20_000;
const ON_STOP: readonly OnStop[] = ["leave", "withdraw"];
/** How long the answer to what is asked in passing stands. */
const PASSING_MILLISECONDS = 60_000;
/** How long a fresh answer is a recent one. */
const RECENT_MILLISECONDS = 3_000;
/** A watch that nobody needs ends when nobody has asked for it for so long. */
const UNUSED_MILLISECONDS = 30 * 60_000;
/** Between two looks for such watches. */
const LOOK_MILLISECONDS = 60_000;
/** Few objects, all of interest: one watch for all of them instead of one for each name. */
const WATCHED_WHOLE = new Set(["EventTrigger", "EventSource", "SveltosCluster"]);

export interface ReaderParts {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly clock: Clock;
}

export interface ReaderHooks {
  /** A change, or (without object) a change of what is known, in what this query matches. */
  onEvent(event: { readonly query: ObjectQuery; readonly object?: KubeObject }): void;
  /** A watch was lost, or found again; or all were, with the history that they followed. */
  onWatchState?(message: string, isLost: boolean): void;
  /**
   * Whether somebody acts on what changes in the query, however long ago it was asked for. Absent: nobody knows, and what
   * selects stays.
   */
  isNeeded?(query: ObjectQuery): boolean;
}

/** A watch, as it stands. */
export interface WatchStatus extends ReflectorCounts {
  /** Group-qualified. */
  readonly kind: string;
  /** Milliseconds since what is kept last went on: a list, an event, a bookmark. */
  readonly age: number;
  /** Milliseconds since the server last answered, be it with an error; {@link ReflectorState.lastAnswer}. */
  readonly silence: number;
  /** Whether what is kept is what the server has; of a kind that is not served, that is known, too. */
  readonly isKnown: boolean;
  readonly objects: number;
}

/** Reads from the API at each question. */
export class KubeReader implements ObjectReader {
  constructor(protected readonly parts: ReaderParts) {}

  async list(query: ObjectQuery, signal: AbortSignal, options: ReadOptions = {}): Promise<Listing> {
    return await this.listNow(query, signal, options);
  }

  /** A consistent answer: as the server's storage has it now. */
  protected async listNow(query: ObjectQuery, signal: AbortSignal, options: ReadOptions): Promise<Listing> {
    const impossible = impossibleIn(query);
    if (impossible) return { unknown: impossible };
    const answer = await this.parts.discovery.resolve(query, signal, options.fresh && !options.once);
    if (answer.state !== "served") return { unknown: unknownKind(answer) };
    const { type } = answer;
    if (query.namespace && !type.namespaced) {
      const message = `${query.kind} is cluster-scoped: remove the namespace from the selector`;
      return { unknown: { reason: "BadRequest", message } };
    }
    try {
      const objects = await this.#read(type, query, signal);
      // Deleting a definition first deletes its objects: a list from a dying kind is not the state that anybody wants.
      if (options.fresh && !options.once) {
        const standing = await this.parts.discovery.standingOf(type, signal);
        if (standing.state === "unknown") return { unknown: unknownFrom(standing.error) };
        if (standing.state !== "served") {
          const message = `the definition of ${query.kind} is being deleted`;
          return { unknown: { reason: "KindTerminating", message } };
        }
      }
      return { objects };
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError) return { unknown: unknownFrom(error) };
      throw error;
    }
  }

  async #read(type: ResourceType, query: ObjectQuery, signal: AbortSignal): Promise<KubeObject[]> {
    if (!isOfOne(type, query)) {
      const { items } = await this.parts.client.listAll(type, listQuery(query), signal);
      return items.sort(compareObjects);
    }
    try {
      return [await this.parts.client.get(type, { namespace: query.namespace, name: query.name! }, signal)];
    } catch (error) {
      if (error instanceof ApiError && error.isObjectAbsent) return [];
      throw error;
    }
  }

  async kindOf(group: string, version: string, kind: string, signal: AbortSignal): Promise<KindFacts | Unknown> {
    const answer = await this.parts.discovery.resolve({ group, version, kind }, signal);
    if (answer.state !== "served") return unknownKind(answer);
    const { namespaced, subresources, plural } = answer.type;
    return { scope: namespaced ? "namespaced" : "cluster", subresources, plural };
  }
}

/**
 * The rights that a question takes in `run`: to ask it now, also anew for a second look, and, unless it is asked once, to keep
 * a watch on it.
 */
export function rightsToRead(type: ResourceKind, query: ObjectQuery, { once }: ReadOptions): Right[] {
  const now = rightTo(isOfOne(type, query) ? "get" : "list", type, query);
  if (once) return [now];
  const { namespace } = watchedQuery(query);
  const name = isWatchedWhole(query) ? undefined : query.name;
  const watched = (["list", "watch"] as const).map((verb) => rightTo(verb, type, { namespace, name }));
  return [now, ...watched, ...rightsToStanding(type)];
}

/** One object by its name is asked for as such; everything else is a list. */
function isOfOne(type: Pick<ResourceKind, "namespaced">, { name, namespace, labelSelector }: ObjectQuery): boolean {
  return Boolean(name && !labelSelector && (!type.namespaced || namespace));
}

function isWatchedWhole({ group, kind, namespace, labelSelector }: ObjectQuery): boolean {
  // Others have kinds of these names, too. Only a SveltosCluster is in a namespace: to ask for the others in one is an error.
  const isKind = group === SVELTOS_GROUP && WATCHED_WHOLE.has(kind) && (kind === "SveltosCluster" || !namespace);
  return isKind && !labelSelector;
}

/** Whether what is watched for the sake of the query may hold more than it asks for. */
function isPartOfWatched(query: ObjectQuery): boolean {
  return Boolean(query.name || query.namespace) && isWatchedWhole(query);
}

/** Whether an object of what is watched for the sake of the query is what it asks for. */
function isOf({ namespace, name }: ObjectQuery, object: KubeObject): boolean {
  return (!namespace || namespace === namespaceOf(object)) && (!name || name === nameOf(object));
}

/** What is watched for the sake of a query. */
function watchedQuery(query: ObjectQuery): ReflectorQuery {
  const { group, version, kind, namespace } = query;
  return isWatchedWhole(query) ? { group, version, kind } : { group, version, kind, namespace, ...listQuery(query) };
}

function listQuery({ namespace, name, labelSelector }: ObjectQuery): ListQuery {
  return { namespace, labelSelector, ...(name ? { fieldSelector: `metadata.name=${name}` } : {}) };
}

/** Why nothing can be asked of the API for the query, whatever it serves: a path with this in it would be another one. */
function impossibleIn({ kind, namespace, name }: ObjectQuery): Unknown | undefined {
  for (const [part, text] of [["namespace", namespace], ["name", name]] as const) {
    if (!text || isPathSegment(text)) continue;
    const message = `${part} "${inOneLine(text)}" of ${kind}: can't be a part of an API path`;
    return { reason: "BadRequest", message };
  }
  return undefined;
}

function unknownKind(answer: Exclude<KindAnswer, { state: "served" }>): Unknown {
  return answer.state === "unknown" ? unknownFrom(answer.error) : { reason: "KindNotServed", message: answer.message };
}

function unknownFrom(error: ApiError | ConnectionError): Unknown {
  if (error instanceof ConnectionError) {
    return { reason: error.failure === "unreadable" ? "Unreadable" : "Unreachable", message: error.message };
  }
  if (error.kindNotServed) return { reason: "KindNotServed", message: error.message };
  if (error.status === 401 || error.status === 403) return { reason: "Forbidden", message: error.message };
  return { reason: error.status === 400 ? "BadRequest" : "Unreachable", message: error.message };
}

/** A reflector and the questions that it answers. */
interface Watched {
  readonly reflector: Reflector;
  release(): void;
  readonly asked: Map<string, ObjectQuery>;
  askedAt: number;
  /** Whether its loss was told. */
  isLost: boolean;
  /** Whether what was answered at that world may still be acted on: one function for all who were. */
  answered: { readonly world: number; readonly stands: () => boolean };
}

/** Reads from caches, and tells of every change in them. */
export class WatchingReader extends KubeReader {
  #pool: ReflectorPool;
  #watched = new Map<string, Watched>();
  #lookedAt = -Infinity;
  readonly #passing = new Map<string, { readonly listing: Listing; readonly until: number }>();
  /** Objects whose end a watch has reported, `<kind>.<group> <namespace>/<name>`, for as long as their kind stands. */
  #deletions = new Map<string, RecentTexts>();
  /** Clusters that were paused when they were seen last, `<namespace>/<name>`. */
  readonly #endedPaused = new RecentTexts(MAX_DELETIONS);
  /** EventTriggers that are gone, `<what they said of their outputs> <name>`. */
  readonly #endedTriggers = new RecentTexts(MAX_DELETIONS);

  constructor(parts: ReaderParts, readonly hooks: ReaderHooks) {
    super(parts);
    // Watches that are lost for another reason already say nothing of it.
    const onHistoryLost = (how: string) =>
      hooks.onWatchState?.(`the API server's storage was put back to an older state, all is read anew: ${how}`, true);
    // A reflector that dies of a bug must not leave a cache that looks alive.
    this.#pool = new ReflectorPool({ ...parts, onHistoryLost }, (error) => {
      throw error;
    });
  }

  override async list(query: ObjectQuery, signal: AbortSignal, options: ReadOptions = {}): Promise<Listing> {
    if (options.fresh && options.recent) return await this.#listOnce(query, signal, options, RECENT_MILLISECONDS);
    if (options.fresh || (options.once && query.name)) return await this.listNow(query, signal, options);
    if (options.once) return await this.#listOnce(query, signal, options, PASSING_MILLISECONDS);
    // Before there is a watch for it, which would die of it, and the process with that.
    const impossible = impossibleIn(query);
    if (impossible) return { unknown: impossible };
    const watched = this.#watch(query), { reflector } = watched;
    const { unknown, world } = await settle(reflector, signal);
    if (unknown) return { unknown };
    const all = reflector.cache.list();
    const objects = isPartOfWatched(query) ? all.filter((object) => isOf(query, object)) : all;
    if (watched.answered.world !== world) watched.answered = answeredAt(world, reflector);
    return { objects, stands: watched.answered.stands };
  }

  /** What is asked in passing, each pass would ask again: for a while the answer stands. */
  async #listOnce(
    query: ObjectQuery,
    signal: AbortSignal,
    options: ReadOptions,
    milliseconds: number,
  ): Promise<Listing> {
    const now = this.parts.clock.monotonic(), key = `${milliseconds} ${queryKey(query)}`;
    for (const [known, { until }] of this.#passing) if (until <= now) this.#passing.delete(known);
    const known = this.#passing.get(key);
    if (known) return known.listing;
    const listing = await this.listNow(query, signal, options);
    if (listing.unknown?.reason !== "Unreachable") {
      this.#passing.set(key, { listing, until: now + milliseconds });
    }
    return listing;
  }

  /** How the watches stand, for metrics and health. */
  watches(): WatchStatus[] {
    const now = this.parts.clock.now(), monotonic = this.parts.clock.monotonic();
    return [...this.#watched.values()].map(({ reflector }) => {
      const { query, state, counts, cache } = reflector;
      const kind = query.group === "" ? query.kind : `${query.kind}.${query.group}`;
      const { synced, unknown, lastProgress, lastAnswer } = state;
      const isKnown = synced && !unknown || unknown?.reason === "KindNotServed";
      return {
        kind,
        age: Math.max(0, now - lastProgress),
        silence: monotonic - lastAnswer,
        isKnown,
        objects: cache.size,
        ...counts,
      };
    });
  }

  endedPaused(query: ObjectQuery): boolean {
    return this.#endedPaused.has(`${query.namespace ?? ""}/${query.name ?? ""}`);
  }

  lastOnStop({ name }: ObjectQuery): OnStop | false {
    return ON_STOP.find((onStop) => this.#endedTriggers.has(`${onStop} ${name}`)) ?? false;
  }

  sawDeletion(query: ObjectQuery): boolean {
    return this.#deletions.get(kindKey(query))?.has(`${query.namespace ?? ""}/${query.name ?? ""}`) ?? false;
  }

  isReconnecting(query: ObjectQuery): boolean {
    const state = this.#watched.get(reflectorKey(watchedQuery(query)))?.reflector.state;
    return state !== undefined && state.synced && !state.unknown && !state.isConfirmed;
  }

  /** Ends all watches. */
  async close(): Promise<void> {
    await this.#pool.stop();
  }

  #watch(query: ObjectQuery): Watched {
    const base = watchedQuery(query);
    const key = reflectorKey(base);
    let watched = this.#watched.get(key);
    if (!watched) {
      const { reflector, release } = this.#pool.acquire(base);
      const answered = answeredAt(reflector.state.world, reflector);
      watched = { reflector, release, asked: new Map(), askedAt: 0, isLost: false, answered };
      this.#watched.set(key, watched);
      this.#subscribe(watched);
    }
    watched.asked.set(queryKey(query), query);
    watched.askedAt = this.parts.clock.monotonic();
    this.#endUnused(watched.askedAt);
    return watched;
  }

  /**
   * Names come out of what is selected, and selectors out of what users write: as both come and go, watches would add up, and
   * one that is forbidden would be missed for ever.
   */
  #endUnused(now: number): void {
    if (now - this.#lookedAt < LOOK_MILLISECONDS) return;
    this.#lookedAt = now;
    for (const [key, { reflector, release, asked, askedAt, isLost }] of this.#watched) {
      if (now - askedAt < UNUSED_MILLISECONDS || asked.values().some((query) => this.#isNeeded(query))) continue;
      this.#watched.delete(key);
      release();
      if (isLost) this.hooks.onWatchState?.(`not needed any more: ${describeQuery(reflector.query)}`, false);
    }
  }

  #isNeeded(query: ObjectQuery): boolean {
    if (isWatchedWhole(query)) return true;
    return this.hooks.isNeeded?.(query) ?? query.name === undefined;
  }

  #subscribe(watched: Watched): void {
    watched.reflector.subscribe({
      changed: (change) => {
        this.#remember(watched.reflector, change);
        if (isStatusEcho(change)) return;
        const { object } = change;
        for (const query of watched.asked.values()) {
          if (isOf(query, object)) this.hooks.onEvent({ query, object });
        }
      },
      stateChanged: (state) => this.#stateChanged(watched, state),
    });
  }

  #remember({ query }: Reflector, { type, object, seen }: CacheChange): void {
    const key = kindKey(query), name = `${namespaceOf(object)}/${nameOf(object)}`;
    if (isCluster(object)) {
      if (type === "deleted" && isPaused(object)) this.#endedPaused.note(name);
      else this.#endedPaused.forget(name);
    }
    if (isEventTrigger(object)) {
      for (const known of ON_STOP) this.#endedTriggers.forget(`${known} ${nameOf(object)}`);
      const onStop = type === "deleted" ? onStopOf(object) : undefined;
      if (onStop) this.#endedTriggers.note(`${onStop} ${nameOf(object)}`);
    }
    if (type !== "deleted") this.#deletions.get(key)?.forget(name);
    else if (seen === "watch" && !this.#isAlive(key, object)) {
      const names = this.#deletions.get(key) ?? new RecentTexts(MAX_DELETIONS);
      this.#deletions.set(key, names);
      names.note(name);
    }
  }

  /**
   * Whether another watch has seen the object alive as late: one that selects by labels says "deleted" of what has lost them,
   * in the version in which it has.
   */
  #isAlive(kind: string, object: KubeObject): boolean {
    const version = resourceVersionOf(object) ?? "";
    return this.#watched.values().some(({ reflector: { query, cache } }) => {
      const there = kindKey(query) === kind ? cache.get(namespaceOf(object), nameOf(object)) : undefined;
      return there !== undefined && uidOf(there) === uidOf(object) &&
        !isOlderVersion(resourceVersionOf(there) ?? "", version);
    });
  }

  #stateChanged(watched: Watched, { unknown, synced }: ReflectorState): void {
    const { query } = watched.reflector;
    // With its definition gone, what a watch said about the kind's objects proves nothing.
    if (unknown?.reason === "KindNotServed" || unknown?.reason === "KindTerminating") {
      this.#deletions.delete(kindKey(query));
    }
    const isLost = unknown !== undefined && synced;
    if (isLost === watched.isLost) return;
    watched.isLost = isLost;
    this.hooks.onWatchState?.(
      isLost ? `not known any more: ${unknown!.message}` : `known again: ${describeQuery(query)}`,
      isLost,
    );
    for (const asked of watched.asked.values()) this.hooks.onEvent({ query: asked });
  }
}

function answeredAt(world: number, reflector: Reflector): Watched["answered"] {
  return { world, stands: () => stands(reflector.state, world) };
}

function kindKey({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${kind}.${group}`;
}

/** The reflector's state, once it has one: synced, or unknown for another reason than being new. */
function settle(reflector: Reflector, signal: AbortSignal): Promise<ReflectorState> {
  const isSettled = ({ synced, unknown }: ReflectorState) =>
    (synced && !unknown) || (unknown && unknown.reason !== "NotSynced");
  if (isSettled(reflector.state)) return Promise.resolve(reflector.state);
  const { promise, resolve, reject } = Promise.withResolvers<ReflectorState>();
  const timer = setTimeout(() => end(), SYNC_MILLISECONDS);
  const stop = () => {
    cleanUp();
    reject(signal.reason);
  };
  const end = () => {
    cleanUp();
    resolve(reflector.state);
  };
  const unsubscribe = reflector.subscribe({ stateChanged: (state) => void (isSettled(state) && end()) });
  const cleanUp = () => {
    clearTimeout(timer);
    unsubscribe();
    signal.removeEventListener("abort", stop);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return promise;
}
