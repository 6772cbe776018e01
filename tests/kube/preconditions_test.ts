/** What is there is changed only as the object that was judged: every call of a write names its uid and version. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { KubeApplier } from "../../src/kube/apply.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { ApiError } from "../../src/kube/errors.ts";
import { addMarks, FIELD_MANAGER } from "../../src/reconcile/marks.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import { discoveryOf } from "./stub_discovery.ts";

const signal = new AbortController().signal;
const TARGET = { apiVersion: "v1", kind: "Secret", namespace: "in", name: "out" };
const ORIGIN = { trigger: "t", template: { ...TARGET, kind: "ConfigMap" }, key: "k" };

const discovery = discoveryOf({ plural: "secrets", namespaced: true });

const marked = (metadata: Partial<KubeObject["metadata"]>, data: Record<string, string>): KubeObject =>
  addMarks(
    { apiVersion: "v1", kind: "Secret", metadata: { namespace: "in", name: "out", ...metadata }, data },
    "moonferry",
    ORIGIN,
    "withdraw",
  );

const live = (operation: string) =>
  marked({
    uid: "u",
    resourceVersion: "7",
    managedFields: [{ manager: FIELD_MANAGER, operation, fieldsV1: {} }],
  }, { v: "eA==", foreign: "eA==" });

const base = { target: TARGET, origin: ORIGIN, because: [], step: 0, after: [] };
const desired = marked({}, { v: "eQ==" });

/** A server whose every write makes the next version, and that says which version each write named. */
function versions(error?: ApiError) {
  const calls: string[] = [];
  let version = 7;
  const answer = (call: string, { uid, resourceVersion }: { uid?: unknown; resourceVersion?: unknown }) => {
    calls.push(`${call} on ${uid}/${resourceVersion}`);
    return error ? Promise.reject(error) : Promise.resolve(String(++version));
  };
  const object = (resourceVersion: string): KubeObject => ({
    ...live("Apply"),
    metadata: { ...live("Apply").metadata, resourceVersion },
  });
  const client = {
    create: (_: unknown, { metadata }: KubeObject) => answer("create", metadata).then(object),
    apply: (_: unknown, { metadata }: KubeObject, { subresource = "" }: { subresource?: string }) =>
      answer(`apply${subresource && ` ${subresource}`}`, metadata).then((version) => ({ object: object(version) })),
    mergePatch: (_type: unknown, _target: unknown, { metadata }: KubeObject) => answer("patch", metadata).then(object),
    delete: (_type: unknown, _target: unknown, options: { uid?: unknown; resourceVersion?: unknown }) =>
      answer("delete", options),
  } as unknown as KubeClient;
  return { calls, applier: new KubeApplier(client, discovery) };
}

const ROWS: readonly { readonly name: string; readonly change: Change; readonly calls: readonly string[] }[] = [
  {
    name: "a first publication is a create, which names nothing that is there",
    change: { ...base, action: "create", desired },
    calls: ["create on undefined/undefined"],
  },
  {
    name: "an update names what was judged",
    change: { ...base, action: "update", desired, live: live("Apply") },
    calls: ["apply on u/7", "patch on u/8"],
  },
  {
    name: "an update of what was booked otherwise names what was judged",
    change: { ...base, action: "update", desired, live: live("Update") },
    calls: ["patch on u/7", "apply on u/8", "patch on u/9"],
  },
  {
    name: "an update with a subresource names what was judged",
    change: { ...base, action: "update", desired, live: live("Apply"), subresources: ["status"] },
    calls: ["apply on u/7", "patch on u/8", "apply status on u/9"],
  },
  {
    name: "a takeover names what was judged",
    change: { ...base, action: "update", desired, live: live("Apply"), takeover: true },
    calls: ["patch on u/7"],
  },
  {
    name: "a release names what was judged",
    change: { ...base, action: "update", live: live("Apply"), release: true },
    calls: ["patch on u/7"],
  },
  {
    name: "the mark of a pause names what was judged",
    change: { ...base, action: "update", live: live("Apply"), marks: { "moonferry.dev/paused": "Cluster a/b" } },
    calls: ["patch on u/7"],
  },
  {
    name: "a delete names what was judged",
    change: { ...base, action: "delete", live: live("Apply") },
    calls: ["delete on u/7"],
  },
];

for (const { name, change, calls } of ROWS) {
  Deno.test(name, async () => {
    const server = versions();
    const { status, written } = await server.applier.apply(change, signal);
    assert.equal(status, "done");
    assert.deepEqual(server.calls, calls);
    // The version that the last call made, which the watch will tell.
    const last = change.action === "delete" ? {} : { resourceVersion: String(7 + calls.length) };
    assert.deepEqual(written, { uid: "u", ...last });
  });
}

for (const { name, change, calls } of ROWS.filter(({ change }) => change.live)) {
  Deno.test(`${name}; where it is another by now, nothing more is tried`, async () => {
    const changed = { status: 409, reason: "Conflict", verb: "apply", resource: "secrets", message: "" } as const;
    const server = versions(new ApiError({ ...changed, causes: [], kindNotServed: false }));
    const { status, written } = await server.applier.apply(change, signal);
    assert.deepEqual([status, written], ["stale", undefined]);
    assert.deepEqual(server.calls, calls.slice(0, 1));
  });
}
