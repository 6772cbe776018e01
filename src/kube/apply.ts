/**
 * Writes changes to the cluster. An object is created by POST alone, so that somebody else's is never written over; what is
 * ours is applied server-side with the uid and resourceVersion that the plan was made on; a delete has both as
 * preconditions. No text of the server about a write is passed on.
 */
import {
  annotationsOf,
  groupOf,
  type KubeObject,
  labelsOf,
  nameOf,
  namespaceOf,
  resourceVersionOf,
  uidOf,
  versionOf,
} from "../api/object.ts";
import { field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import type { Applier, Outcome, OutcomeStatus, Written } from "../reconcile/apply.ts";
import { FIELD_MANAGER, isReservedKey } from "../reconcile/marks.ts";
import type { MarkValues } from "../reconcile/mark_changes.ts";
import type { ResourceKind, Right } from "../api/right.ts";
import type { Action, Change } from "../reconcile/plan.ts";
import { hasSveltosMarks, SVELTOS_MANAGER, SVELTOS_MARKS } from "../reconcile/sveltos_marks.ts";
import type { KubeClient } from "./client.ts";
import type { Discovery } from "./discovery.ts";
import { ApiError, ConnectionError, type Verb, WriteRefusedError } from "./errors.ts";
import type { ResourceType } from "./resource.ts";
import { type CallPlace, rightTo } from "./rights.ts";

const WRITE = { fieldManager: FIELD_MANAGER } as const;

/** The calls that a change can take: those of `#create`; `#update`, `#takeOver` and `#release`; `#delete`. */
const CALLS: Readonly<Record<Action, readonly Verb[]>> = {
  create: ["create", "patch"],
  update: ["apply", "patch"],
  delete: ["apply", "delete"],
};

/** The rights to make, change, release and delete objects of a kind; with `unowned` to make them alone. */
export function rightsToWrite(
  type: ResourceKind,
  place: Pick<CallPlace, "namespace">,
  { subresources = [], unowned = false }: Pick<Change, "subresources" | "unowned"> = {},
): Right[] {
  if (unowned) return [rightTo("create", type, place)];
  const calls = new Set(Object.values(CALLS).flat());
  return [
    ...[...calls].map((verb) => rightTo(verb, type, place)),
    ...subresources.map((subresource) => rightTo("apply", type, { ...place, subresource })),
  ];
}

export class KubeApplier implements Applier {
  constructor(readonly client: KubeClient, readonly discovery: Discovery) {}

  async apply(change: Change, signal: AbortSignal): Promise<Outcome> {
    const outcome = (status: OutcomeStatus, message = "", retry = false): Outcome => ({
      change,
      status,
      message,
      retry,
    });
    try {
      const { apiVersion, kind } = change.target;
      const name = { group: groupOf(apiVersion), version: versionOf(apiVersion), kind };
      const answer = await this.discovery.resolve(name, signal);
      if (answer.state === "unknown") return failure(change, answer.error);
      if (answer.state === "not served") return outcome("failed", answer.message, true);
      return { ...outcome("done"), ...await this.#write(answer.type, change, signal) };
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError) return failure(change, error);
      // Not this process's turn: whoever leads does it.
      if (error instanceof WriteRefusedError) return outcome("failed", error.message, true);
      throw error;
    }
  }

  async #write(type: ResourceType, change: Change, signal: AbortSignal): Promise<Write> {
    if (change.action === "create") return await this.#create(type, change, signal);
    const live = change.live!;
    if (change.action === "delete") return await this.#delete(type, live, signal);
    if (change.release) return done(await this.#release(type, live, signal));
    if (change.takeover) return done(await this.#takeOver(type, change.desired!, live, signal));
    if (change.marks) return done(await this.#writeMarks(type, live, change.marks, signal));
    const final = await this.#update(type, change, live, signal);
    return resourceVersionOf(final) === resourceVersionOf(live) ? { status: "unchanged" } : done(final);
  }

  async #create(type: ResourceType, change: Change, signal: AbortSignal): Promise<Write> {
    if (change.unowned) return { status: await this.#createUnowned(type, change.desired!, signal) };
    const created = await this.client.create(type, change.desired!, WRITE, signal);
    const owned = await this.#ownAsApplied(type, created, signal);
    return done(await this.#applySubresources(type, change, owned, signal));
  }

  /** Two triggers may need one namespace: whoever makes it, it is there. */
  async #createUnowned(type: ResourceType, desired: KubeObject, signal: AbortSignal): Promise<OutcomeStatus> {
    try {
      await this.client.create(type, desired, WRITE, signal);
      return "done";
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
      return "unchanged";
    }
  }

  /** The same body once more for each subresource, bound to the object that was just written. */
  async #applySubresources(
    type: ResourceType,
    { desired, subresources = [] }: Change,
    written: KubeObject,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    let last = written;
    for (const subresource of subresources) {
      const body = withPreconditions(desired!, last);
      last = (await this.client.apply(type, body, { ...WRITE, force: true, subresource }, signal)).object;
    }
    return last;
  }

  async #update(type: ResourceType, change: Change, live: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const desired = change.desired!;
    const known = hasSveltosMarks(live) ? await this.#takeOver(type, desired, live, signal) : live;
    const owned = await this.#ownAsApplied(type, known, signal);
    const body = withPreconditions(desired, owned);
    const { object } = await this.client.apply(type, body, { ...WRITE, force: true }, signal);
    const exact = await this.#dropForeignKeys(type, desired, object, signal);
    return await this.#applySubresources(type, change, exact, signal);
  }

  /**
   * The API server books what was POSTed as ours by "Update", and would keep it when a later apply leaves it out. It is
   * booked anew as applied, which is what it is.
   */
  async #ownAsApplied(type: ResourceType, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const entries = managedFields(object);
    const isByUpdate = (entry: Json) =>
      field(entry, "manager") === FIELD_MANAGER && field(entry, "operation") === "Update" &&
      !field(entry, "subresource");
    const isApplied = (entry: Json) =>
      field(entry, "manager") === FIELD_MANAGER && field(entry, "operation") === "Apply" &&
      !field(entry, "subresource");
    const updated = entries.find(isByUpdate);
    if (updated === undefined) return object;
    const rebooked = entries.some(isApplied)
      ? entries.filter((entry) => !isByUpdate(entry)).map((entry) =>
        isApplied(entry) ? withFieldsOf(entry, updated) : entry
      )
      : entries.map((entry) => isByUpdate(entry) ? { ...(entry as JsonObject), operation: "Apply" } : entry);
    const patch = { metadata: { ...preconditions(object), managedFields: rebooked } };
    return await this.client.mergePatch(type, targetOf(object), patch, WRITE, signal);
  }

  /** Server-side apply leaves keys of others alone; a credential holds what we gave it and nothing else. */
  async #dropForeignKeys(
    type: ResourceType,
    desired: KubeObject,
    live: KubeObject,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    if (type.group !== "" || !["Secret", "ConfigMap"].includes(type.kind)) return live;
    const patch: JsonObject = {};
    for (const name of ["data", "binaryData"]) {
      const there = field(live, name);
      if (!isJsonObject(there)) continue;
      const foreign = Object.keys(there).filter((key) => fieldAt(desired, name, key) === undefined);
      if (foreign.length > 0) patch[name] = Object.fromEntries(foreign.map((key) => [key, null]));
    }
    if (Object.keys(patch).length === 0) return live;
    patch.metadata = preconditions(live);
    return await this.client.mergePatch(type, targetOf(live), patch, WRITE, signal);
  }

  async #delete(type: ResourceType, live: KubeObject, signal: AbortSignal): Promise<Write> {
    let judged = live;
    if (!managedFields(live).some((entry) => field(entry, "manager") === FIELD_MANAGER)) {
      // It lost our field manager (a restored backup): it must be ours by that mark too before it may go.
      judged =
        (await this.client.apply(type, withPreconditions(marksOf(live), live), { ...WRITE, force: true }, signal))
          .object;
    }
    try {
      const options = { uid: uidOf(judged), resourceVersion: resourceVersionOf(judged) };
      await this.client.delete(type, targetOf(judged), options, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isObjectAbsent) throw error;
    }
    return { status: "done", written: { uid: uidOf(judged)! } };
  }

  /** Nothing but the marks, since the rest of the output stays as it is. */
  async #writeMarks(
    type: ResourceType,
    live: KubeObject,
    marks: MarkValues,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const metadata = { ...preconditions(live), annotations: marks };
    const marked = await this.client.mergePatch(type, targetOf(live), { metadata }, WRITE, signal);
    // As applied, so that the next update takes it off.
    return await this.#ownAsApplied(type, marked, signal);
  }

  /**
   * Sveltos's marks off and ours on, in one write, which touches nothing else. What Sveltos had applied is booked as ours, so
   * that a later apply may take a field away that it leaves out.
   */
  async #takeOver(
    type: ResourceType,
    desired: KubeObject,
    live: KubeObject,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const marks = (there: Record<string, string>, wanted: Record<string, string>) => ({
      ...Object.fromEntries(Object.keys(there).filter((key) => SVELTOS_MARKS.has(key)).map((key) => [key, null])),
      ...Object.fromEntries(Object.entries(wanted).filter(([key]) => isReservedKey(key))),
    });
    const entries = managedFields(live);
    const isApplied = (entry: Json, manager: string) =>
      field(entry, "manager") === manager && field(entry, "operation") === "Apply" && !field(entry, "subresource");
    const isOurs = entries.some((entry) => isApplied(entry, FIELD_MANAGER));
    const rebooked = isOurs
      ? entries.filter((entry) => !isApplied(entry, SVELTOS_MANAGER))
      : entries.map((entry) =>
        isApplied(entry, SVELTOS_MANAGER) ? { ...(entry as JsonObject), manager: FIELD_MANAGER } : entry
      );
    const metadata = {
      ...preconditions(live),
      labels: marks(labelsOf(live), labelsOf(desired)),
      annotations: marks(annotationsOf(live), annotationsOf(desired)),
      managedFields: rebooked,
    };
    return await this.client.mergePatch(type, targetOf(live), { metadata }, WRITE, signal);
  }

  /** Our marks off, and the fields out of our books: whoever applies the object next has it for itself. */
  async #release(type: ResourceType, live: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const dropped = (entries: Record<string, string>) =>
      Object.fromEntries(Object.keys(entries).filter(isReservedKey).map((key) => [key, null]));
    const others = managedFields(live).filter((entry) => field(entry, "manager") !== FIELD_MANAGER);
    const metadata = {
      ...preconditions(live),
      labels: dropped(labelsOf(live)),
      annotations: dropped(annotationsOf(live)),
      // An empty list would leave all as it was; one empty entry says that there are none.
      managedFields: others.length > 0 ? others : [{}],
    };
    return await this.client.mergePatch(type, targetOf(live), { metadata }, WRITE, signal);
  }
}

