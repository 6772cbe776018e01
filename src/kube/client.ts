/**
 * The Kubernetes API, one call at a time: get, list, watch, create, apply, patch, delete of any kind. It decides nothing: no
 * cache, no ownership, and no second try of a write that may have been carried out.
 */
import { type JsonObject, stringifyJson } from "../json/json.ts";
import { type KubeObject, nameOf, namespaceOf } from "../api/object.ts";
import { AnswerReader, type ListPage, type ObjectList, type WatchEvent } from "./answer_reader.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ClusterConnection } from "./config.ts";
import { ApiError, ConnectionError, type RequestTarget, type Verb } from "./errors.ts";
import {
  collectionPath,
  type ListQuery,
  objectPath,
  pathSegment,
  qualifiedPlural,
  type ResourceType,
} from "./resource.ts";
import { type HttpRequest, Transport } from "./transport.ts";
import { watchLines } from "./watch_lines.ts";

export interface KubeClientOptions {
  readonly clock?: Clock;
  readonly userAgent?: string;
  /** For each call; 30 s by default, in which an API server that waits for its etcd has given up. */
  readonly timeoutMs?: number;
  /** How often a call may be sent, where the server says that it is busy or away; ten times by default. */
  readonly tries?: number;
  /**
   * Asked right before each write is sent, also before each of its tries: why it may not be; undefined where it may. A write
   * that is refused throws {@link WriteRefusedError}.
   */
  readonly writeRefusal?: () => string | undefined;
}

export interface PageOptions {
  readonly limit?: number;
  readonly continueToken?: string;
  /** How often it may be sent, where the server says that it is busy or away; ten times by default. */
  readonly tries?: number;
}

export interface WatchOptions extends ListQuery {
  /** Where a list, or an earlier watch, has left off; empty with `sendInitialEvents`. */
  readonly resourceVersion: string;
  /** All objects come first, then a bookmark that says so. Not every server can do that. */
  readonly sendInitialEvents?: boolean;
  /** After which the server is to end the watch. */
  readonly timeoutSeconds: number;
  /** A watch without a byte (bookmarks come about once a minute) for so long counts as lost. */
  readonly idleMs: number;
  /** Called when the server has accepted the watch. */
  readonly onOpen?: () => void;
}

export interface WriteOptions {
  readonly fieldManager: string;
  /** The server checks and answers as if it wrote. */
  readonly dryRun?: boolean;
  /** `status`, `scale`, …: one segment of the path. */
  readonly subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes over fields of other managers. */
  readonly force: boolean;
}

export interface DeleteOptions {
  /** The object must have this UID and resourceVersion, or the answer is 409. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly dryRun?: boolean;
}

export interface ObjectName {
  /** Empty for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
}

const TIMEOUT_MS = 30_000;
/** As client-go's pager. */
export const PAGE_SIZE = 500;
const MAX_PAGES = 20_000;
/** Tries of a read, or of a write that the server was too busy to look at. */
const MAX_TRIES = 10;
/** For how long a server, or a proxy before it, may overdraw the time after which it was to end a watch. */
const WATCH_GRACE = 30_000;
/** A longer wait is the caller's business. */
const MAX_WAIT_SECONDS = 30;
/** Of waits that double, for a server that is too busy even to say for how long. */
const MAX_GUESSED_SECONDS = 4;
/**
 * A client of one API server. All calls throw {@link ApiError} for an answer that is an error, {@link ConnectionError}
 * where there is none, and the reason of their signal when that is aborted.
 */
export class KubeClient {
  #clock: Clock;
  #transport: Transport;
  #answers: AnswerReader;
  #tries: number;
  #troubles = 0;

