/**
 * The planning thread's side: plans what it is told to and asks the other side for all that it reads. It knows nothing of the
 * world but the clock and the chance that its parts have.
 */
import type { KubeObject } from "../api/object.ts";
import type { Generation } from "../reconcile/generation.ts";
import type { OnStop } from "../reconcile/marks.ts";
import type { KindFacts, Listing, ObjectReader, Unknown } from "../reconcile/reader.ts";
import type { Parts, Reconciliation } from "../reconcile/reconcile.ts";
import type { Request } from "../reconcile/snapshot.ts";
import { pack, unpack } from "./packed.ts";
import {
  NAMED_PART,
  PART,
  type PlanCommand,
  type PlanReply,
  type PlanSettings,
  type Question,
} from "./plan_messages.ts";
import { planHere, type Planner } from "./planner.ts";
import { SharedObjects } from "./shared_objects.ts";

interface Call {
  /** The plan that asks. */
  readonly id: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** What a list has had so far. */
  readonly objects: KubeObject[];
}

/** A plan under way. */
class Running {
  readonly abort = new AbortController();
  /** What it has made, by number. */
  readonly made = new Map<object, number>();
  /** The numbers of what it was given. */
  readonly #given = new Set<number>();

  constructor(readonly shared: SharedObjects) {}

  give(numbers: readonly number[]): void {
    for (const number of numbers) this.#given.add(number);
  }

  /**
   * The number by which the other side knows the object for as long as this plan is under way. What other plans were given it
   * may forget before it hears of this one: such an object, kept from an older pass, goes whole.
   */
  get(value: object): number | undefined {
    const number = this.shared.numbers.get(value);
    const isHeld = number !== undefined && (number < 0 || this.#given.has(number));
    return isHeld ? number : this.made.get(value);
  }
}

/** Gives back what is to be called with each command. */
export function servePlans<Settings extends PlanSettings>(
  partsOf: (settings: Settings) => Omit<Parts, "reader">,
  reply: (message: PlanReply) => void,
): (command: PlanCommand) => void {
  let planner: Planner | undefined;
  const running = new Map<number, Running>();
  const calls = new Map<number, Call>();
  let lastCall = 0;

  const ask = (id: number, question: Question) => {
    if (running.get(id)?.abort.signal.aborted) return Promise.reject(new Error("the plan was given up"));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call = ++lastCall;
    calls.set(call, { id, resolve, reject, objects: [] });
    reply({ type: "question", id, call, question });
    return promise;
  };

  const shared = new SharedObjects(-1);
  /** What plans have made that are not settled yet, by plan: the other side may have given them up. */
  const unsettled = new Map<number, Map<object, number>>();

  function sendMade(id: number, values: readonly object[], known: Running): void {
    for (let at = 0; at < values.length;) {
      const numbers: number[] = [], fresh: unknown[] = [];
      for (; at < values.length && fresh.length < PART && numbers.length < NAMED_PART; at++) {
        const value = values[at]!;
        let number = known.get(value);
        if (number === undefined) {
          fresh.push(pack(value, known));
          number = shared.nextNumber();
          known.made.set(value, number);
        }
        numbers.push(number);
      }
      reply({ type: "made", id, objects: { numbers, fresh } });
    }
  }

  async function plan(id: number, request: Request, previous: Generation | undefined): Promise<void> {
    const known = new Running(shared);
    running.set(id, known);
    unsettled.set(id, known.made);
    const reader: ObjectReader = {
      list: (query, _signal, options) => ask(id, { method: "list", args: [query, options] }) as Promise<Listing>,
      kindOf: (...[group, version, kind]) =>
        ask(id, { method: "kindOf", args: [group, version, kind] }) as Promise<KindFacts | Unknown>,
      sawDeletion: (query) => ask(id, { method: "sawDeletion", args: [query] }) as Promise<boolean>,
      endedPaused: (query) => ask(id, { method: "endedPaused", args: [query] }) as Promise<boolean>,
      lastOnStop: (query) => ask(id, { method: "lastOnStop", args: [query] }) as Promise<OnStop | false>,
    };
    try {
      // A function can't be sent; the other side has seen what it is made of.
      const { redact: _, ...reconciliation } = await planner!.plan(request, reader, previous, known.abort.signal);
      sendMade(id, manyOf(reconciliation), known);
      reply({ type: "planned", id, reconciliation: pack(reconciliation, known) });
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      reply({ type: "failed", id, error: { name, message, stack } });
    } finally {
      running.delete(id);
    }
  }

  function settle(id: number, isKept: boolean, forget: readonly number[]): void {
    if (isKept) { for (const [object, number] of unsettled.get(id) ?? []) shared.learn(number, object); }
    unsettled.delete(id);
    shared.forget(forget);
  }

  return (command) => {
    switch (command.type) {
      case "open": {
        const settings = unpack(command.settings) as Settings;
        planner = planHere(partsOf(settings), settings.options);
        return;
      }
      case "plan":
        return void plan(
          command.id,
          unpack(command.request) as Request,
          unpack(command.previous) as Generation | undefined,
        );
      case "abort":
        running.get(command.id)?.abort.abort();
        for (const [call, { id, reject }] of calls) {
          if (id !== command.id) continue;
          calls.delete(call);
          reject(new Error("the plan was given up"));
        }
        return;
      case "settle":
        return settle(command.id, command.isKept, command.forget);
      case "part":
      case "listed": {
        // Also where nobody waits for it any more: the other side counts it as known here.
        const objects = shared.take(command.objects) as KubeObject[];
        const asked = calls.get(command.call);
        if (!asked) return;
        running.get(asked.id)?.give(command.objects.numbers);
        for (const object of objects) asked.objects.push(object);
        if (command.type === "part") return;
        calls.delete(command.call);
        return asked.resolve({ objects: asked.objects });
      }
      case "answer": {
        const asked = calls.get(command.call);
        calls.delete(command.call);
        return asked?.resolve(unpack(command.value));
      }
      case "refusal":
        calls.get(command.call)?.reject(new Error(command.message));
        return void calls.delete(command.call);
    }
  };
}

/** What there may be thousands of, besides the objects that were read. */
function manyOf({ computation: { matches, rendering }, plan }: Omit<Reconciliation, "redact">): object[] {
  return [...matches?.matches ?? [], ...rendering?.desired ?? [], ...plan.changes, ...plan.held];
}
