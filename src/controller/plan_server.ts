/**
 * The planning thread's side: plans what it is told to and asks the other side for all that it reads. It knows nothing of the
 * world but the clock and the chance that its parts have.
 */
import type { KubeObject } from "../api/object.ts";
import type { Generation } from "../reconcile/generation.ts";
import type { KindFacts, Listing, ObjectReader, Unknown } from "../reconcile/reader.ts";
import type { Parts, Reconciliation } from "../reconcile/reconcile.ts";
import { pack, unpack } from "./packed.ts";
import { PART, type PlanCommand, type PlanReply, type PlanSettings, type Question } from "./plan_messages.ts";
import { planHere, type Planner } from "./planner.ts";

interface Call {
  /** The plan that asks. */
  readonly id: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** What a list has had so far. */
  readonly objects: KubeObject[];
}

/** Gives back what is to be called with each command. */
export function servePlans<Settings extends PlanSettings>(
  partsOf: (settings: Settings) => Omit<Parts, "reader">,
  reply: (message: PlanReply) => void,
): (command: PlanCommand) => void {
  let planner: Planner | undefined;
  const running = new Map<number, AbortController>();
  const calls = new Map<number, Call>();
  let lastCall = 0;

  const ask = (id: number, question: Question) => {
    if (running.get(id)?.signal.aborted) return Promise.reject(new Error("the plan was given up"));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call = ++lastCall;
    calls.set(call, { id, resolve, reject, objects: [] });
    reply({ type: "question", id, call, question });
    return promise;
  };

  async function plan(id: number, trigger: string, previous: Generation | undefined): Promise<void> {
    const abort = new AbortController();
    running.set(id, abort);
    /** The objects that came from the other side, in the order in which they came: they are not sent back. */
    const known = new Map<object, number>();
    let received = 0;
    const reader: ObjectReader = {
      async list(query, _signal, options) {
        const listing = await ask(id, { method: "list", args: [query, options] }) as Listing;
        for (const object of listing.objects ?? []) known.set(object, received++);
        return listing;
      },
      kindOf: (...[group, version, kind]) =>
        ask(id, { method: "kindOf", args: [group, version, kind] }) as Promise<KindFacts | Unknown>,
      sawDeletion: (query) => ask(id, { method: "sawDeletion", args: [query] }) as Promise<boolean>,
    };
    try {
      // A function can't be sent; the other side has seen what it is made of.
      const { redact: _, ...reconciliation } = await planner!.plan({ trigger }, reader, previous, abort.signal);
      const made = manyOf(reconciliation);
      for (let at = 0; at < made.length; at += PART) {
        const values = made.slice(at, at + PART);
        reply({ type: "made", id, values: pack(values, known) });
        for (const value of values) known.set(value, received++);
      }
      reply({ type: "planned", id, reconciliation: pack(reconciliation, known) });
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      reply({ type: "failed", id, error: { name, message, stack } });
    } finally {
      running.delete(id);
    }
  }

  return (command) => {
    switch (command.type) {
      case "open": {
        const settings = unpack(command.settings) as Settings;
        planner = planHere(partsOf(settings), settings.options);
        return;
      }
      case "plan":
        return void plan(command.id, command.trigger, unpack(command.previous) as Generation | undefined);
      case "abort":
        running.get(command.id)?.abort();
        for (const [call, { id, reject }] of calls) {
          if (id !== command.id) continue;
          calls.delete(call);
          reject(new Error("the plan was given up"));
        }
        return;
      case "part":
        return void calls.get(command.call)?.objects.push(...unpack(command.objects) as KubeObject[]);
      case "answer": {
        const asked = calls.get(command.call);
        if (!asked) return;
        const { resolve, objects } = asked;
        calls.delete(command.call);
        const value = unpack(command.value);
        return resolve(
          objects.length > 0 ? { objects: [...objects, ...(value as { objects: KubeObject[] }).objects] } : value,
        );
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