  constructor(connection: ClusterConnection, options: KubeClientOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#tries = options.tries ?? MAX_TRIES;
    this.#transport = new Transport(connection, {
      clock: this.#clock,
      userAgent: options.userAgent ?? "moonferry",
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      writeRefusal: options.writeRefusal,
    });
    this.#answers = new AnswerReader(this.#transport.host);
  }

  /** Host and port of the server. */
  get host(): string {
    return this.#transport.host;
  }

  /**
   * How many requests and watches have found the server away or failing so far, also where trying again has helped: while it
   * stays as it is, this is the server that it was.
   */
  get troubles(): number {
    return this.#troubles;
  }

  close(): void {
    this.#transport.close();
  }

  /** A document of discovery, such as `/apis`. */
  async getPath(path: string, signal: AbortSignal): Promise<JsonObject> {
    const target = { verb: "get", resource: path } as const;
    return (await this.#call({ method: "GET", path }, target, signal)).answer;
  }

  async get(type: ResourceType, { namespace = "", name }: ObjectName, signal: AbortSignal): Promise<KubeObject> {
    const target = targetOf("get", type, namespace, name);
    const { answer } = await this.#call({ method: "GET", path: objectPath(type, namespace, name) }, target, signal);
    return this.#answers.object(answer, target);
  }

  /** One page; the first one is consistent: as the server's storage has it now, not its cache. */
  async list(type: ResourceType, query: ListQuery, page: PageOptions, signal: AbortSignal): Promise<ListPage> {
    const parameters = queryParameters(query);
    if (page.limit) parameters.set("limit", String(page.limit));
    if (page.continueToken) parameters.set("continue", page.continueToken);
    const target = targetOf("list", type, query.namespace);
    const path = withParameters(collectionPath(type, query.namespace), parameters);
    const { answer } = await this.#call({ method: "GET", path }, target, signal, page.tries);
    return this.#answers.page(answer, type, target);
  }

  /**
   * All of it, read page by page. A continue token that expires on the way (410) makes it one list without pages; pages of
   * different times are never put together.
   */
  async listAll(type: ResourceType, query: ListQuery, signal: AbortSignal, limit = PAGE_SIZE): Promise<ObjectList> {
    const items: KubeObject[] = [];
    const first = await this.list(type, query, { limit }, signal);
    items.push(...first.items);
    let { continueToken } = first;
    for (let page = 2; continueToken !== ""; page++) {
      if (page > MAX_PAGES) {
        throw this.#answers.protocolError(targetOf("list", type, query.namespace), `more than ${MAX_PAGES} pages`);
      }
      try {
        const next = await this.list(type, query, { limit, continueToken }, signal);
        for (const item of next.items) items.push(item);
        continueToken = next.continueToken;
      } catch (error) {
        if (!(error instanceof ApiError) || !error.isExpired) throw error;
        return await this.#listAtOnce(type, query, signal);
      }
    }
    return { items, resourceVersion: first.resourceVersion };
  }

  async #listAtOnce(type: ResourceType, query: ListQuery, signal: AbortSignal): Promise<ObjectList> {
    const { items, resourceVersion, continueToken } = await this.list(type, query, {}, signal);
    if (continueToken === "") return { items, resourceVersion };
    throw this.#answers.protocolError(targetOf("list", type, query.namespace), "a list without a limit came in pages");
  }

  /** The answer to the POST: fails with 409 AlreadyExists where the object is there. */
  async create(
    type: ResourceType,
    object: KubeObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const namespace = namespaceOf(object);
    const target = targetOf("create", type, namespace, nameOf(object));
    const path = withParameters(collectionPath(type, type.namespaced ? namespace : ""), writeParameters(options));
    const body = stringifyJson(object);
    const { answer } = await this.#call(
      { method: "POST", path, body, contentType: "application/json" },
      target,
      signal,
    );
    return this.#answers.object(answer, target);
  }

  /**
   * Server-side apply. A `metadata.uid` or `metadata.resourceVersion` in `object` must be that of the live one (409); without
   * a UID, an absent object is created, which `created` tells.
   */
  async apply(
    type: ResourceType,
    object: KubeObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<{ object: KubeObject; created: boolean }> {
    const parameters = writeParameters(options);
    parameters.set("force", String(options.force));
    // A format that the server knows for sure; JSON is YAML.
    const contentType = "application/apply-patch+yaml";
    const { status, object: applied } = await this.#patch(
      "apply",
      type,
      {
        namespace: namespaceOf(object),
        name: nameOf(object),
      },
      object,
      contentType,
      parameters,
      options,
      signal,
    );
    return { object: applied, created: status === 201 };
  }

  /** JSON merge patch; a `metadata.resourceVersion` in it must be that of the live object (409). */
  async mergePatch(
    type: ResourceType,
    target: ObjectName,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const contentType = "application/merge-patch+json";
    const parameters = writeParameters(options);
    return (await this.#patch("patch", type, target, patch, contentType, parameters, options, signal)).object;
  }

  /** The answer may come before the object is gone, where it has finalizers. */
  async delete(
    type: ResourceType,
    { namespace = "", name }: ObjectName,
    options: DeleteOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const { uid, resourceVersion, propagationPolicy, dryRun } = options;
    const body: JsonObject = { apiVersion: "v1", kind: "DeleteOptions" };
    if (uid || resourceVersion) {
      body.preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    }
    if (propagationPolicy) body.propagationPolicy = propagationPolicy;
    if (dryRun) body.dryRun = ["All"];
    const target = targetOf("delete", type, namespace, name);
    await this.#call(
      {
        method: "DELETE",
        path: objectPath(type, namespace, name),
        body: stringifyJson(body),
        contentType: "application/json",
      },
      target,
      signal,
    );
  }

  /**
   * What happens after `resourceVersion`, in order, until the server ends the watch: then the loop ends normally. So it does a
   * while after the server should have ended it, and has not.
   *
   * @throws {ApiError} also for an ERROR event: `isExpired` means that a new list is needed.
   * @throws {ConnectionError} also where no byte came for `idleMs`, or the stream ended within a line.
   */
  async *watch(type: ResourceType, options: WatchOptions, signal: AbortSignal): AsyncGenerator<WatchEvent, void, void> {
    const target = targetOf("watch", type, options.namespace);
    const parameters = queryParameters(options);
    parameters.set("watch", "true");
    parameters.set("allowWatchBookmarks", "true");
    if (options.sendInitialEvents) {
      // With no resourceVersion at all it means: as the server's storage has it now.
      parameters.set("sendInitialEvents", "true");
      parameters.set("resourceVersionMatch", "NotOlderThan");
    } else parameters.set("resourceVersion", options.resourceVersion);
    parameters.set("timeoutSeconds", String(options.timeoutSeconds));
    const path = withParameters(collectionPath(type, options.namespace), parameters);
    const stream = await this.#transport.openStream({ method: "GET", path }, target, signal)
      .catch((error) => this.#throw(error, signal));
    let failed = true;
    try {
      options.onOpen?.();
      const parts = { clock: this.#clock, transport: this.#transport, answers: this.#answers };
      const limits = { idleMs: options.idleMs, lifetimeMs: 1000 * options.timeoutSeconds + WATCH_GRACE };
      for await (const line of watchLines(parts, stream, limits, target, signal)) {
        yield this.#answers.event(line, type, target);
      }
      failed = false;
    } catch (error) {
      // An error that the server reports is no fault of the connection.
      if (error instanceof ApiError || signal.aborted) failed = false;
      this.#throw(error, signal);
    } finally {
      stream.close(failed);
    }
  }

  async #patch(
    verb: "apply" | "patch",
    type: ResourceType,
    { namespace = "", name }: ObjectName,
    patch: JsonObject,
    contentType: string,
    parameters: URLSearchParams,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<{ status: number; object: KubeObject }> {
    const target = targetOf(verb, type, namespace, name);
    const subresource = options.subresource ? `/${pathSegment(options.subresource)}` : "";
    const path = withParameters(objectPath(type, namespace, name) + subresource, parameters);
    const request: HttpRequest = { method: "PATCH", path, body: stringifyJson(patch), contentType };
    const { status, answer } = await this.#call(request, target, signal);
    return { status, object: this.#answers.object(answer, target) };
  }

  #noteTrouble(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (error instanceof ConnectionError || (error instanceof ApiError && error.status >= 500)) this.#troubles++;
  }

  #throw(error: unknown, signal: AbortSignal): never {
    this.#noteTrouble(error, signal);
    throw error;
  }

  async #call(
    request: HttpRequest,
    target: RequestTarget,
    signal: AbortSignal,
    mostTries = this.#tries,
  ): Promise<{ status: number; answer: JsonObject }> {
    const troubles = this.#troubles;
    let lost = 0;
    for (let tries = 1;; tries++) {
      try {
        const { status, text } = await this.#transport.exchange(request, target, signal);
        return { status, answer: this.#answers.parse(text, target) };
      } catch (error) {
        this.#noteTrouble(error, signal);
        // A pooled connection that the server has closed meanwhile is the usual reason.
        if (isLostRead(error, request) && ++lost === 1) continue;
        const seconds = tries < mostTries ? secondsToWait(error, request, tries) : undefined;
        if (seconds === undefined) throw error;
        await this.#clock.sleep(1000 * seconds * (1 + this.#clock.random() / 4), signal);
        // Its storage may have been put back meanwhile, and what was to be written may rest on what is lost.
        if (request.method !== "GET" && this.#troubles !== troubles) throw error;
      }
    }
  }
}

function isLostRead(error: unknown, request: HttpRequest): boolean {
  return request.method === "GET" && error instanceof ConnectionError && error.failure === "lost";
}

/** How long to wait before the same request may be sent again; undefined where it may not. */
function secondsToWait(error: unknown, request: HttpRequest, tries: number): number | undefined {
  if (!(error instanceof ApiError)) return undefined;
  // A server that is too busy has not looked at the request; one that fails may have carried out a write.
  const safe = error.status === 429 || (request.method === "GET" && error.status >= 500);
  if (!safe) return undefined;
  const guess = error.status === 429 ? Math.min(MAX_GUESSED_SECONDS, 2 ** (tries - 1)) : undefined;
  const seconds = error.retryAfter ?? guess;
  return seconds !== undefined && seconds <= MAX_WAIT_SECONDS ? seconds : undefined;
}

function targetOf(verb: Verb, type: ResourceType, namespace?: string, name?: string): RequestTarget {
  return { verb, resource: qualifiedPlural(type), namespace: namespace || undefined, name: name || undefined };
}

function queryParameters({ labelSelector, fieldSelector }: ListQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  if (labelSelector) parameters.set("labelSelector", labelSelector);
  if (fieldSelector) parameters.set("fieldSelector", fieldSelector);
  return parameters;
}

function writeParameters({ fieldManager, dryRun }: WriteOptions): URLSearchParams {
  const parameters = new URLSearchParams({ fieldManager });
  if (dryRun) parameters.set("dryRun", "All");
  return parameters;
}

function withParameters(path: string, parameters: URLSearchParams): string {
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}
