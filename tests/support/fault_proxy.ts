/**
 * An HTTPS proxy in front of the API server that can be told to misbehave: answer with errors, wait, fall silent, drip, cut
 * within a line, split characters, end watches. It notes when each request came.
 */
import type { KubeServer } from "./kube_server.ts";

/** What a rule goes by. */
export interface DescribedRequest {
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
  readonly isWatch: boolean;
}

/** A request in the record, in milliseconds since 1970. */
export interface SeenRequest extends DescribedRequest {
  readonly at: number;
  /** When its answer began, with which status, and how many seconds it said that the caller should wait. */
  answeredAt?: number;
  status?: number;
  retryAfter?: number;
  /** When the caller was told that the answer is over; absent where it broke off, or the caller went away. */
  endedAt?: number;
  /** Of a watch: the resourceVersion of the last event that was passed on whole. */
  lastVersion?: string;
}

/** Which requests a fault is for. */
export interface FaultRule {
  readonly matches?: (request: DescribedRequest) => boolean;
  /** In how many of the requests that match, from 0 to 1. */
  readonly share?: number;
  /** Answer this instead of asking. */
  readonly answer?: { readonly status: number; readonly reason: string; readonly retryAfter?: number };
  /** Lists come back without their items, and watches say that what they were to go on from is too old. */
  readonly isEmpty?: boolean;
  /** Lists that are asked for in pages come in pages of so many. */
  readonly pageSize?: number;
  /** Wait before asking. */
  readonly delay?: number;
  /** What becomes of the answer's body. */
  readonly body?: "silent" | "drip" | "cut" | "split";
  /** End the answer after so many milliseconds. */
  readonly endAfter?: number;
}

/** Headers that belong to one connection. */
const HOP = ["connection", "transfer-encoding", "keep-alive", "content-length", "content-encoding", "host"];

/** Why an answer breaks off: no fault of the proxy's. */
class Cut extends Error {}

/** Deno prints what breaks an answer off; of that which is meant nobody needs to read. */
function noteError(error: unknown): Response {
  if (!(error instanceof Cut)) console.error(error);
  return errorAnswer({ status: 500, reason: "InternalError" });
}

/** An answer under way, and how to change its course. */
interface Course {
  readonly request: DescribedRequest;
  fault: FaultRule["body"];
  readonly end: () => void;
}

export class FaultProxy {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #client: Deno.HttpClient;
  #rules: readonly FaultRule[] = [];
  /** Answers under way, each with how to change its course. */
  readonly #open = new Set<Course>();
  #isRecording = false;
  /** When each request came, in milliseconds since 1970. */
  readonly times: number[] = [];
  /** What was asked and answered since {@link record}. */
  readonly requests: SeenRequest[] = [];
  /** How many pieces of answers ended within a character since {@link record}. */
  splitCharacters = 0;

