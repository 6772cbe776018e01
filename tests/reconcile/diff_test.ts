/** Which differences between desired and live count. */
import assert from "node:assert/strict";
import { differences } from "../../src/reconcile/diff.ts";
import { object } from "../support/world.ts";

const DESIRED = "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: b}}, type: Opaque, data: {k: eA==}}";

const ROWS: readonly { name: string; live: string; desired?: string; want: string[] }[] = [
  { name: "the same", live: DESIRED, want: [] },
  {
    name: "what the server adds",
    live:
      "{apiVersion: v1, kind: Secret, metadata: {name: x, uid: u, labels: {a: b, other: c}}, type: Opaque, data: {k: eA==}}",
    want: [],
  },
  {
    name: "a label",
    live: "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: c}}, type: Opaque, data: {k: eA==}}",
    want: ["metadata.labels.a"],
  },
  {
    name: "a missing label",
    live: "{apiVersion: v1, kind: Secret, metadata: {name: x}, type: Opaque, data: {k: eA==}}",
    want: ["metadata.labels"],
  },
  {
    name: "a value",
    live: "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: b}}, type: Opaque, data: {k: eQ==}}",
    want: ["data.k"],
  },
  {
    name: "a key that nobody asked for",
    live: "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: b}}, type: Opaque, data: {k: eA==, l: eQ==}}",
    want: ["data.l (not asked for)"],
  },
  {
    name: "a list by its elements",
    desired: "{apiVersion: v1, kind: X, l: [1, {a: b}]}",
    live: "{apiVersion: v1, kind: X, l: [1, {a: c}]}",
    want: ["l[1].a"],
  },
  {
    name: "a list that is longer",
    desired: "{apiVersion: v1, kind: X, l: [1]}",
    live: "{apiVersion: v1, kind: X, l: [1, 2]}",
    want: ["l"],
  },
  {
    name: "a null that is not there",
    desired: "{apiVersion: v1, kind: X, n: null}",
    live: "{apiVersion: v1, kind: X}",
    want: [],
  },
  {
    name: "an empty map that is not there",
    desired: "{apiVersion: v1, kind: X, m: {}}",
    live: "{apiVersion: v1, kind: X}",
    want: [],
  },
  {
    name: "a field that we own and no longer ask for",
    desired: "{apiVersion: v1, kind: X, spec: {a: 1}}",
    live:
      "{apiVersion: v1, kind: X, spec: {a: 1, b: 2}, metadata: {managedFields: [{manager: moonferry, fieldsV1: {f:spec: {f:a: {}, f:b: {}}}}]}}",
    want: ["spec.b (no longer asked for)"],
  },
  {
    name: "a field that another manager owns",
    desired: "{apiVersion: v1, kind: X, spec: {a: 1}}",
    live:
      "{apiVersion: v1, kind: X, spec: {a: 1, b: 2}, metadata: {managedFields: [{manager: other, fieldsV1: {f:spec: {f:b: {}}}}]}}",
    want: [],
  },
];

for (const { name, desired = DESIRED, live, want } of ROWS) {
  Deno.test(`difference: ${name}`, () => assert.deepEqual(differences(object(desired), object(live)), want));
}

Deno.test("no value is ever part of a path", () => {
  const secret = "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {k: TOPSECRET}}";
  assert.doesNotMatch(differences(object(DESIRED), object(secret)).join(), /TOPSECRET/);
});
