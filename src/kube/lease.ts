/**
 * A `coordination.k8s.io/v1` Lease, read and written for leader election. Writes are optimistic: each names the
 * resourceVersion that it was decided on. It decides nothing; that is the controller's business.
 */
import type { LeaseAnswer, LeaseRecord, StoredLease } from "../api/lease.ts";
import type { KubeObject } from "../api/object.ts";
import type { Right } from "../api/right.ts";
import { resourceVersionOf } from "../api/object.ts";
import { fieldAt, type Json, type JsonObject } from "../json/json.ts";
import { DEFAULT_INSTANCE, FIELD_MANAGER, triggerLabelValue } from "../reconcile/marks.ts";
import type { KubeClient } from "./client.ts";
import { ApiError, ConnectionError } from "./errors.ts";
import type { ResourceType } from "./resource.ts";
import { rightTo } from "./rights.ts";

const LEASES: ResourceType = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  verbs: [],
};
const WRITE = { fieldManager: FIELD_MANAGER } as const;
/** What {@link KubeLease} asks for. */
const CALLS = ["get", "create", "patch"] as const;

/** The name of an instance's Lease: valid, and no other instance's, whatever the instance is called. */
export function leaseNameOf(instance: string): string {
  if (instance === DEFAULT_INSTANCE) return "moonferry";
  const isName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(instance);
  // An instance that is called as if it ended in a hash gets one of its own.
  const looksHashed = /-t[a-z2-7]{31}$/.test(instance);
  if (isName && !looksHashed) return `moonferry-${instance}`;
  return `moonferry-${cleaned(instance)}-${triggerLabelValue(instance)}`;
}

/** The rights to take part in the election of an instance's leader. */
export function rightsToLead(namespace: string, instance: string): Right[] {
  return CALLS.map((verb) => rightTo(verb, LEASES, { namespace, name: leaseNameOf(instance) }));
}

/** What a person recognizes the instance by. */
function cleaned(instance: string): string {
  return instance.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

export class KubeLease {
  /** @param client Of its own, so that no other request is waited for, and with a time limit well below the renew deadline. */
  constructor(readonly client: KubeClient, readonly namespace: string, readonly name: string) {}

  get description(): string {
    return `Lease ${this.namespace}/${this.name}`;
  }

  async read(signal: AbortSignal): Promise<LeaseAnswer> {
    return await this.#ask(async () => stored(await this.client.get(LEASES, this.#target(), signal)));
  }

  async create(record: LeaseRecord, signal: AbortSignal): Promise<LeaseAnswer> {
    const { namespace, name } = this;
    const object: KubeObject = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { namespace, name },
      spec: specOf(record),
    };
    const answer = await this.#ask(async () => stored(await this.client.create(LEASES, object, WRITE, signal)));
    // What can't be found is the namespace.
    if (answer.state !== "absent") return answer;
    return { state: "refused", message: `cannot create ${this.description}: there is no namespace ${namespace}` };
  }

  async update(before: StoredLease, record: LeaseRecord, signal: AbortSignal): Promise<LeaseAnswer> {
    const patch: JsonObject = { metadata: { resourceVersion: before.resourceVersion }, spec: specOf(record) };
    return await this.#ask(async () =>
      stored(await this.client.mergePatch(LEASES, this.#target(), patch, WRITE, signal))
    );
  }

  #target(): { namespace: string; name: string } {
    return { namespace: this.namespace, name: this.name };
  }

  async #ask(work: () => Promise<StoredLease>): Promise<LeaseAnswer> {
    try {
      return { state: "stored", lease: await work() };
    } catch (error) {
      if (error instanceof ConnectionError) return { state: "failed", message: error.message };
      if (!(error instanceof ApiError)) throw error;
      if (error.isObjectAbsent) return { state: "absent" };
      if (error.status === 409) return { state: "changed" };
      if (error.status === 403) return { state: "refused", message: this.#roleText(error) };
      return { state: "failed", message: error.message };
    }
  }

  #roleText({ message }: ApiError): string {
    return [
      `${message}. Leader election needs this rule in a Role of namespace ${this.namespace}, bound to this identity:`,
      "  - apiGroups: [coordination.k8s.io]",
      "    resources: [leases]",
      `    verbs: [${CALLS.join(", ")}]`,
      "Or, where there is never more than one replica: --no-leader-elect",
    ].join("\n");
  }
}

function specOf(record: LeaseRecord): JsonObject {
  return {
    holderIdentity: record.holder,
    leaseDurationSeconds: record.durationSeconds,
    acquireTime: record.acquireTime,
    renewTime: record.renewTime,
    leaseTransitions: record.transitions,
  };
}

/** As client-go reads it: what is not there is empty, or zero. */
function stored(object: KubeObject): StoredLease {
  const text = (value: Json | undefined) => typeof value === "string" ? value : "";
  const number = (value: Json | undefined) => typeof value === "number" ? value : 0;
  const spec = (name: string) => fieldAt(object, "spec", name);
  return {
    record: {
      holder: text(spec("holderIdentity")),
      durationSeconds: number(spec("leaseDurationSeconds")),
      acquireTime: text(spec("acquireTime")),
      renewTime: text(spec("renewTime")),
      transitions: number(spec("leaseTransitions")),
    },
    resourceVersion: resourceVersionOf(object) ?? "",
  };
}
