/** A reflector against a server that misbehaves as told, on a clock that stands still. */
import { nameOf } from "../../src/api/object.ts";
import type { CacheChange } from "../../src/kube/cache.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { Reflector } from "../../src/kube/reflector.ts";
import type { ReflectorQuery, ReflectorState } from "../../src/kube/reflector_state.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, secretList, serveHttp, status } from "./protocol_server.ts";

export const SECRETS: ReflectorQuery = { group: "", version: "v1", kind: "Secret" };
export const VERBS = ["create", "delete", "get", "list", "patch", "watch"];
export const DISCOVERY = { resources: [{ name: "secrets", kind: "Secret", namespaced: true, verbs: VERBS }] };

/** A watch that the test feeds. */
export interface Feed {
  readonly search: URLSearchParams;
  send(type: string, name: string, resourceVersion: string, uid?: string): void;
  /** The bookmark that says that the list is whole. */
  sendListEnd(resourceVersion: string): void;
  sendRaw(text: string): void;
  end(): void;
}

/** A reflector, the faulty server that it talks to, and what it reported. */
export class Rig implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly reflector: Reflector;
  readonly changes: string[] = [];
  readonly states: ReflectorState[] = [];
  /** Answers of lists, one after the other; the last one stays. */
  lists: (() => Response)[] = [];
  /** Answers of watches that fail; when there are none, watches are fed by the test. */
  failures: (() => Response)[] = [];
  discovery: () => Response = () => json(DISCOVERY);
  /** False: a server that does not know how to stream a list. */
  streams = false;
  #feeds: Feed[] = [];
  #onFeed: (() => void) | undefined;
  #stop = new AbortController();
  #server;
  #client: KubeClient;
  #running: Promise<void>;

  constructor(lists: (() => Response)[], query = SECRETS, clock = new FakeClock()) {
    this.clock = clock;
    this.lists = lists;
    this.#server = serveHttp((request) => this.#answer(new URL(request.url)));
    this.#client = new KubeClient(this.#server.connection, { clock: this.clock });
    const discovery = new Discovery(this.#client, this.clock);
    this.reflector = new Reflector(query, { client: this.#client, discovery, clock: this.clock });
    this.reflector.subscribe({
      changed: (change) => this.changes.push(describe(change)),
      stateChanged: (state) => this.states.push(state),
    });
    this.#running = this.reflector.run(this.#stop.signal);
  }

  /** What was asked of the collection: `list`, `stream` or `watch`. */
  get asked(): string[] {
    return this.requests.filter((request) => request.includes("/secrets")).map((request) =>
      request.includes("sendInitialEvents") ? "stream" : request.includes("watch=true") ? "watch" : "list"
    );
  }

  get requests(): readonly string[] {
    return this.#server.requests;
  }

  /** How many lists were asked for. */
  get listCount(): number {
    return this.requests.filter((request) => request.includes("/secrets?limit=500") || request.endsWith("/secrets"))
      .length;
  }

  /** How often it was only asked where the server's history is. */
  get glances(): number {
    return this.requests.filter((request) => request.endsWith("/secrets?limit=1")).length;
  }

  #answer(url: URL): Response {
    if (url.pathname === "/api/v1") return this.discovery();
    if (url.searchParams.has("sendInitialEvents") && !this.streams) return NO_STREAMS();
    if (url.searchParams.has("watch")) return this.failures.shift()?.() ?? this.#feed(url.searchParams);
    return (this.lists.length > 1 ? this.lists.shift()! : this.lists[0]!)();
  }

  #feed(search: URLSearchParams): Response {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const sendRaw = (text: string) => controller.enqueue(encoder.encode(text));
        this.#feeds.push({
          search,
          sendRaw,
          send: (type, name, resourceVersion, uid = `uid-${name}`) =>
            sendRaw(
              `${JSON.stringify({ type, object: { metadata: { namespace: "a", name, uid, resourceVersion } } })}\n`,
            ),
          sendListEnd: (resourceVersion) => {
            const metadata = { resourceVersion, annotations: { "k8s.io/initial-events-end": "true" } };
            sendRaw(`${JSON.stringify({ type: "BOOKMARK", object: { metadata } })}\n`);
          },
          end: () => controller.close(),
        });
        this.#onFeed?.();
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  }

  /** The next watch that the reflector opens. */
  async watch(): Promise<Feed> {
    while (this.#feeds.length === 0) await new Promise<void>((resolve) => this.#onFeed = resolve);
    // The server has seen it; the client has, when it waits for what comes.
    await this.clock.untilSleeping((ms) => ms === 90_000);
    return this.#feeds.shift()!;
  }

  /** Resolves when `holds`, looking again at every change. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = this.reflector.subscribe({ changed: look, stateChanged: look });
      look();
    });
  }

  /** Ends the wait after a failure. */
  async passBackoff(): Promise<void> {
    const isBackoff = (ms: number) => ms < 30_000 && ms !== 1_000;
    await this.clock.untilSleeping(isBackoff);
    this.clock.advance(29_000);
  }

  names(): string[] {
    return this.reflector.cache.list().map(nameOf);
  }

  async [Symbol.asyncDispose]() {
    this.#stop.abort();
    await this.#running;
    this.#client.close();
    await this.#server[Symbol.asyncDispose]();
  }
}

function describe({ type, object, old, seen }: CacheChange): string {
  return `${seen} ${type} ${nameOf(object)}${old ? " (was known)" : ""}`;
}

export const list = (names: string[], resourceVersion: string) => () => json(secretList(names, resourceVersion));
export const NO_STREAMS = () => json(status(422, "Invalid", "sendInitialEvents is forbidden for watch"), 422);
export const fails = (code: number, reason: string) => () => json(status(code, reason, `${reason} happened`), code);
