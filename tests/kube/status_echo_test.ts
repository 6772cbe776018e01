/** What our own status looks like when a watch brings it back, and what must not be taken for it. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import type { Json, JsonObject } from "../../src/json/json.ts";
import { isStatusEcho } from "../../src/kube/status_echo.ts";

const entry = (manager: string, time: string): Json => ({ manager, operation: "Apply", time });

function trigger(metadata: JsonObject, more: JsonObject = {}): KubeObject {
  return {
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "EventTrigger",
    metadata: { name: "t", generation: 1, managedFields: [entry("kubectl", "1")], ...metadata },
    spec: { eventSourceName: "s" },
    ...more,
  };
}

const OLD = trigger({ resourceVersion: "1" });
const ECHO = trigger({ resourceVersion: "2", managedFields: [entry("kubectl", "1"), entry("moonferry", "2")] }, {
  status: { conditions: [{ type: "Ready" }] },
});

Deno.test("a trigger whose status alone has changed, by us, is an echo", () => {
  assert.equal(isStatusEcho({ type: "modified", object: ECHO, old: OLD, seen: "watch" }), true);
  assert.equal(isStatusEcho({ type: "modified", object: OLD, old: ECHO, seen: "watch" }), true);
});

Deno.test("any other change is none: its spec, labels, annotations, its end, another writer, another kind", () => {
  const change = (object: KubeObject, old = OLD) => isStatusEcho({ type: "modified", object, old, seen: "watch" });
  assert.equal(change({ ...ECHO, spec: { eventSourceName: "other" } }), false);
  const changed: JsonObject[] = [{ labels: { a: "b" } }, { annotations: { a: "b" } }, { deletionTimestamp: "x" }, {
    uid: "u",
  }];
  for (const metadata of changed) {
    assert.equal(
      change(trigger({ resourceVersion: "2", ...metadata }, { status: {} })),
      false,
      JSON.stringify(metadata),
    );
  }
  // Sveltos writes a status too, and whether it does so decides who handles the trigger.
  const sveltos = trigger({
    resourceVersion: "2",
    managedFields: [entry("kubectl", "1"), entry("event-manager", "2")],
  });
  assert.equal(change({ ...sveltos, status: {} }), false);
  assert.equal(isStatusEcho({ type: "deleted", object: ECHO, old: OLD, seen: "watch" }), false);
  assert.equal(isStatusEcho({ type: "added", object: ECHO, seen: "watch" }), false);
  const cluster = (status: JsonObject): KubeObject => ({ ...OLD, kind: "SveltosCluster", status });
  assert.equal(change(cluster({ ready: true }), cluster({ ready: false })), false);
});
