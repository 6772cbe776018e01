/** A delete, call by call: what lost our field manager is claimed first, and only the very object that was judged may go. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { KubeApplier } from "../../src/kube/apply.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { ApiError } from "../../src/kube/errors.ts";
import type { Json } from "../../src/json/json.ts";
import { addMarks, FIELD_MANAGER } from "../../src/reconcile/marks.ts";
import type { OutcomeStatus } from "../../src/reconcile/apply.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import { discoveryOf } from "./stub_discovery.ts";

const signal = new AbortController().signal;
const TARGET = { apiVersion: "v1", kind: "Secret", namespace: "in", name: "out" };
const ORIGIN = { trigger: "t", template: { ...TARGET, kind: "ConfigMap" }, key: "k" };

const discovery = discoveryOf({ plural: "secrets", namespaced: true });

function deletionOf(managers: readonly string[]): Change {
  const bare: KubeObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace: "in",
      name: "out",
      uid: "u",
      resourceVersion: "7",
      labels: { "team": "a" },
      managedFields: managers.map((manager) => ({ manager, operation: "Apply", fieldsV1: {} })),
    },
    data: { v: "eA==" },
  };
  const live = addMarks(bare, "moonferry", ORIGIN, "withdraw");
  return { action: "delete", target: TARGET, origin: ORIGIN, live, because: [], step: 0, after: [] };
}

/** A client that writes down what it is asked, and answers with a later version, or with an error. */
function recorded(errors: { apply?: ApiError; delete?: ApiError } = {}) {
  const calls: string[] = [];
  const bodies: KubeObject[] = [];
  const client = {
    apply: (_type: unknown, body: KubeObject, options: Record<string, Json>) => {
      calls.push(`apply as ${options.fieldManager}, force ${options.force}, on u/${body.metadata.resourceVersion}`);
      bodies.push(body);
      if (errors.apply) return Promise.reject(errors.apply);
      return Promise.resolve({ object: { ...body, metadata: { ...body.metadata, resourceVersion: "8" } } });
    },
    delete: (_type: unknown, { namespace, name }: KubeObject["metadata"], options: Record<string, Json>) => {
      calls.push(`delete ${namespace}/${name} if ${options.uid}/${options.resourceVersion}`);
      return errors.delete ? Promise.reject(errors.delete) : Promise.resolve();
    },
  } as unknown as KubeClient;
  return { calls, bodies, applier: new KubeApplier(client, discovery) };
}

const answer = (status: number, reason: string) =>
  new ApiError({ status, reason, verb: "delete", resource: "secrets", message: "", causes: [], kindNotServed: false });

const CLAIM = `apply as ${FIELD_MANAGER}, force true, on u/7`;

const ROWS: readonly {
  readonly name: string;
  readonly managers: readonly string[];
  readonly errors?: Parameters<typeof recorded>[0];
  readonly calls: readonly string[];
  readonly status: OutcomeStatus;
}[] = [
  {
    name: "with our field manager: deleted as it was seen",
    managers: [FIELD_MANAGER],
    calls: ["delete in/out if u/7"],
    status: "done",
  },
  {
    name: "ours among others: deleted as it was seen",
    managers: ["kubectl", FIELD_MANAGER],
    calls: ["delete in/out if u/7"],
    status: "done",
  },
  {
    name: "without any: claimed first, and deleted as it was claimed",
    managers: [],
    calls: [CLAIM, "delete in/out if u/8"],
    status: "done",
  },
  {
    name: "with somebody else's: claimed first, and deleted as it was claimed",
    managers: ["velero"],
    calls: [CLAIM, "delete in/out if u/8"],
    status: "done",
  },
  {
    name: "changed before it was claimed: not deleted",
    managers: ["velero"],
    errors: { apply: answer(409, "Conflict") },
    calls: [CLAIM],
    status: "stale",
  },
  {
    name: "not to be claimed: not deleted",
    managers: ["velero"],
    errors: { apply: answer(403, "Forbidden") },
    calls: [CLAIM],
    status: "failed",
  },
  {
    name: "changed before it was deleted: it stays",
    managers: [FIELD_MANAGER],
    errors: { delete: answer(409, "Conflict") },
    calls: ["delete in/out if u/7"],
    status: "stale",
  },
  {
    name: "gone already: done",
    managers: [FIELD_MANAGER],
    errors: { delete: answer(404, "NotFound") },
    calls: ["delete in/out if u/7"],
    status: "done",
  },
];

for (const { name, managers, errors, calls, status } of ROWS) {
  Deno.test(`delete of an output, ${name}`, async () => {
    const server = recorded(errors);
    const outcome = await server.applier.apply(deletionOf(managers), signal);
    assert.deepEqual(server.calls, calls);
    assert.equal(outcome.status, status);
  });
}

Deno.test("what claims an output for its delete says its name and our marks, and nothing else of it", async () => {
  const server = recorded();
  const change = deletionOf([]);
  await server.applier.apply(change, signal);
  const { labels, annotations } = addMarks(
    { apiVersion: "v1", kind: "Secret", metadata: {} as KubeObject["metadata"] },
    "moonferry",
    ORIGIN,
    "withdraw",
  ).metadata;
  const metadata = { namespace: "in", name: "out", uid: "u", resourceVersion: "7", labels, annotations };
  assert.deepEqual(server.bodies, [{ apiVersion: "v1", kind: "Secret", metadata }]);
});
