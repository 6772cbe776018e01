/**
 * All objects of a query as a reflector begins with them: streamed as the beginning of a watch where the server can do that
 * (KEP-3157), or else read page by page. Half a stream is never used.
 */
import { annotationsOf, type KubeObject, nameOf, namespaceOf, resourceVersionOf } from "../api/object.ts";
import type { ObjectList, WatchEvent } from "./answer_reader.ts";
import type { KubeClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Discovery } from "./discovery.ts";
import { ApiError, ConnectionError } from "./errors.ts";
import type { ListQuery, ResourceType } from "./resource.ts";
import { SilenceError, SilenceTimer } from "./silence_timer.ts";

export interface InitialList extends ObjectList {
  /** The watch that goes on from there, where the list came as its beginning. To be read to its end, or returned. */
  readonly watching?: AsyncGenerator<WatchEvent, void, void>;
}

export interface InitialListParts {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly clock: Clock;
}

/** Of the watch that goes on. */
export interface StreamOptions {
  readonly timeoutSeconds: number;
  readonly idleMs: number;
}

const END_ANNOTATION = "k8s.io/initial-events-end";
/** A server that has nothing to say for so long, and has not said that this was all, doesn't know what it was asked for. */
const PATIENCE = 30_000;

/** The stream is no list; `isUnknown`: and never will be. */
class NoListError extends Error {
  constructor(message: string, readonly isUnknown: boolean) {
    super(message);
  }
}

/**
 * A consistent list: no older than the moment at which it was asked for.
 *
 * @throws {ApiError} or {@link ConnectionError} as the client's list; the reason of `signal` when that is aborted.
 */
export async function readInitialList(
  parts: InitialListParts,
  type: ResourceType,
  query: ListQuery,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<InitialList> {
  const { client, discovery } = parts;
  if (discovery.mayStreamLists(type)) {
    try {
      return await streamList(parts, type, query, options, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const next = afterFailure(error);
      if (next === "fail") throw error;
      if (next === "list for ever") discovery.cannotStreamLists(type);
    }
  }
  return await client.listAll(type, query, signal);
}

async function streamList(
  { client, clock }: InitialListParts,
  type: ResourceType,
  query: ListQuery,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<InitialList> {
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const watching = client.watch(type, { ...query, ...options, resourceVersion: "", sendInitialEvents: true }, both);
  const silence = new SilenceTimer(clock, PATIENCE, both);
  const objects = new Map<string, KubeObject>();
  try {
    while (true) {
      const { done, value: event } = await silence.during(watching.next());
      if (done) throw new NoListError("the stream ended before the list was whole", false);
      const { object } = event;
      const key = `${namespaceOf(object)}/${nameOf(object)}`;
      if (event.type === "BOOKMARK") {
        // The resourceVersion of an object in the stream says when that was written, not how far the stream is.
        const resourceVersion = resourceVersionOf(object);
        const isEnd = annotationsOf(object)[END_ANNOTATION] === "true" && resourceVersion !== undefined;
        // A server that knows what it was asked for sends no other bookmark before this one.
        if (!isEnd) throw new NoListError("the list has no end", true);
        return { items: [...objects.values()], resourceVersion, watching };
      } else if (event.type === "DELETED") objects.delete(key);
      else objects.set(key, object);
    }
  } catch (error) {
    ending.abort();
    await watching.return().catch(() => {});
    throw error;
  } finally {
    silence.stop();
  }
}

/** What is left to do when no list came of the stream. */
function afterFailure(error: unknown): "list" | "list for ever" | "fail" {
  if (error instanceof SilenceError) return "list for ever";
  if (error instanceof NoListError) return error.isUnknown ? "list for ever" : "list";
  if (error instanceof ApiError) {
    // "sendInitialEvents is forbidden", "unknown parameter".
    if (error.status === 400 || error.status === 422) return "list for ever";
    // A list would be refused as well; how long to wait is said already.
    return error.status === 401 || error.status === 429 || error.status >= 500 ? "fail" : "list";
  }
  // A connection that broke on the way may carry a list; one that was never made won't.
  return error instanceof ConnectionError && error.maybeDone && error.failure !== "timeout" ? "list" : "fail";
}
