/** Everything that a pass has read, so that what it says can be cleared of the Secrets among it, wherever they were read. */
import { isSameVersion, type KubeObject, type ObjectRef, resourceVersionOf, uidOf } from "../api/object.ts";
import { isEventTrigger } from "./clusters.ts";
import type { Computation } from "./reconcile.ts";
import type { Failure } from "./errors.ts";
import type { Origin } from "./origin.ts";
import type { Held, Plan } from "./plan.ts";
import { equalJson, isJsonObject, type JsonObject } from "../json/json.ts";
import { eachInFlight, READS_IN_FLIGHT } from "./in_flight.ts";
import {
  type Listing,
  memoryOf,
  type ObjectQuery,
  type ObjectReader,
  queryKey,
  type ReadOptions,
  type Unknown,
} from "./reader.ts";
import { redactorFor } from "./redact.ts";
import { SecretIndexes } from "./secret_values.ts";

/** One question, and what came of it. */
export interface Read {
  readonly query: ObjectQuery;
  readonly options: ReadOptions | undefined;
  readonly listing: Listing;
}

/** Where something can't be read now, it mostly shows in one of so many questions: few others are asked until then. */
const FIRST_READS = 16;
const FIRST_IN_FLIGHT = 4;

/**
 * Asks every question again, each once, for a fresh consistent read: whether the answers are the same, each object in the same
 * version. That a kind is not served is an answer; what can't be read says neither.
 */
export async function readAgain(
  reads: readonly Read[],
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<"same" | "other" | Unknown> {
  let answer: "same" | "other" | Unknown = "same";
  const ask = async (same: readonly Read[]) => {
    if (answer !== "same") return;
    const { query, options } = same[0]!;
    const again = await reader.list(query, signal, { ...options, fresh: true, recent: false });
    const readable = same.some(({ listing }) => listing.objects);
    if (readable && again.unknown) answer = again.unknown;
    else if (!same.every(({ listing }) => isSameListing(listing, again))) answer = "other";
  };
  const questions = [...Map.groupBy(reads, questionOf).values()];
  await eachInFlight(FIRST_IN_FLIGHT, questions.slice(0, FIRST_READS), ask);
  await eachInFlight(READS_IN_FLIGHT, questions.slice(FIRST_READS), ask);
  return answer;
}

/** Equal for reads that are answered alike when they are asked at once. */
function questionOf({ query, options }: Read): string {
  return `${queryKey(query)} ${options?.once === true} ${options?.owned === true}`;
}

function isSameListing(before: Listing, now: Listing): boolean {
  // Both passes do without it; whatever else is unknown may be another trouble each time.
  if (before.unknown?.reason === "KindNotServed") return now.unknown?.reason === "KindNotServed";
  if (!before.objects || !now.objects || before.objects.length !== now.objects.length) return false;
  const byUid = new Map(now.objects.map((object) => [uidOf(object), object]));
  return before.objects.every((object) => {
    const again = byUid.get(uidOf(object));
    return again !== undefined && isSameInput(object, again);
  });
}

function isSameInput(before: KubeObject, now: KubeObject): boolean {
  // What says neither (a file) may have changed.
  if (uidOf(before) === undefined || resourceVersionOf(before) === undefined) return false;
  if (isSameVersion(before, now)) return true;
  // Our own writing of conditions is no change of a trigger.
  return isEventTrigger(before) && equalJson(withoutConditions(before), withoutConditions(now));
}

function withoutConditions({ metadata, status, ...rest }: KubeObject): JsonObject {
  const { resourceVersion: _, managedFields: __, ...own } = metadata;
  const { conditions: ___, ...others } = isJsonObject(status) ? status : {};
  return { ...rest, metadata: own, status: others };
}

export class Seen {
  readonly #reads: Read[] = [];
  readonly #objects = new Set<KubeObject>();

  /** @param indexes Where the redactor's index is kept for the next pass. */
  constructor(readonly indexes: SecretIndexes = new SecretIndexes()) {}

  /** All that was asked so far, and the answers. */
  get reads(): readonly Read[] {
    return this.#reads;
  }

  /** All that was read so far. */
  get objects(): ReadonlySet<KubeObject> {
    return this.#objects;
  }

  /** The reader; what it answers is remembered. */
  watching(reader: ObjectReader): ObjectReader {
    return {
      list: async (query, signal, options): Promise<Listing> => {
        const listing = await reader.list(query, signal, options);
        for (const object of listing.objects ?? []) this.#objects.add(object);
        this.#reads.push({ query, options, listing });
        return listing;
      },
      kindOf: (group, version, kind, signal) => reader.kindOf(group, version, kind, signal),
      ...memoryOf(reader),
    };
  }

  /** Takes Secret bytes out of a text: those of what was read, and those of what was rendered. */
  redactor({ rendering }: Computation): (text: string) => string {
    const desired = (rendering?.desired ?? []).map(({ object }) => object as KubeObject);
    return redactorFor([...this.#objects, ...desired.filter(({ kind }) => kind === "Secret")], this.indexes);
  }
}

/** The computation with nothing of a Secret in what it says. */
export function clearedComputation(computation: Computation, redact: (text: string) => string): Computation {
  const { matches, failures, notes } = computation;
  return {
    ...computation,
    ...(matches ? { matches: { ...matches, message: redact(matches.message), printed: redact(matches.printed) } } : {}),
    failures: failures.map((failure) => clearedFailure(failure, redact)),
    notes: notes.map(({ reason, message }) => ({ reason, message: redact(message) })),
  };
}

/**
 * The plan with nothing of a Secret in what it says. Of a change that is held or failed, names and kinds are cleared, too; of
 * one that is carried out they stay, since they are public once it is written.
 */
export function clearedPlan(plan: Plan, redact: (text: string) => string): Plan {
  return {
    ...plan,
    held: plan.held.map((held) => clearedHeld(held, redact)),
    conflicts: plan.conflicts.map(({ gate, target, reason, origins }) => ({
      gate,
      target: clearedRef(target, redact),
      reason: redact(reason),
      origins: origins.map((origin) => clearedOrigin(origin, redact)),
    })),
    failures: plan.failures.map((failure) => clearedFailure(failure, redact)),
    notes: plan.notes.map(({ reason, message }) => ({ reason, message: redact(message) })),
  };
}

/** A change that is not carried out, with nothing of a Secret in what is said of it. */
export function clearedHeld({ change, reason, relax, gate }: Held, redact: (text: string) => string): Held {
  return {
    gate,
    reason: redact(reason),
    relax: redact(relax),
    change: { ...change, target: clearedRef(change.target, redact), origin: clearedOrigin(change.origin, redact) },
  };
}

function clearedOrigin(origin: Origin, redact: (text: string) => string): Origin {
  return { ...origin, ...(origin.match ? { match: clearedRef(origin.match, redact) } : {}) };
}

function clearedRef({ apiVersion, kind, namespace, name }: ObjectRef, redact: (text: string) => string): ObjectRef {
  return { apiVersion: redact(apiVersion), kind: redact(kind), namespace: redact(namespace), name: redact(name) };
}

function clearedFailure(failure: Failure, redact: (text: string) => string): Failure {
  const { message, traceback, match } = failure;
  return {
    ...failure,
    message: redact(message),
    ...(traceback === undefined ? {} : { traceback: redact(traceback) }),
    ...(match ? { match: clearedRef(match, redact) } : {}),
  };
}
