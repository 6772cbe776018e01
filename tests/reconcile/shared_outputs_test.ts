/** One name that several matches want: whose output it is once the match that wrote it does not give it any more. */
import assert from "node:assert/strict";
import { formatRef, type KubeObject } from "../../src/api/object.ts";
import { fieldAt, type JsonObject } from "../../src/json/json.ts";
import { readMarks } from "../../src/reconcile/marks.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { CLUSTERS } from "../support/clusters.ts";
import { optionsFor, session } from "../support/session.ts";
import { pipeline, World } from "../support/world.ts";

const IGNORED = "projectsveltos.io/driftDetectionIgnore: ok";
const SHARED = "Secret in/shared";

/** Gives Secret `shared`; of what has `own: true`, a Secret of its own. */
const templateWith = (annotation: string) =>
  `apiVersion: v1
kind: Secret
metadata:
  name: '{{ if .Resource.spec.own }}own-{{ .Resource.metadata.name }}{{ else }}shared{{ end }}'
  namespace: in
  annotations: { ${annotation} }
type: '{{ if .Resource.spec.mint }}kubernetes.io/service-account-token{{ else }}Opaque{{ end }}'
stringData: { v: "{{ .Resource.spec.v }}" }
`;
const cluster = (name: string, spec: JsonObject): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "in", name },
  spec: { own: false, mint: false, ...spec },
});
const key = (name: string) => `Cluster.cluster.x-k8s.io in/${name}`;
const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`);
const FAILS: JsonObject = {};
const PAUSED: JsonObject = { v: "1", paused: true };

/** What becomes of Clusters before a pass; null: it is gone. `trigger` replaces the annotations of the EventTrigger. */
type Step = { readonly trigger?: JsonObject } & { readonly [name in "a" | "b" | "c"]?: JsonObject | null };

interface Row {
  readonly name: string;
  readonly trigger?: JsonObject;
  readonly annotation?: string;
  /** At first there is `a` alone, whose output it is. Two passes follow each step. */
  readonly steps: readonly Step[];
  /** The matches on its marks in the end, and its value; undefined where it is not there any more. */
  readonly want: { readonly of: string; readonly v: string } | undefined;
}

const EQUAL: Step = { b: { v: "1" } };
const rows: readonly Row[] = [
  {
    name: "its match goes while the other is paused",
    steps: [EQUAL, { b: PAUSED }, { a: null }],
    want: { of: "b", v: "1" },
  },
  {
    name: "its match drops it while the other is paused",
    steps: [EQUAL, { b: PAUSED }, { a: { v: "1", own: true } }],
    want: { of: "b", v: "1" },
  },
  {
    name: "the other was paused as it became that one's, and fails later",
    steps: [EQUAL, { b: PAUSED }, { a: null }, { b: FAILS }],
    want: { of: "b", v: "1" },
  },
  {
    name: "a paused match that would give something else has no part in it",
    steps: [{ b: { v: "2", paused: true } }, { a: null }],
    want: undefined,
  },
  {
    name: "drift is ignored: the hand-over is noted, and the other fails later",
    annotation: IGNORED,
    steps: [EQUAL, { a: null }, { b: FAILS }],
    want: { of: "b", v: "1" },
  },
  {
    name: "drift is ignored: the other is paused later",
    annotation: IGNORED,
    steps: [EQUAL, { a: null }, { b: PAUSED }],
    want: { of: "b", v: "1" },
  },
  {
    name: "OneTime: the hand-over is noted, and the other fails later",
    trigger: { syncMode: "OneTime" },
    steps: [EQUAL, { a: null }, { b: FAILS }],
    want: { of: "b", v: "1" },
  },
  {
    name: "OneTime: what the other was not given is written anew",
    trigger: { syncMode: "OneTime" },
    steps: [{ b: { v: "2" } }, { a: null }],
    want: { of: "b", v: "2" },
  },
  {
    name: "suspended: the hand-over is noted, and the other fails later",
    steps: [EQUAL, { a: null, trigger: { "moonferry.dev/suspend": "true" } }, { b: FAILS }],
    want: { of: "b", v: "1" },
  },
  {
    name: "two newcomers want it with different contents: it goes with its match",
    steps: [{ a: null, b: { v: "2" }, c: { v: "3" } }],
    want: undefined,
  },
  {
    name: "two newcomers want it, one of them as it is: that one has it",
    steps: [{ a: null, b: { v: "2" }, c: { v: "1" } }],
    want: { of: "c", v: "1" },
  },
  {
    name: "two newcomers want it while its match fails: it stays",
    steps: [{ a: FAILS, b: { v: "2" }, c: { v: "3" } }],
    want: { of: "a", v: "1" },
  },
  {
    name: "two newcomers want it, and its match is paused and gone: it stays",
    steps: [{ a: PAUSED }, { a: null, b: { v: "2" }, c: { v: "3" } }],
    want: { of: "a", v: "1" },
  },
  {
    name: "writes are suspended: it goes with its match whoever wants its name",
    steps: [{ a: null, b: { v: "2" }, trigger: { "moonferry.dev/suspend": "true" } }],
    want: undefined,
  },
  {
    name: "all is suspended: it stays",
    steps: [{ a: null, b: { v: "2" }, trigger: { "moonferry.dev/suspend": "all" } }],
    want: { of: "a", v: "1" },
  },
  {
    name: "what a gate holds wants its name: it goes with its match",
    steps: [{ a: null, b: { v: "2", mint: true } }],
    want: undefined,
  },
];

for (const { name, trigger, annotation = "", steps, want } of rows) {
  Deno.test(`shared output: ${name}`, async () => {
    const objects = pipeline({ trigger, template: templateWith(annotation), source: { resourceSelectors: CLUSTERS } });
    const world = new World(...objects, cluster("a", { v: "1" }));
    // Enough others that nothing is a mass change.
    world.put(...Array.from({ length: 12 }, (_, index) => cluster(`x${index}`, { own: true, v: "x" })));
    const pass = session(world, optionsFor("Secret"));
    await pass();
    for (const { trigger, ...clusters } of steps) {
      if (trigger) world.put({ ...objects[0]!, metadata: { ...objects[0]!.metadata, annotations: trigger } });
      for (const [name, spec] of Object.entries(clusters)) {
        if (spec) world.put(cluster(name, spec));
        else world.remove(key(name));
      }
      await pass();
      // A pause is noted once the output is known to be that match's.
      await pass();
    }
    const there = world.get(SHARED);
    const marks = there && readMarks(there);
    const of = marks && marks !== "broken" ? marks.origin.match?.name : undefined;
    assert.deepEqual(there && { of, v: atob(fieldAt(there, "data", "v") as string) }, want);
    assert.deepEqual(done(await pass()), [], "a plan that is carried out is over");
  });
}
