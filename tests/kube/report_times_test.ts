/** Since when a trigger is as it is, by its report: kept from pass to pass and from process to process. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import type { Discovery } from "../../src/kube/discovery.ts";
import { ApiError } from "../../src/kube/errors.ts";
import { KubeStatus } from "../../src/kube/status.ts";
import { FakeClock } from "./fake_clock.ts";

const signal = new AbortController().signal;
const discovery = {} as Discovery;

/** A cluster that keeps one report, and the processes that write it one after the other. */
class Reports {
  stored: KubeObject | undefined;
  /** What was asked and written, in order. */
  readonly calls: string[] = [];
  readonly problems: string[] = [];
  readonly clock = new FakeClock();
  /** Given: what a read is answered with. */
  refusal: ApiError | undefined;
  #status = this.#start();

  #start(): KubeStatus {
    const client = {
      get: () => {
        this.calls.push("get");
        if (this.refusal) return Promise.reject(this.refusal);
        return this.stored ? Promise.resolve(this.stored) : Promise.reject(answer(404, "NotFound"));
      },
      apply: (_type: unknown, body: KubeObject) => {
        this.calls.push("apply");
        this.stored = body;
        return Promise.resolve({ object: body });
      },
    } as unknown as KubeClient;
    const onProblem = (message: string) => void this.problems.push(message);
    const options = { instance: "moonferry", reportNamespace: "own", onProblem };
    return new KubeStatus({ client, discovery, clock: this.clock }, options, signal);
  }

  restart(): void {
    this.#status = this.#start();
  }

  /** Publishes what is held, and lets ten seconds pass. */
  async tell(held: "True" | "False", message: string): Promise<void> {
    const condition = { type: "Held", status: held, reason: "Payload", message } as const;
    const ready = { type: "Ready", status: "False", reason: "Held", message } as const;
    this.#status.publish({
      trigger: "t",
      state: "present",
      conditions: [ready, condition],
      announcements: [],
      document: { trigger: "t", conditions: [{ ...ready }, { ...condition }] },
    });
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    this.clock.advance(10_000);
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  }

  get since(): number {
    const { conditions } = JSON.parse((this.stored!.data as Record<string, string>)["report.json"]!);
    return Date.parse(conditions[1].lastTransitionTime);
  }
}

const answer = (status: number, reason: string) =>
  new ApiError({
    status,
    reason,
    verb: "get",
    resource: "configmaps",
    message: reason,
    causes: [],
    kindNotServed: false,
  });
/** Times of the API have no parts of seconds. */
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000) * 1000;

Deno.test("report: a time stays while the status does, over passes and restarts, and nothing is written where nothing changed", async () => {
  const reports = new Reports();
  const start = seconds(reports.clock.now());
  await reports.tell("True", "1 held");
  await reports.tell("True", "1 held");
  assert.deepEqual(reports.calls, ["get", "apply"]);
  await reports.tell("True", "2 held");
  assert.deepEqual([reports.calls.length, reports.since], [3, start]);
  const stored = reports.stored;
  reports.restart();
  await reports.tell("True", "2 held");
  assert.deepEqual(reports.calls.slice(3), ["get"], "what an earlier process has written is not written again");
  assert.equal(reports.stored, stored);
  await reports.tell("True", "3 held");
  assert.deepEqual([reports.calls.slice(4), reports.since], [["apply"], start]);
  const later = seconds(reports.clock.now());
  await reports.tell("False", "none");
  assert.equal(reports.since, later);
  assert.ok(later > start);
});

Deno.test("report: one of an earlier version, without times, is not written for their sake", async () => {
  const reports = new Reports();
  await reports.tell("True", "1 held");
  const data = reports.stored!.data as Record<string, string>;
  const document = JSON.parse(data["report.json"]!);
  for (const condition of document.conditions) delete condition.lastTransitionTime;
  reports.stored = { ...reports.stored!, data: { ...data, "report.json": JSON.stringify(document) } };
  const before = reports.stored;
  reports.restart();
  await reports.tell("True", "1 held");
  assert.equal(reports.stored, before);
  await reports.tell("True", "2 held");
  assert.equal(reports.since, Date.parse(data.time!), "it was held at the latest when that was written");
});

Deno.test("report: where the last one may not be read, it is written all the same, and that is told once", async () => {
  const reports = new Reports();
  await reports.tell("True", "1 held");
  reports.refusal = answer(403, "Forbidden");
  reports.restart();
  const start = seconds(reports.clock.now());
  await reports.tell("True", "1 held");
  await reports.tell("True", "2 held");
  assert.deepEqual(reports.calls, ["get", "apply", "get", "apply", "apply"]);
  assert.equal(reports.since, start);
  assert.deepEqual(reports.problems, ["cannot read the last report, so its times begin anew: Forbidden"]);
});

Deno.test("report: while nobody answers what the last one says, nothing is written over it", async () => {
  const reports = new Reports();
  await reports.tell("True", "1 held");
  const { since } = reports;
  reports.refusal = answer(503, "ServiceUnavailable");
  reports.restart();
  await reports.tell("True", "2 held");
  assert.deepEqual(reports.calls.slice(2), ["get"]);
  reports.refusal = undefined;
  await reports.tell("True", "2 held");
  assert.deepEqual(reports.calls.slice(3), ["get", "apply"]);
  assert.equal(reports.since, since);
});
