/**
 * Plans in a worker: a script that computes for seconds keeps no watch, lease or health probe waiting. The world stays here;
 * the worker asks for what it reads. A worker that fails fails the plans that it was making, and the next plan gets another.
 */
import type { Generation } from "../reconcile/generation.ts";
import type { ObjectReader } from "../reconcile/reader.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import { SecretIndexes } from "../reconcile/secret_values.ts";
import { Seen } from "../reconcile/seen.ts";
import type { Request } from "../reconcile/snapshot.ts";
import { pack, unpack } from "./packed.ts";
import { PART, type PlanCommand, type PlanReply, type PlanSettings, type Question } from "./plan_messages.ts";
import type { Planner } from "./planner.ts";

/** As much of a `Worker` as is needed. */
export interface PlanWorker {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

interface Pending {
  /** Another one, started after this one failed, counts its questions anew. */
  readonly worker: PlanWorker;
  readonly reader: ObjectReader;
  /** What the reader has answered, of which the plan's redactor is made. */
  readonly seen: Seen;
  readonly signal: AbortSignal;
  readonly resolve: (reconciliation: Reconciliation) => void;
  readonly reject: (error: unknown) => void;
  /** What the worker was given, and then what it gave, each at the place by which it is named. */
  readonly shared: object[];
  /** Lists are sent one after the other, so that both sides count alike. */
  sending: Promise<void>;
  /** What the reader threw: the very error, not the worker's copy. */
  thrown?: { readonly error: unknown };
}

export class WorkerPlanner implements Planner {
  #worker: PlanWorker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  readonly #secretIndexes = new SecretIndexes();

  /** @param open Starts a worker that serves plans. */
  constructor(readonly settings: PlanSettings, readonly open: () => PlanWorker) {}

  async plan(
    request: Request,
    reader: ObjectReader,
    previous: Generation | undefined,
    signal: AbortSignal,
  ): Promise<Reconciliation> {
    signal.throwIfAborted();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Reconciliation>();
    const worker = this.#worker ??= this.#start();
    // The worker may be deep in a script, which only its limits end: nobody waits for that.
    const onAbort = () => {
      post(worker, { type: "abort", id });
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const seen = new Seen(this.#secretIndexes);
    this.#pending.set(id, {
      worker,
      reader: seen.watching(reader),
      seen,
      signal,
      resolve,
      reject,
      shared: [],
      sending: Promise.resolve(),
    });
    try {
      post(worker, { type: "plan", id, trigger: request.trigger, previous: pack(previous) });
      return await promise;
    } finally {
      this.#pending.delete(id);
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    this.#fail(new Error("the planner was closed"));
  }

  #start(): PlanWorker {
    const worker = this.open();
    worker.onmessage = ({ data }) => this.#receive(data as PlanReply);
    worker.onmessageerror = () => this.#fail(new Error("a message of the planning thread could not be read"));
    worker.onerror = (event) => {
      // Unhandled, it would end the process.
      event.preventDefault();
      this.#fail(new Error(`the planning thread failed: ${event.message}`));
    };
    post(worker, { type: "open", settings: pack(this.settings) });
    return worker;
  }

  #fail(error: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
  }

  #receive(reply: PlanReply): void {
    const pending = this.#pending.get(reply.id);
    // An aborted plan's last words.
    if (!pending) return;
    switch (reply.type) {
      case "question":
        return void this.#answer(reply.call, reply.question, pending);
      case "made":
        for (const value of unpack(reply.values, pending.shared) as object[]) pending.shared.push(value);
        return;
      case "planned":
        return pending.resolve(planned(reply, pending));
      case "failed":
        return pending.reject(
          pending.thrown ? pending.thrown.error : Object.assign(new Error(reply.error.message), reply.error),
        );
    }
  }

  async #answer(call: number, { method, args }: Question, pending: Pending): Promise<void> {
    const { worker, reader, signal } = pending;
    try {
      if (method === "list") {
        const [query, options] = args as [Parameters<ObjectReader["list"]>[0], Parameters<ObjectReader["list"]>[2]];
        const listing = await reader.list(query, signal, options);
        if (!listing.objects) return post(worker, { type: "answer", call, value: pack(listing) });
        const { objects } = listing;
        pending.sending = pending.sending.then(() => send(call, objects, pending));
        return await pending.sending;
      }
      const value = method === "kindOf"
        ? await reader.kindOf(...args as [string, string, string], signal)
        : await reader.sawDeletion?.(args[0] as Parameters<NonNullable<ObjectReader["sawDeletion"]>>[0]) ?? false;
      post(worker, { type: "answer", call, value: pack(value) });
    } catch (error) {
      pending.thrown = { error };
      post(worker, { type: "refusal", call, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

function planned({ reconciliation }: PlanReply & { type: "planned" }, { shared, seen }: Pending): Reconciliation {
  const plain = unpack(reconciliation, shared) as Omit<Reconciliation, "redact">;
  return { ...plain, redact: seen.redactor(plain.computation) };
}

/** Sends a list in parts, between which others have their turn. */
async function send(call: number, objects: readonly object[], { worker, shared, signal }: Pending): Promise<void> {
  let at = 0;
  for (; objects.length - at > PART && !signal.aborted; at += PART) {
    post(worker, { type: "part", call, objects: pack(objects.slice(at, at + PART)) });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  for (const object of objects) shared.push(object);
  post(worker, { type: "answer", call, value: { objects: pack(objects.slice(at)) } });
}

function post(worker: PlanWorker, command: PlanCommand): void {
  worker.postMessage(command);
}
