/** `status` shows what keeps an output as it is, whoever has put the mark there. */
import assert from "node:assert/strict";
import { annotationsOf, type KubeObject } from "../../src/api/object.ts";
import { addMarks } from "../../src/reconcile/marks.ts";
import type { ObjectQuery, ObjectReader } from "../../src/reconcile/reader.ts";
import { runOn } from "../support/commands.ts";

const TRIGGER: KubeObject = {
  apiVersion: "lib.projectsveltos.io/v1beta1",
  kind: "EventTrigger",
  metadata: { name: "t" },
};

function output(name: string, annotations: Record<string, string>): KubeObject {
  const metadata = { namespace: "team", name, creationTimestamp: "1970-01-01T00:00:00Z" };
  const template = { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "c" };
  const object = { apiVersion: "v1", kind: "Secret", metadata, data: {} };
  const marked = addMarks(object, "moonferry", { trigger: "t", template, key: "k" }, "withdraw");
  return { ...marked, metadata: { ...marked.metadata, annotations: { ...annotationsOf(marked), ...annotations } } };
}

const OUTPUTS = [
  output("plain", {}),
  output("paused", { "moonferry.dev/paused": "Cluster.cluster.x-k8s.io mgmt/gone" }),
  output("shared", {
    "moonferry.dev/paused": ["a", "b", "c", "d", "e"].map((name) => `Cluster.cluster.x-k8s.io mgmt/${name}`).join(", "),
  }),
  output("forged", { "moonferry.dev/paused": "\u001b[31mwhatever" }),
  output("taken", { "projectsveltos.io/owner-kind": "ClusterProfile", "projectsveltos.io/owner-name": "p" }),
];

const reader: ObjectReader = {
  list: ({ kind }: ObjectQuery) =>
    Promise.resolve({ objects: kind === "EventTrigger" ? [TRIGGER] : kind === "Secret" ? OUTPUTS : [] }),
  kindOf: () => assert.fail("not asked"),
};

Deno.test("status: pauses and Sveltos's marks are shown on the outputs that they keep as they are", async () => {
  const { said } = await runOn(reader, ["status"]);
  const line = (name: string) => said.split("\n").find((text) => text.includes(` ${name} `)) ?? "";
  assert.doesNotMatch(line("plain"), /kept/);
  assert.match(line("paused"), /kept as it is: Cluster mgmt\/gone is paused/);
  assert.match(
    line("shared"),
    /kept as it is: Cluster mgmt\/a, Cluster mgmt\/b, Cluster mgmt\/c and 2 more are paused/,
  );
  assert.match(line("taken"), /kept as it is: Sveltos's marks are on it/);
  assert.doesNotMatch(line("forged"), /kept/, "what names no Cluster says nothing");
  assert.ok(!said.includes("\u001b"), "no annotation reaches the terminal as it is");
});

Deno.test("status -o json: the same for machines", async () => {
  const { said } = await runOn(reader, ["status", "-o", "json"]);
  const [trigger] = JSON.parse(said).triggers;
  const marks = trigger.outputs.map((
    { object, paused, sveltos }: { object: { name: string }; paused?: string; sveltos: boolean },
  ) => [object.name, paused, sveltos]);
  assert.deepEqual(marks, [
    ["plain", undefined, false],
    ["paused", "Cluster.cluster.x-k8s.io mgmt/gone", false],
    ["shared", annotationsOf(OUTPUTS[2]!)["moonferry.dev/paused"], false],
    ["forged", undefined, false],
    ["taken", undefined, true],
  ]);
});

Deno.test("status: since when something is held is known of the report where the trigger's status has no conditions", async () => {
  // Sveltos's own definition drops ours.
  const trigger = { ...TRIGGER, status: { clusterInfo: [] } };
  const since = "1969-12-29T00:00:00Z", message = "2 held; create Secret team/x by gate payload: …";
  const conditions = [
    { type: "Ready", status: "False", reason: "Held", message, lastTransitionTime: "1969-12-31T21:00:00Z" },
    { type: "Held", status: "True", reason: "Payload", message, lastTransitionTime: since },
  ];
  const report = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "moonferry", name: "r" },
    data: { "report.json": JSON.stringify({ trigger: "t", conditions }), time: "1970-01-01T00:00:00Z" },
  };
  const of = (kind: string): KubeObject[] => kind === "EventTrigger" ? [trigger] : kind === "ConfigMap" ? [report] : [];
  const held = { ...reader, list: ({ kind }: ObjectQuery) => Promise.resolve({ objects: of(kind) }) };
  const { said, code } = await runOn(held, ["status"]);
  assert.match(said, /not ready: Held for 3 h/);
  assert.match(said, /held for 3 d: 2 held; create Secret team\/x by gate payload/);
  assert.equal(code, 3);
  const json = await runOn(held, ["status", "-o", "json"]);
  assert.equal(JSON.parse(json.said).triggers[0].held.since, since);
});

Deno.test("status: what somebody forged into marks neither moves the cursor nor makes lines of its own", async () => {
  const forged = "x\u001b]0;title\u0007\u009b2J\u202e\nEventTrigger fine  Ready";
  const origin = (name: string) => ({
    match: { apiVersion: "v1", kind: "Secret", namespace: "team", name },
    template: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "c" },
    key: "k",
  });
  const outputs = [
    output("a", { "moonferry.dev/origin": JSON.stringify(origin(forged)) }),
    addMarks(output("b", {}), "moonferry", { trigger: forged, ...origin("m") }, "withdraw"),
  ];
  const of = (kind: string) => kind === "EventTrigger" ? [TRIGGER] : kind === "Secret" ? outputs : [];
  const forgedReader = { ...reader, list: ({ kind }: ObjectQuery) => Promise.resolve({ objects: of(kind) }) };
  const { said, code } = await runOn(forgedReader, ["status"]);
  assert.doesNotMatch(said, /^EventTrigger fine/m);
  assert.match(said, /Secret a .*x\ufffd\]0;title/);
  assert.match(said, /don't agree, so nobody owns these:\n +Secret team\/b/);
  // deno-lint-ignore no-control-regex -- none of them may be there
  assert.doesNotMatch(said, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  assert.equal(code, 3);
});
