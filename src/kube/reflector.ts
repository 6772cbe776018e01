/**
 * Keeps a cache equal to what the API server has for one query: list, then watch, for ever. Whatever goes wrong makes the
 * content unknown, not empty, and is tried again.
 *
 *     list ──ok──▶ watch ──ends──▶ watch again from where it was
 *      ▲             │ 410, silent twice, kind gone, time for a new list
 *      └─────────────┘
 */
import { isOlderVersion, resourceVersionOf } from "../api/object.ts";
import { Backoff } from "./backoff.ts";
import { type CacheChange, ObjectCache } from "./cache.ts";
import type { WatchEvent } from "./answer_reader.ts";
import type { KubeClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { type Discovery, isOfThisServer } from "./discovery.ts";
import { ApiError, ConnectionError, describeTarget } from "./errors.ts";
import { readInitialList } from "./initial_list.ts";
import {
  describeQuery,
  type ReflectorCounts,
  type ReflectorListener,
  type ReflectorQuery,
  type ReflectorState,
  type ReflectorUnknown,
} from "./reflector_state.ts";
import { qualifiedPlural, type ResourceType } from "./resource.ts";
import { KindError, requireSameDefinition, requireStanding, resolveWatchable } from "./watchable_kind.ts";

export interface ReflectorParts {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly clock: Clock;
  /** Is told, once for all, when an answer shows that the server's storage was put back to an older state; `how` it shows. */
  readonly onHistoryLost?: (how: string) => void;
}

const WATCH_IDLE = 90_000;
const MIN_WATCH_SECONDS = 300;
/** A watch alone doesn't show that the server went back to an older state. */
const RELIST_EVERY = 10 * 60_000;
/** A watch that ends so soon and without an event is a failure. */
const SHORT_WATCH = 1_000;
/** A server that ends each watch soon is not asked for the next one more often than this. */
const WATCH_PACE = 2_000;
/** A watch that was open for so long, and is lost, is opened again as if it had never failed. */
const STEADY_WATCH = 10_000;
/** A watch that is lost makes the content unknown only after this: to open it again takes less. */
const STALE_AFTER = 30_000;
/** The first try after a watch that was steady; spread a little, since others were mostly lost with it. */
const FIRST_RETRY = 100;

/** In which a reopened watch delivers what was missed. */
const SETTLING = 1_000;

const BACKOFF_CAP = 30_000;
const CONNECTION_BACKOFF_CAP = 5_000;
const KIND_BACKOFF_CAP = 10_000;
const EXPIRED_BACKOFF_CAP = 1_000;
/** Somebody's page of maintenance may say hours; until then nobody would know that the server is back. */
const MOST_RETRY_AFTER_SECONDS = 5 * 60;
/** In which a list that was read should have made the watch work. */
const RECENT_LIST = 10_000;

const PUT_BACK = "the API server's storage was put back";

/** What a watch tells does not go on from where it was. */
class HistoryError extends Error {
  /** @param wentBack The server's storage was put back; otherwise what the server says makes no sense. */
  constructor(message: string, readonly wentBack: boolean) {
    super(message);
  }
}

export class Reflector {
  readonly query: ReflectorQuery;
  #parts: ReflectorParts;
  #cache = new ObjectCache();
  #listeners = new Set<ReflectorListener>();
  #state: ReflectorState;
  #backoff: Backoff;
  #kind: { readonly type: ResourceType; readonly identity: string } | undefined;
  /** Where the watch goes on; undefined: a list is needed. */
  #position: string | undefined;
  /** The watch that the list was the beginning of, until it is taken up. */
  #streaming: AsyncGenerator<WatchEvent, void, void> | undefined;
  #listedAt = -Infinity;
  /** Since when the watch is open. */
  #openSince = Infinity;
  /** Since when no watch has gone on; a watch that is opened and ends at once does not. */
  #lostSince = Infinity;
  #silentWatches = 0;
  /** How many troubles the client had had when it was last known where the server's history is. */
  #troublesThen = 0;
  /** The storage was put back, which all know: the next list is the first one of the new history. */
  #isHistoryLost = false;
  /** Ends what is under way, for a new list. */
  #restart = new AbortController();
  #counts: ReflectorCounts = { lists: 0, watches: 0, misses: 0 };

  constructor(query: ReflectorQuery, parts: ReflectorParts) {
    this.query = query;
    this.#parts = parts;
    this.#backoff = new Backoff(parts.clock);
    this.#state = {
      synced: false,
      unknown: { reason: "NotSynced", message: `${describeQuery(query)}: not listed yet` },
      resourceVersion: "",
      lastProgress: parts.clock.now(),
      lastAnswer: parts.clock.monotonic(),
      world: 0,
      isConfirmed: true,
    };
  }

  /** The objects; to be trusted only while `state.unknown` is undefined. */
  get cache(): Pick<ObjectCache, "list" | "get" | "size"> {
    return this.#cache;
  }

  get counts(): ReflectorCounts {
    return this.#counts;
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** @returns the function that ends it. */
  subscribe(listener: ReflectorListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves as soon as the content is known; rejects with the signal's reason. */
  waitForSync(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#state.synced && !this.#state.unknown) return resolve();
      const end = (settle: () => void) => {
        unsubscribe();
        signal.removeEventListener("abort", stop);
        settle();
      };
      const stop = () => end(() => reject(signal.reason));
      const unsubscribe = this.subscribe({
        stateChanged: ({ synced, unknown }) => {
          if (synced && !unknown) end(resolve);
        },
      });
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** Runs until `signal` is aborted. Rejects only for what is a bug, ours or a listener's. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#restart = new AbortController();
      const untilRestart = AbortSignal.any([signal, this.#restart.signal]);
      try {
        if (this.#position === undefined || this.#isListDue()) await this.#list(untilRestart);
        await this.#watch(untilRestart);
      } catch (error) {
        if (untilRestart.aborted) continue;
        const wait = this.#fail(error);
        await this.#parts.clock.sleep(wait, untilRestart).catch(() => {});
      }
    }
  }

  /** Another query has shown that the server's storage was put back: what is kept here is unknown until a new list was read. */
  distrust(): void {
    if (this.#state.synced) this.#loseHistory(PUT_BACK);
    this.#restart.abort();
  }

  #loseHistory(message: string): void {
    this.#position = undefined;
    const world = this.#state.world + Number(!this.#isHistoryLost);
    this.#isHistoryLost = true;
    this.#setState({ world, unknown: { reason: "Unreachable", message: `${describeQuery(this.query)}: ${message}` } });
  }

  /** Asks for as little as shows where the server's history is now. */
  async #compareHistory(signal: AbortSignal): Promise<void> {
    const { resourceVersion } = await this.#parts.client.list(
      this.#kind!.type,
      this.query,
      { limit: 1, tries: 1 },
      signal,
    );
    signal.throwIfAborted();
    this.#troublesThen = this.#parts.client.troubles;
    if (!isOlderVersion(resourceVersion, this.#position!)) return;
    const how = `its history ends at ${resourceVersion}, before ${this.#position}`;
    this.#loseHistory(`${PUT_BACK}: ${how}`);
    this.#tellHistoryLost(how);
  }

  /**
   * What others keep is of the lost history, too, and must not be put together with what is read from now on. But not for a
   * kind of an API server of its own behind this one: that has a storage of its own, or may count as it likes.
   */
  #tellHistoryLost(how: string): void {
    if (this.#kind && isOfThisServer(this.#kind.identity)) this.#parts.onHistoryLost?.(how);
  }

  #isListDue(): boolean {
    return Math.abs(this.#parts.clock.now() - this.#listedAt) >= RELIST_EVERY;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { discovery } = this.#parts;
    // After a failure, what discovery remembers may be its reason.
    const type = await resolveWatchable(discovery, this.query, signal, this.#state.unknown !== undefined);
    // A kind that is being deleted answers with a well-formed empty list: it must stand before and after.
    const before = await requireStanding(discovery, type, signal);
    const options = { timeoutSeconds: this.#watchSeconds(), idleMs: WATCH_IDLE };
    const { troubles } = this.#parts.client;
    const { items, resourceVersion, watching } = await readInitialList(this.#parts, type, this.query, options, signal);
    try {
      requireSameDefinition(this.query, before, await requireStanding(discovery, type, signal));
      // It may be of a history that was lost while it was read.
      signal.throwIfAborted();
    } catch (error) {
      await watching?.return();
      throw error;
    }
    this.#streaming = watching;
    const last = this.#state.resourceVersion, wentBack = isOlderVersion(resourceVersion, last);
    const isAnother = this.#kind !== undefined && this.#kind.identity !== before;
    this.#kind = { type, identity: before };
    const watchedUntil = this.#state.unknown === undefined ? this.#position : undefined;
    this.#position = resourceVersion;
    this.#listedAt = this.#parts.clock.now();
    this.#silentWatches = 0;
    this.#troublesThen = troubles;
    const changes = this.#cache.replace(items);
    const missed = watchedUntil === undefined
      ? []
      : changes.filter((change) => isMiss(change, watchedUntil, resourceVersion));
    const { lists, misses } = this.#counts;
    this.#counts = { ...this.#counts, lists: lists + 1, misses: misses + missed.length };
    const isNewlyFound = wentBack && !this.#isHistoryLost;
    const world = this.#state.world + Number(isNewlyFound || isAnother);
    if (isNewlyFound) this.#tellHistoryLost(`a list is of ${resourceVersion}, before ${last}`);
    this.#isHistoryLost = false;
    this.#emit(changes);
    this.#goesOn({ synced: true, unknown: undefined, resourceVersion, world, isConfirmed: true });
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#parts;
    const { type } = this.#kind!;
    // A list that was streamed goes on as a watch.
    const streaming = this.#streaming;
    this.#streaming = undefined;
    if (streaming) {
      this.#openSince = clock.now();
      this.#counts = { ...this.#counts, watches: this.#counts.watches + 1 };
      await this.#takeAll(streaming, signal);
      return;
    }
    // What was tried again within a request, or failed for others, may have been the server's end as well.
    if (!this.#state.isConfirmed || this.#troublesThen !== client.troubles) {
      await this.#compareHistory(signal);
      if (this.#position === undefined) return;
    }
    const start = clock.now();
    const untilList = Math.ceil((this.#listedAt + RELIST_EVERY - start) / 1000);
    const ended = new AbortController();
    const watching = client.watch(type, {
      ...this.query,
      resourceVersion: this.#position!,
      timeoutSeconds: Math.max(1, Math.min(this.#watchSeconds(), untilList)),
      idleMs: WATCH_IDLE,
      onOpen: () => this.#settle(AbortSignal.any([signal, ended.signal])),
    }, signal);
    const events = await this.#takeAll(watching, signal).finally(() => ended.abort());
    const lived = clock.now() - start;
    if (lived < 0 || lived >= WATCH_PACE) return;
    if (events > 0 || lived >= SHORT_WATCH) return await clock.sleep(WATCH_PACE - lived, signal);
    const target = { verb: "watch", resource: qualifiedPlural(type) } as const;
    throw new ConnectionError(
      "lost",
      `cannot ${describeTarget(target)}: ended at once, without an event`,
      client.host,
      true,
    );
  }

  /** For how long the server is asked to keep a watch. */
  #watchSeconds(): number {
    return Math.floor(MIN_WATCH_SECONDS * (1 + this.#parts.clock.random()));
  }

  /** @returns how many events there were. */
  async #takeAll(watching: AsyncIterable<WatchEvent>, signal: AbortSignal): Promise<number> {
    let events = 0;
    for await (const event of watching) {
      // It may have been received before the history that it is of was known to be lost.
      signal.throwIfAborted();
      events++;
      this.#silentWatches = 0;
      const resourceVersion = await this.#take(event, signal);
      signal.throwIfAborted();
      this.#goesOn({ resourceVersion });
    }
    return events;
  }

  /** A watch has opened: what was missed comes now, all at once, and then the content is known again. */
  #settle(signal: AbortSignal): void {
    const { clock } = this.#parts;
    this.#openSince = clock.now();
    this.#counts = { ...this.#counts, watches: this.#counts.watches + 1 };
    this.#setState({ isConfirmed: true, lastAnswer: clock.monotonic() });
    clock.sleep(SETTLING, signal).then(() => this.#goesOn({ unknown: undefined }), () => {});
  }

  /** @returns where the watch has come to. */
  async #take(event: WatchEvent, signal: AbortSignal): Promise<string> {
    const resourceVersion = resourceVersionOf(event.object);
    if (resourceVersion === undefined) throw new HistoryError("a watch event has no resourceVersion", false);
    if (isOlderVersion(resourceVersion, this.#position!)) {
      throw new HistoryError(`the resourceVersion went back from ${this.#position} to ${resourceVersion}`, true);
    }
    if (event.type === "DELETED") {
      const { type, identity } = this.#kind!;
      // If it can't be known, the watch begins again before this event, and it comes once more.
      requireSameDefinition(this.query, identity, await requireStanding(this.#parts.discovery, type, signal));
      signal.throwIfAborted();
      this.#emit(this.#cache.remove(event.object));
    } else if (event.type !== "BOOKMARK") {
      this.#emit(this.#cache.put(event.object));
    }
    return this.#position = resourceVersion;
  }

  /** What is kept has gone on, or is known to be what the server has. */
  #goesOn(change: Partial<ReflectorState>): void {
    this.#lostSince = Infinity;
    this.#setState({ ...change, lastProgress: this.#parts.clock.now() });
  }

  /** Decides what a failure means for the content and the next step. @returns how long to wait. */
  #fail(error: unknown): number {
    if (isAnswer(error)) this.#setState({ lastAnswer: this.#parts.clock.monotonic() });
    if (error instanceof KindError) {
      this.#position = undefined;
      // The server has answered; that a kind is not served is knowledge.
      this.#setState({ lastProgress: this.#parts.clock.now() });
      this.#setUnknown(error.reason, error.message);
      return this.#backoff.next(this.#kindCap());
    }
    if (error instanceof HistoryError) {
      this.#position = undefined;
      if (error.wentBack) {
        this.#loseHistory(error.message);
        this.#tellHistoryLost(error.message);
      } else this.#setUnknown("Unreachable", `${describeQuery(this.query)}: ${error.message}`);
      return this.#backoff.next(CONNECTION_BACKOFF_CAP);
    }
    if (error instanceof ApiError) return this.#failByAnswer(error);
    if (error instanceof ConnectionError) return this.#failByConnection(error);
    this.#setUnknown("Unreachable", `${describeQuery(this.query)}: no longer kept, because of an error of the program`);
    throw error;
  }

  /** A kind that was served is back soon (the server is starting); one that never was may never be. */
  #kindCap(): number {
    return this.#state.synced ? CONNECTION_BACKOFF_CAP : KIND_BACKOFF_CAP;
  }

  #failByAnswer(error: ApiError): number {
    const { status } = error;
    if (status === 410) {
      this.#position = undefined;
      // A new list is the cure, unless one was just read and did not help.
      const isRecent = Math.abs(this.#parts.clock.now() - this.#listedAt) < RECENT_LIST;
      return this.#backoff.next(isRecent ? CONNECTION_BACKOFF_CAP : EXPIRED_BACKOFF_CAP);
    } else if (status === 429) {
      this.#setStale(error.message);
    } else if (status === 404) {
      this.#position = undefined;
      this.#setUnknown("KindNotServed", error.message);
      return this.#backoff.next(this.#kindCap());
    } else if (status === 400 || status === 422) {
      this.#position = undefined;
      this.#setUnknown("BadRequest", error.message);
    } else {
      this.#setUnknown(status === 403 ? "Forbidden" : "Unreachable", error.message);
    }
    // A server that is starting, a proxy before one that is away, storage that can't be reached: as good as no connection.
    const isFailing = status >= 500;
    if (isFailing) this.#setState({ isConfirmed: false });
    // One that is too busy, and does not say for how long, is soon as well.
    const cap = isFailing || status === 429 ? CONNECTION_BACKOFF_CAP : BACKOFF_CAP;
    const wait = this.#backoff.next(cap);
    if (error.retryAfter === undefined) return wait;
    // The server has said when; a little later, so that not all come back at once.
    const announced = Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(error.retryAfter, 0.5));
    return 1000 * announced * (1 + this.#parts.clock.random() / 4);
  }

  #failByConnection(error: ConnectionError): number {
    if (error.failure === "unreadable") return this.#failUnreadable(error.message);
    const wasSteady = this.#parts.clock.now() - this.#openSince >= STEADY_WATCH;
    if (wasSteady) this.#backoff.forgive();
    this.#openSince = Infinity;
    // A watch that was silent for too long may have been dead all the time.
    if (error.failure === "timeout" && wasSteady) this.#setUnknown("Unreachable", error.message);
    const passing = error.failure === "lost" || error.failure === "refused" || error.failure === "timeout";
    if (passing) this.#setStale(error.message);
    else this.#setUnknown("Unreachable", error.message);
    this.#setState({ isConfirmed: false });
    // A watch that starts in the server's future is silent for ever; one dead connection is no reason to think so.
    if (error.failure === "timeout" && ++this.#silentWatches >= 2) this.#position = undefined;
    // Until it is open again, what rests on it waits; of many watches some are lost all the time.
    if (wasSteady && error.failure === "lost") return FIRST_RETRY * (0.5 + this.#parts.clock.random() / 2);
    return this.#backoff.next(CONNECTION_BACKOFF_CAP);
  }

  /** One object can't be held, in a list or in an event, also in the one that says that it is gone: only a list tells. */
  #failUnreadable(message: string): number {
    this.#position = undefined;
    this.#setState({ lastProgress: this.#parts.clock.now() });
    this.#setUnknown("Unreadable", message);
    return this.#backoff.next(KIND_BACKOFF_CAP);
  }

  #setStale(message: string): void {
    const now = this.#parts.clock.now();
    if (this.#lostSince === Infinity) this.#lostSince = now;
    const lost = Math.abs(now - this.#lostSince);
    if (!this.#state.synced || lost >= STALE_AFTER) this.#setUnknown("Unreachable", message);
  }

  #setUnknown(reason: ReflectorUnknown["reason"], message: string): void {
    this.#setState({ unknown: { reason, message } });
  }

  #setState(change: Partial<ReflectorState>): void {
    const before = this.#state;
    const answered = change.lastProgress === undefined ? {} : { lastAnswer: this.#parts.clock.monotonic() };
    this.#state = { ...before, ...answered, ...change };
    const { synced, unknown, world, isConfirmed } = this.#state;
    const isOther = synced !== before.synced || world !== before.world || isConfirmed !== before.isConfirmed;
    const isNews = isOther || unknown?.reason !== before.unknown?.reason ||
      unknown?.message !== before.unknown?.message;
    if (!isNews) return;
    for (const listener of [...this.#listeners]) listener.stateChanged?.(this.#state);
  }

  #emit(changes: readonly CacheChange[]): void {
    for (const change of changes) {
      for (const listener of [...this.#listeners]) listener.changed?.(change);
    }
  }
}

/** Whether the failure shows that the server is there, and that nothing but what it says is in the way. */
function isAnswer(error: unknown): boolean {
  if (error instanceof ApiError) return error.status !== 401;
  if (error instanceof ConnectionError) return error.failure === "unreadable";
  return error instanceof KindError || error instanceof HistoryError;
}

/** Whether the watch, which had come to `watchedUntil`, should have told of the change; of deletions only in between nothing. */
function isMiss({ type, object }: CacheChange, watchedUntil: string, listed: string): boolean {
  if (type === "deleted") return watchedUntil === listed;
  return !isOlderVersion(watchedUntil, resourceVersionOf(object) ?? "");
}
