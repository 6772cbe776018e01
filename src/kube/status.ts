/**
 * Tells the cluster how its triggers are: conditions in `status` (server-side apply, our fields alone, where the definition
 * of EventTrigger has conditions and Sveltos does not handle the trigger), Kubernetes Events, and a report ConfigMap. It
 * never fails the loop: what can't be written is told once.
 */
import { createHash } from "node:crypto";
import { type KubeObject, nameOf, uidOf } from "../api/object.ts";
import type { Right } from "../api/right.ts";
import { canonicalJson, fieldAt, stringifyJson } from "../json/json.ts";
import { DOMAIN, FIELD_MANAGER, TRIGGER_ANNOTATION, triggerLabelValue } from "../reconcile/marks.ts";
import {
  type Announcement,
  isHandledBySveltos,
  isSameReport,
  readReport,
  timedConditions,
  timedDocument,
  type TriggerReport,
  type WrittenReport,
} from "../reconcile/report.ts";
import type { KubeClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Discovery } from "./discovery.ts";
import { ApiError, ConnectionError, WriteRefusedError } from "./errors.ts";
import { RecentTexts } from "./recent_texts.ts";
import type { ResourceType } from "./resource.ts";
import { rightTo } from "./rights.ts";

/** At most one write of a trigger's status in this time (reliability Decision 15). */
export const STATUS_INTERVAL = 10_000;
/** So many different problems are remembered as told: an object's name may stand in each. */
const MAX_PROBLEMS = 200;
/** Events of cluster-scoped objects are kept there. */
const EVENTS_NAMESPACE = "default";

