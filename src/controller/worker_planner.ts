/**
 * Plans in a worker: a script that computes for seconds keeps no watch, lease or health probe waiting. The world stays here;
 * the worker asks for what it reads. A worker that fails fails the plans that it was making, and the next plan gets another.
 */
import type { Generation } from "../reconcile/generation.ts";
import type { ObjectQuery, ObjectReader } from "../reconcile/reader.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import { SecretIndexes } from "../reconcile/secret_values.ts";
import { Seen } from "../reconcile/seen.ts";
import type { Request } from "../reconcile/snapshot.ts";
import { pack, unpack } from "./packed.ts";
import {
  NAMED_PART,
  type NumberedObjects,
  PART,
  type PlanCommand,
  type PlanReply,
  type PlanSettings,
  type Question,
} from "./plan_messages.ts";
import type { Planner } from "./planner.ts";
import { Holders, SharedObjects } from "./shared_objects.ts";

/** As much of a `Worker` as is needed. */
export interface PlanWorker {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

/** A worker, and what it was given and has made that is still needed. Another one, after it failed, begins with nothing. */
interface Thread {
  readonly worker: PlanWorker;
  readonly shared: SharedObjects;
  readonly holders: Holders;
}

interface Pending {
  readonly thread: Thread;
  readonly trigger: string;
  readonly reader: ObjectReader;
  /** What the reader has answered, of which the plan's redactor is made. */
  readonly seen: Seen;
  readonly signal: AbortSignal;
  readonly resolve: (reconciliation: Reconciliation) => void;
  readonly reject: (error: unknown) => void;
  /** The numbers of the objects that this plan was given or has made. */
  readonly held: Set<number>;
  /** Nothing is sent for its sake any more. */
  isOver: boolean;
  /** What the reader threw: the very error, not the worker's copy. */
  thrown?: { readonly error: unknown };
}

export class WorkerPlanner implements Planner {
  #thread: Thread | undefined;
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
    const thread = this.#thread ??= this.#start();
    const { worker } = thread;
    const seen = new Seen(this.#secretIndexes);
    const held = new Set<number>();
    // The worker may be deep in a script, which only its limits end: nobody waits for that.
    const onAbort = () => {
      post(worker, { type: "abort", id });
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const { trigger } = request;
    const isOver = false;
    this.#pending.set(id, {
      thread,
      trigger,
      reader: seen.watching(reader),
      seen,
      signal,
      resolve,
      reject,
      held,
      isOver,
    });
    try {
      post(worker, { type: "plan", id, request: pack(request), previous: pack(previous) });
      const reconciliation = await promise;
      this.#settle(id, reconciliation.computation.snapshot.state !== "deleted");
      return reconciliation;
    } catch (error) {
      this.#settle(id, false);
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** The plan is over. What it held is kept for its trigger's next one, or not: it failed, or the trigger is gone. */
  #settle(id: number, isKept: boolean): void {
    const pending = this.#pending.get(id)!;
    const { thread, trigger, held } = pending;
    pending.isOver = true;
    this.#pending.delete(id);
    if (thread !== this.#thread) return;
    const { worker, shared, holders } = thread;
    const forget = isKept ? holders.keep(trigger, held) : [...holders.release(held), ...holders.forget(trigger)];
    shared.forget(forget);
    post(worker, { type: "settle", id, isKept, forget });
  }

  close(): void {
    this.#fail(new Error("the planner was closed"));
  }

  #start(): Thread {
    const worker = this.open();
    worker.onmessage = ({ data }) => {
      try {
        this.#receive(data as PlanReply);
      } catch (error) {
        // The two threads don't know of the same objects: with another one that begins anew.
        const message = error instanceof Error ? error.message : String(error);
        this.#fail(new Error(`the planning thread can't be understood: ${message}`, { cause: error }));
      }
    };
    worker.onmessageerror = () => this.#fail(new Error("a message of the planning thread could not be read"));
    worker.onerror = (event) => {
      // Unhandled, it would end the process.
      event.preventDefault();
      this.#fail(new Error(`the planning thread failed: ${event.message}`));
    };
    post(worker, { type: "open", settings: pack(this.settings) });
    return { worker, shared: new SharedObjects(1), holders: new Holders() };
  }

  #fail(error: Error): void {
    this.#thread?.worker.terminate();
    this.#thread = undefined;
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
        return receive(reply.objects, pending);
      case "planned":
        return pending.resolve(planned(reply, pending));
      case "failed":
        return pending.reject(
          pending.thrown ? pending.thrown.error : Object.assign(new Error(reply.error.message), reply.error),
        );
    }
  }

  async #answer(call: number, { method, args }: Question, pending: Pending): Promise<void> {
    const { thread: { worker }, reader, signal } = pending;
    try {
      if (method === "list") {
        const [query, options] = args as [Parameters<ObjectReader["list"]>[0], Parameters<ObjectReader["list"]>[2]];
        const listing = await reader.list(query, signal, options);
        if (!listing.objects) return post(worker, { type: "answer", call, value: pack(listing) });
        return await send(call, listing.objects, pending);
      }
      const value = method === "kindOf"
        ? await reader.kindOf(...args as [string, string, string], signal)
        : await reader[method]?.(args[0] as ObjectQuery) ?? false;
      post(worker, { type: "answer", call, value: pack(value) });
    } catch (error) {
      pending.thrown = { error };
      post(worker, { type: "refusal", call, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

function planned(
  { reconciliation }: PlanReply & { type: "planned" },
  { thread: { shared }, seen }: Pending,
): Reconciliation {
  const plain = unpack(reconciliation, (number) => shared.get(number), shared.texts) as Omit<Reconciliation, "redact">;
  return { ...plain, redact: seen.redactor(plain.computation) };
}

function receive(objects: NumberedObjects, { thread: { shared, holders }, held }: Pending): void {
  shared.take(objects);
  for (const number of objects.numbers) holders.hold(held, number);
}

/** Sends a list in parts, between which others have their turn: what is new to the worker whole, the rest by its number. */
async function send(call: number, objects: readonly object[], pending: Pending): Promise<void> {
  if (pending.isOver) return;
  const { thread: { worker, shared, holders }, held } = pending;
  let at = 0;
  const takePart = (): NumberedObjects => {
    const numbers: number[] = [], fresh: unknown[] = [];
    for (; at < objects.length && fresh.length < PART && numbers.length < NAMED_PART; at++) {
      const object = objects[at]!;
      let number = shared.numbers.get(object);
      if (number === undefined) {
        fresh.push(pack(object));
        shared.learn(number = shared.nextNumber(), object);
      }
      holders.hold(held, number);
      numbers.push(number);
    }
    return { numbers, fresh };
  };
  let part = takePart();
  while (at < objects.length) {
    post(worker, { type: "part", call, objects: part });
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (pending.isOver) return;
    part = takePart();
  }
  post(worker, { type: "listed", call, objects: part });
}

function post(worker: PlanWorker, command: PlanCommand): void {
  worker.postMessage(command);
}
