/** What writes make of answers that concern nobody's output: a namespace that another has made, a write that may not be sent now. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { KubeApplier } from "../../src/kube/apply.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { ApiError, ConnectionError, WriteRefusedError } from "../../src/kube/errors.ts";
import { KubeStatus } from "../../src/kube/status.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import type { TriggerReport } from "../../src/reconcile/report.ts";
import { FakeClock } from "./fake_clock.ts";
import { discoveryOf } from "./stub_discovery.ts";

const discovery = discoveryOf({ plural: "x", namespaced: false });
const signal = new AbortController().signal;

const TAKEN = new ApiError({
  status: 409,
  reason: "AlreadyExists",
  verb: "create",
  resource: "namespaces",
  message: "it exists already (409)",
  causes: [],
  kindNotServed: false,
});

const answer = (status: number, reason: string) =>
  new ApiError({
    status,
    reason,
    verb: "get",
    resource: "configmaps",
    message: `${status}`,
    causes: [],
    kindNotServed: false,
  });
const NO_REPORT = () => Promise.reject(answer(404, "NotFound"));

function creation(unowned: boolean): Change {
  const desired: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "in" } };
  const target = { apiVersion: "v1", kind: "Namespace", namespace: "", name: "in" };
  return {
    action: "create",
    target,
    desired,
    origin: { trigger: "t", template: target, key: "" },
    because: [],
    step: 0,
    after: [],
    unowned,
  };
}

Deno.test("a namespace that somebody else made in the meantime is there, which is all that was wanted", async () => {
  const client = { create: () => Promise.reject(TAKEN) } as unknown as KubeClient;
  const applier = new KubeApplier(client, discovery);
  assert.equal((await applier.apply(creation(true), signal)).status, "unchanged");
  assert.equal((await applier.apply(creation(false), signal)).status, "conflict");
});

Deno.test("a write that fails because of the server is told from one that somebody else has to make possible", async () => {
  const answer = (status: number, reason = "", causes: { type: string; field: string }[] = []) =>
    new ApiError({ status, reason, verb: "create", resource: "x", message: "", causes, kindNotServed: false });
  const outcomeOf = async (error: unknown) => {
    const client = { create: () => Promise.reject(error) } as unknown as KubeClient;
    const { status, retry, isServerTrouble = false } = await new KubeApplier(client, discovery)
      .apply(creation(false), signal);
    return { status, retry, isServerTrouble };
  };
  const lost = new ConnectionError("lost", "the connection was lost", "host", true);
  // A create's Conflict is not AlreadyExists: two requests met at a quota.
  for (const error of [lost, answer(500), answer(503), answer(504), answer(429), answer(409, "Conflict")]) {
    assert.deepEqual(await outcomeOf(error), { status: "failed", retry: true, isServerTrouble: true }, String(error));
  }
  for (
    const error of [answer(403, "Forbidden"), answer(403, "Forbidden", [{ type: "NamespaceTerminating", field: "" }])]
  ) {
    assert.deepEqual(await outcomeOf(error), { status: "failed", retry: true, isServerTrouble: false });
  }
  assert.deepEqual(await outcomeOf(answer(422)), { status: "failed", retry: false, isServerTrouble: false });
  assert.deepEqual(await outcomeOf(TAKEN), { status: "conflict", retry: false, isServerTrouble: false });
});

Deno.test("a write that the lease forbids has failed for now, and is no error of the program", async () => {
  const client = {
    create: () => Promise.reject(new WriteRefusedError("cannot write: the lease is not renewed")),
  } as unknown as KubeClient;
  const { status, message, retry } = await new KubeApplier(client, discovery).apply(creation(false), signal);
  assert.deepEqual([status, message, retry], ["failed", "cannot write: the lease is not renewed", true]);
});

Deno.test("status: a write that the lease forbids is told, and ends nothing", async () => {
  const problems: string[] = [];
  const client = {
    get: NO_REPORT,
    apply: () => Promise.reject(new WriteRefusedError("cannot write: the lease is not renewed")),
    create: () => Promise.reject(new WriteRefusedError("cannot write: the lease is not renewed")),
  } as unknown as KubeClient;
  const status = new KubeStatus(
    { client, discovery, clock: new FakeClock() },
    { instance: "moonferry", reportNamespace: "own", onProblem: (message) => problems.push(message) },
    signal,
  );
  const object: KubeObject = {
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "EventTrigger",
    metadata: { name: "t" },
  };
  const report: TriggerReport = {
    trigger: "t",
    state: "present",
    object,
    conditions: [],
    announcements: [{ type: "Warning", reason: "Held", message: "x" }],
    document: {},
  };
  status.publish(report);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  assert.deepEqual(problems, [
    "cannot record an Event: cannot write: the lease is not renewed",
    "cannot write the report: cannot write: the lease is not renewed",
  ]);
});

Deno.test("status: a problem is told once, and ever new ones are not remembered for ever", async () => {
  const problems: string[] = [];
  let number = 0;
  const client = {
    get: NO_REPORT,
    apply: () => Promise.reject(new WriteRefusedError(`no ${number}`)),
    create: () => Promise.reject(new WriteRefusedError("never mind")),
  } as unknown as KubeClient;
  const clock = new FakeClock();
  const status = new KubeStatus(
    { client, discovery, clock },
    { instance: "moonferry", reportNamespace: "own", onProblem: (message) => problems.push(message) },
    signal,
  );
  const tell = async (one: number) => {
    number = one;
    status.publish({ trigger: "t", state: "present", conditions: [], announcements: [], document: {} });
    await clock.untilSleeping(() => true);
    clock.advance(10_000);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  for (let one = 0; one < 300; one++) await tell(one);
  await tell(299);
  assert.equal(problems.length, 300);
  await tell(0);
  assert.equal(problems.at(-1), "cannot write the report: no 0");
});

Deno.test("status: the report of a trigger that is gone stays until all that it gave is gone, too", async () => {
  const calls: string[] = [];
  const clock = new FakeClock();
  const client = {
    get: NO_REPORT,
    apply: (_type: unknown, { kind }: KubeObject) => Promise.resolve(void calls.push(`apply ${kind}`)),
    delete: () => Promise.resolve(void calls.push("delete")),
  } as unknown as KubeClient;
  const parts = { client, discovery, clock };
  const options = {
    instance: "moonferry",
    reportNamespace: "own",
    onProblem: (message: string) => assert.fail(message),
  };
  const status = new KubeStatus(parts, options, signal);
  const tell = async (condition: "True" | "False") => {
    const ready = { type: "Ready", status: condition, reason: "X", message: "1 held" } as const;
    const document = { conditions: [{ ...ready }] };
    status.publish({ trigger: "t", state: "deleted", conditions: [ready], announcements: [], document });
    await clock.untilSleeping(() => true);
    clock.advance(10_000);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  await tell("False");
  assert.deepEqual(calls, ["apply ConfigMap"]);
  await tell("True");
  assert.deepEqual(calls, ["apply ConfigMap", "delete"]);
});