/** How a write ended that did not fail. */
interface Write {
  readonly status: OutcomeStatus;
  readonly written?: Written;
}

function done(object: KubeObject): Write {
  const uid = uidOf(object), resourceVersion = resourceVersionOf(object);
  return { status: "done", ...(uid && resourceVersion ? { written: { uid, resourceVersion } } : {}) };
}

function managedFields(object: KubeObject): Json[] {
  const entries = fieldAt(object, "metadata", "managedFields");
  return Array.isArray(entries) ? entries : [];
}

/** The first of two entries of managedFields, with the fields of both. */
function withFieldsOf(entry: Json, other: Json): JsonObject {
  const union = (a: JsonObject, b: JsonObject): JsonObject => ({
    ...a,
    ...Object.fromEntries(
      Object.entries(b).map(([key, below]) => {
        const there = field(a, key);
        return [key, isJsonObject(there) && isJsonObject(below) ? union(there, below) : below];
      }),
    ),
  });
  const fieldsOf = (of: Json) => {
    const fields = field(of, "fieldsV1");
    return isJsonObject(fields) ? fields : {};
  };
  return { ...(entry as JsonObject), fieldsV1: union(fieldsOf(entry), fieldsOf(other)) };
}

function targetOf(object: KubeObject): { namespace: string; name: string } {
  return { namespace: namespaceOf(object), name: nameOf(object) };
}