  private constructor(
    readonly upstream: string,
    tls: { cert: string; key: string; ca: string },
    readonly random: () => number,
    client: { cert: string; key: string } | undefined,
  ) {
    this.#client = Deno.createHttpClient({ caCerts: [tls.ca], ...client, http2: false });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert: tls.cert, key: tls.key, onListen() {}, onError: noteError },
      (request) => this.#handle(request),
    );
  }

  /** @param who `admin` whoever asks, or the caller by the token that it shows. */
  static async start(
    server: KubeServer,
    random: () => number,
    who: "admin" | "caller" = "admin",
  ): Promise<FaultProxy> {
    const read = (name: string) => Deno.readTextFile(`${server.folder}/${name}`);
    const tls = { cert: await read("apiserver.crt"), key: await read("apiserver.key"), ca: await read("ca.crt") };
    const client = who === "admin" ? { cert: await read("admin.crt"), key: await read("admin.key") } : undefined;
    return new FaultProxy(server.url, tls, random, client);
  }

  get url(): string {
    return `https://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Replaces all faults; none: everything passes. What is under way takes the new rule's body fault, or goes on without one. */
  set(...rules: FaultRule[]): void {
    this.#rules = rules;
    for (const stream of this.#open) stream.fault = rules.find(({ body }) => body !== undefined)?.body;
  }

  /** Begins a new record; `false`: keeps none, as hours of load would fill the memory. */
  record(isRecording = true): void {
    this.#isRecording = isRecording;
    this.requests.length = 0;
    this.splitCharacters = 0;
  }

  /** Ends every answer under way, as a server that is restarted would, or the answers to some requests. */
  endAll(matches: (request: DescribedRequest) => boolean = () => true): void {
    for (const course of [...this.#open]) if (matches(course.request)) course.end();
  }

  async stop(): Promise<void> {
    this.set();
    await this.#server.shutdown().catch(() => {});
    this.#client.close();
  }

  async #handle(request: Request): Promise<Response> {
    this.times.push(Date.now());
    const url = new URL(request.url);
    const { pathname: path, searchParams: search } = url;
    const described = { method: request.method, path, search, isWatch: search.get("watch") === "true" };
    const seen: SeenRequest = { ...described, search: new URLSearchParams(search), at: Date.now() };
    if (this.#isRecording) this.requests.push(seen);
    const rule = this.#rules.find(({ matches, share = 1 }) => (matches?.(described) ?? true) && this.random() < share);
    if (rule?.delay) await new Promise((resolve) => setTimeout(resolve, rule.delay));
    if (rule?.answer) {
      Object.assign(seen, { answeredAt: Date.now(), status: rule.answer.status, retryAfter: rule.answer.retryAfter });
      return errorAnswer(rule.answer);
    }
    if (rule?.pageSize !== undefined && search.has("limit")) search.set("limit", String(rule.pageSize));
    const headers = new Headers([...request.headers].filter(([name]) => !HOP.includes(name)));
    headers.set("accept-encoding", "identity");
    const body = request.method === "GET" || request.method === "HEAD" ? undefined : await request.arrayBuffer();
    let answer: Response;
    try {
      const target = `${this.upstream}${url.pathname}${url.search}`;
      const init = { method: request.method, headers, body, client: this.#client, signal: request.signal };
      answer = await fetch(target, init as RequestInit);
    } catch {
      return errorAnswer({ status: 503, reason: "ServiceUnavailable" });
    }
    Object.assign(seen, { answeredAt: Date.now(), status: answer.status });
    const passed = new Headers([...answer.headers].filter(([name]) => !HOP.includes(name)));
    if (rule?.isEmpty && described.method === "GET" && answer.ok) {
      return described.isWatch ? expiredWatch(answer) : await emptied(answer);
    }
    const stream = answer.body && this.#through(answer.body, described, rule, this.#isRecording ? seen : undefined);
    return new Response(stream, { status: answer.status, headers: passed });
  }

  #through(
    body: ReadableStream<Uint8Array>,
    request: DescribedRequest,
    rule: FaultRule | undefined,
    seen: SeenRequest | undefined,
  ): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const lines = seen?.isWatch ? new LastLine() : undefined;
    const state: Course = { request, fault: rule?.body, end: () => void reader.cancel().catch(() => {}) };
    this.#open.add(state);
    const end = rule?.endAfter === undefined ? Infinity : performance.now() + rule.endAfter;
    const close = () => {
      this.#open.delete(state);
      reader.cancel().catch(() => {});
    };
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const wait = Math.min(end - performance.now(), 2 ** 31 - 1);
        const { promise: timeout, resolve } = Promise.withResolvers<undefined>();
        const timer = end === Infinity ? undefined : setTimeout(() => resolve(undefined), Math.max(0, wait));
        const next = await Promise.race([reader.read().catch(() => ({ done: true, value: undefined })), timeout]);
        clearTimeout(timer);
        if (!next || next.done || !next.value) {
          close();
          if (seen) [seen.endedAt, seen.lastVersion] = [Date.now(), lines?.version()];
          return controller.close();
        }
        lines?.add(next.value);
        await this.#put(next.value, state, controller, close);
      },
      cancel: close,
    });
  }

  async #put(
    chunk: Uint8Array,
    state: Course,
    controller: ReadableStreamDefaultController<Uint8Array>,
    close: () => void,
  ): Promise<void> {
    const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    // Asked anew for each piece: a fault may end while it drips.
    if (state.fault === "silent") { while (state.fault === "silent") await pause(50); }
    if (state.fault === "cut") {
      controller.enqueue(chunk.subarray(0, Math.max(1, chunk.length >> 1)));
      close();
      return controller.error(new Cut());
    }
    for (let at = 0; at < chunk.length;) {
      const size = state.fault === "drip"
        ? 1
        : state.fault === "split"
        ? 1 + Math.floor(this.random() * 7)
        : chunk.length;
      controller.enqueue(chunk.subarray(at, at += size));
      // The next piece begins with what is no beginning of a character.
      if (this.#isRecording && at < chunk.length && (chunk[at]! & 0xc0) === 0x80) this.splitCharacters++;
      if (state.fault === "drip") await pause(1000);
    }
  }
}

/** The last whole line of a stream. Only that one is ever parsed: a watch may have thousands. */
class LastLine {
  #decoder = new TextDecoder();
  #line = "";
  #rest = "";

  add(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop()!;
    this.#line = lines.pop() ?? this.#line;
  }

  /** The resourceVersion of the object in it. */
  version(): string | undefined {
    return this.#line === "" ? undefined : JSON.parse(this.#line).object?.metadata?.resourceVersion;
  }
}

function errorAnswer({ status, reason, retryAfter }: NonNullable<FaultRule["answer"]>): Response {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    reason,
    code: status,
    message: "injected",
  };
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  return new Response(JSON.stringify(body), { status, headers });
}

async function emptied(answer: Response): Promise<Response> {
  const list = await answer.json();
  // One object that is asked for by its name is no list.
  const body = Array.isArray(list.items)
    ? { ...list, items: [], metadata: { resourceVersion: list.metadata.resourceVersion } }
    : list;
  return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
}

function expiredWatch(answer: Response): Response {
  answer.body?.cancel();
  const object = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason: "Expired", code: 410 };
  const line = JSON.stringify({ type: "ERROR", object: { ...object, message: "injected" } });
  return new Response(`${line}\n`, { headers: { "content-type": "application/json" } });
}