const TRIGGERS = { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventTrigger" };
const EVENTS: ResourceType = { group: "", version: "v1", kind: "Event", plural: "events", namespaced: true, verbs: [] };
const CONFIG_MAPS: ResourceType = { ...EVENTS, kind: "ConfigMap", plural: "configmaps" };
const WRITE = { fieldManager: FIELD_MANAGER } as const;

/** What {@link KubeStatus} calls: of Events and of reports, which an apply makes. */
const EVENT_CALLS = ["create", "get", "patch"] as const;
const REPORT_CALLS = ["get", "apply", "create", "delete"] as const;

/** The rights to tell how triggers are; without a namespace for reports, none are written. */
export function rightsToReport(reportNamespace: string | undefined): Right[] {
  const triggers = { group: TRIGGERS.group, plural: "eventtriggers", namespaced: false };
  return [
    rightTo("apply", triggers, { subresource: "status" }),
    ...EVENT_CALLS.map((verb) => rightTo(verb, EVENTS, { namespace: EVENTS_NAMESPACE })),
    ...(reportNamespace === undefined
      ? []
      : REPORT_CALLS.map((verb) => rightTo(verb, CONFIG_MAPS, { namespace: reportNamespace }))),
  ];
}

export interface StatusParts {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly clock: Clock;
}

export interface StatusOptions {
  readonly instance: string;
  /** Where report ConfigMaps go; absent: none are written. */
  readonly reportNamespace?: string;
  /** What could not be written, said once each. */
  readonly onProblem: (message: string) => void;
}

/** What is known of one trigger's status, as this process has written it. */
interface Written {
  /** What stands in its report; null: there is none, or it can't be read. Absent: not asked yet. */
  report?: WrittenReport | null;
  conditions?: string;
  readonly announced: Set<string>;
  pending?: TriggerReport;
  isWorking: boolean;
}

export class KubeStatus {
  readonly #written = new Map<string, Written>();
  readonly #problems = new RecentTexts(MAX_PROBLEMS);
  /** Whether the served definition has conditions; undefined: not asked yet. */
  #hasConditions: boolean | undefined;

  constructor(readonly parts: StatusParts, readonly options: StatusOptions, readonly signal: AbortSignal) {}

  /** Publishes the report, or a later one in its place where the last write was a moment ago. */
  publish(report: TriggerReport): void {
    const known = this.#written.get(report.trigger) ?? { announced: new Set<string>(), isWorking: false };
    this.#written.set(report.trigger, known);
    known.pending = report;
    if (!known.isWorking) void this.#work(known);
  }

  async #work(known: Written): Promise<void> {
    known.isWorking = true;
    try {
      while (known.pending && !this.signal.aborted) {
        const report = known.pending;
        known.pending = undefined;
        if (await this.#write(report, known)) await this.parts.clock.sleep(STATUS_INTERVAL, this.signal);
      }
    } catch (error) {
      if (!this.signal.aborted) throw error;
    } finally {
      known.isWorking = false;
    }
  }

  /** True where anything was written. */
  async #write(report: TriggerReport, known: Written): Promise<boolean> {
    // What a trigger that is gone has left behind is told of until it is gone as well.
    const isOver = report.conditions.every(({ type, status }) => type !== "Ready" || status === "True");
    if (report.state === "deleted" && isOver) {
      this.#written.delete(report.trigger);
      return await this.#attempt("delete the report", () => this.#deleteReport(report.trigger));
    }
    const wrote = [
      await this.#attempt("write conditions", () => this.#writeConditions(report, known)),
      await this.#attempt("record an Event", () => this.#announce(report, known)),
      await this.#attempt("write the report", () => this.#writeReport(report, known)),
    ];
    return wrote.includes(true);
  }

  async #attempt(what: string, work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      const isTellable = [ApiError, ConnectionError, WriteRefusedError].some((type) => error instanceof type);
      if (this.signal.aborted || !isTellable) throw error;
      const message = `cannot ${what}: ${(error as Error).message}`;
      if (this.#problems.note(message)) this.options.onProblem(message);
      return true;
    }
  }

  async #writeConditions(report: TriggerReport, known: Written): Promise<boolean> {
    const { object, conditions } = report;
    if (!object || isHandledBySveltos(object)) return false;
    const key = canonicalJson([
      ...conditions.map((condition) => ({ ...condition })),
      uidOf(object) ?? "",
      generationOf(object),
    ]);
    if (known.conditions === key) return false;
    const answer = await this.parts.discovery.resolve(TRIGGERS, this.signal);
    if (answer.state !== "served" || !answer.type.subresources?.includes("status")) return false;
    const body: KubeObject = {
      apiVersion: `${TRIGGERS.group}/${TRIGGERS.version}`,
      kind: TRIGGERS.kind,
      // The uid keeps a trigger that was deleted meanwhile from being made again.
      metadata: { name: nameOf(object), ...(uidOf(object) ? { uid: uidOf(object)! } : {}) },
      status: { conditions: timedConditions(report, this.#now()) },
    };
    if (!await this.#acceptsConditions(answer.type, body)) return false;
    await this.parts.client.apply(answer.type, body, { ...WRITE, force: true, subresource: "status" }, this.signal);
    known.conditions = key;
    return true;
  }

  /** Sveltos's definition has no conditions and would drop them: a dry run shows that and writes nothing. */
  async #acceptsConditions(type: ResourceType, body: KubeObject): Promise<boolean> {
    if (this.#hasConditions === undefined) {
      const options = { ...WRITE, force: true, subresource: "status", dryRun: true };
      const { object } = await this.parts.client.apply(type, body, options, this.signal);
      this.#hasConditions = Array.isArray(fieldAt(object, "status", "conditions"));
    }
    return this.#hasConditions;
  }

  async #announce({ object, announcements }: TriggerReport, known: Written): Promise<boolean> {
    if (!object) return false;
    const now = new Set(announcements.map(announcementKey));
    for (const key of known.announced) if (!now.has(key)) known.announced.delete(key);
    const fresh = announcements.filter((announcement) => !known.announced.has(announcementKey(announcement)));
    for (const announcement of fresh) {
      await this.#record(object, announcement);
      known.announced.add(announcementKey(announcement));
    }
    return fresh.length > 0;
  }

  /** One Event for each thing that can be said; what was said before counts up. */
  async #record(object: KubeObject, { type, reason, message }: Announcement): Promise<void> {
    const digest = createHash("sha256").update(canonicalJson([uidOf(object) ?? "", reason, message])).digest("hex");
    const name = `${nameOf(object).slice(0, 200)}.${digest.slice(0, 16)}`;
    const now = this.#now();
    const event: KubeObject = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: EVENTS_NAMESPACE },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name: nameOf(object),
        ...(uidOf(object) ? { uid: uidOf(object)! } : {}),
      },
      type,
      reason,
      message,
      source: { component: "moonferry" },
      reportingComponent: `${DOMAIN}/moonferry`,
      reportingInstance: this.options.instance,
      action: "Reconcile",
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    try {
      await this.parts.client.create(EVENTS, event, WRITE, this.signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const target = { namespace: EVENTS_NAMESPACE, name };
      const there = await this.parts.client.get(EVENTS, target, this.signal);
      const count = typeof there.count === "number" ? there.count + 1 : 2;
      await this.parts.client.mergePatch(EVENTS, target, { count, lastTimestamp: now }, WRITE, this.signal);
    }
  }

  async #writeReport(report: TriggerReport, known: Written): Promise<boolean> {
    const { reportNamespace } = this.options;
    if (reportNamespace === undefined) return false;
    // What an earlier process has written says since when things are as they are.
    if (known.report === undefined) known.report = await this.#readReport(report.trigger, reportNamespace) ?? null;
    const last = known.report ?? undefined;
    if (last && isSameReport(report.document, last)) return false;
    const time = this.#now();
    const document = timedDocument(report.document, last, time);
    const body: KubeObject = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: this.#reportName(report.trigger),
        namespace: reportNamespace,
        labels: {
          "app.kubernetes.io/managed-by": "moonferry",
          [`${DOMAIN}/report`]: triggerLabelValue(report.trigger),
        },
        annotations: { [TRIGGER_ANNOTATION]: report.trigger },
      },
      data: { "report.json": stringifyJson(document, 2), time },
    };
    await this.parts.client.apply(CONFIG_MAPS, body, { ...WRITE, force: true }, this.signal);
    known.report = { document, time };
    return true;
  }

  /** Undefined where there is none, or where it may not be read: then its times begin anew. */
  async #readReport(trigger: string, namespace: string): Promise<WrittenReport | undefined> {
    try {
      const target = { namespace, name: this.#reportName(trigger) };
      return readReport(await this.parts.client.get(CONFIG_MAPS, target, this.signal));
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isObjectAbsent || error.status === 403)) throw error;
      const message = `cannot read the last report, so its times begin anew: ${error.message}`;
      if (error.status === 403 && this.#problems.note(message)) this.options.onProblem(message);
      return undefined;
    }
  }

  async #deleteReport(trigger: string): Promise<boolean> {
    const { reportNamespace } = this.options;
    if (reportNamespace === undefined) return false;
    try {
      const target = { namespace: reportNamespace, name: this.#reportName(trigger) };
      await this.parts.client.delete(CONFIG_MAPS, target, {}, this.signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isObjectAbsent) throw error;
    }
    return true;
  }

  /** Equal for one instance and one trigger, and a name whatever they are called. */
  #reportName(trigger: string): string {
    return `moonferry-report-${triggerLabelValue(`${this.options.instance}/${trigger}`)}`;
  }

  #now(): string {
    return new Date(this.parts.clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function announcementKey({ reason, message }: Announcement): string {
  return canonicalJson([reason, message]);
}

function generationOf(object: KubeObject): number {
  const generation = fieldAt(object, "metadata", "generation");
  return typeof generation === "number" ? generation : 0;
}