function preconditions(live: KubeObject): JsonObject {
  const uid = uidOf(live), resourceVersion = resourceVersionOf(live);
  if (uid === undefined || resourceVersion === undefined) {
    throw new Error("a live object has no uid or resourceVersion");
  }
  return { uid, resourceVersion };
}

function withPreconditions(desired: KubeObject, live: KubeObject): KubeObject {
  return { ...desired, metadata: { ...desired.metadata, ...preconditions(live) } };
}

/** The object's identity and our marks, nothing else. */
function marksOf(live: KubeObject): KubeObject {
  const ours = (entries: Record<string, string>) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => isReservedKey(key)));
  const { namespace, name } = targetOf(live);
  const metadata: JsonObject = { name, labels: ours(labelsOf(live)), annotations: ours(annotationsOf(live)) };
  if (namespace !== "") metadata.namespace = namespace;
  return { apiVersion: live.apiVersion, kind: live.kind, metadata };
}

/** What an error means for the change: overtaken, in the way, hopeless, or to be tried again. */
function failure(change: Change, error: ApiError | ConnectionError): Outcome {
  const outcome = (status: OutcomeStatus, retry: boolean): Outcome => ({
    change,
    status,
    message: error.message,
    retry,
  });
  const serverTrouble = { ...outcome("failed", true), isServerTrouble: true };
  if (error instanceof ConnectionError) return serverTrouble;
  if (error.status === 409 && change.action !== "create") return outcome("stale", false);
  // Somebody's object stands there; any other conflict of a create (over a quota, say) is one of time.
  if (error.status === 409) return error.reason === "AlreadyExists" ? outcome("conflict", false) : serverTrouble;
  // An update or a delete of what is gone: the plan is out of date. A create in a namespace that is not there may wait.
  if (error.isObjectAbsent) return change.action === "create" ? outcome("failed", true) : outcome("stale", false);
  const isHopeless = error.status === 400 || error.status === 422 || error.status === 413 ||
    // A mistyped apply is answered with 500; the same body will not do better later.
    (error.status === 500 && error.message.includes("wrong type"));
  if (isHopeless) return outcome("failed", false);
  return error.status === 429 || error.status >= 500 ? serverTrouble : outcome("failed", true);
}
