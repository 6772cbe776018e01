/** Which differences between desired and live count. */
import assert from "node:assert/strict";
import { differences } from "../../src/reconcile/diff.ts";
import { withExcluded } from "../../src/reconcile/drift.ts";
import { object } from "../support/world.ts";

const DESIRED = "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: b}}, type: Opaque, data: {k: eA==}}";

const OWNS_A_AND_B = `'k:{"name":"a"}': {.: {}, f:name: {}, f:v: {}}, 'k:{"name":"b"}': {.: {}, f:name: {}, f:v: {}}`;

/** An object with list `spec.l`, and what our manager owns of that. */
function LIST(elements: string, owned = ""): string {
  const fields = `{f:spec: {f:l: {${owned}}}}`;
  const managed = owned === "" ? "" : `, metadata: {managedFields: [{manager: moonferry, fieldsV1: ${fields}}]}`;
  return `{apiVersion: v1, kind: X, spec: {l: [${elements}]}${managed}}`;
}

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
    name: "a key that nobody asked for, in another group's Secret",
    desired: "{apiVersion: x.io/v1, kind: Secret, metadata: {name: x}, data: {k: eA==}}",
    live: "{apiVersion: x.io/v1, kind: Secret, metadata: {name: x}, data: {k: eA==, l: eQ==}}",
    want: [],
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
  {
    name: "a list with keys to which another manager has added",
    desired: LIST("{name: a, v: 1}, {name: b, v: 2}"),
    live: LIST("{name: z, v: 9}, {name: a, v: 1, byServer: x}, {name: y, v: 8}, {name: b, v: 2}", OWNS_A_AND_B),
    want: [],
  },
  {
    name: "a list with keys: the order of ours among themselves",
    desired: LIST("{name: a, v: 1}, {name: b, v: 2}"),
    live: LIST("{name: b, v: 2}, {name: a, v: 1}", OWNS_A_AND_B),
    want: ["spec.l (the order)"],
  },
  {
    name: "a list with keys: an element that differs, one that is gone",
    desired: LIST("{name: a, v: 1}, {name: b, v: 2}"),
    live: LIST("{name: z, v: 9}, {name: a, v: 3}", OWNS_A_AND_B),
    want: ["spec.l[0].v", "spec.l[1]"],
  },
  {
    name: "a list with keys: an element, and a field of one, that we own and no longer ask for",
    desired: LIST("{name: a}"),
    live: LIST("{name: a, v: 1}, {name: b, v: 2}", OWNS_A_AND_B),
    want: ["spec.l[0].v (no longer asked for)", "spec.l (an element is no longer asked for)"],
  },
  {
    name: "a list with keys that our manager does not own an element of is one value",
    desired: LIST("{name: a, v: 1}"),
    live: LIST("{name: a, v: 1}, {name: z, v: 9}"),
    want: ["spec.l"],
  },
  {
    name: "a list with keys, one of which has a default that the server filled in",
    desired: LIST("{port: 80, v: 1}"),
    live: LIST("{port: 80, protocol: TCP, v: 1}", `'k:{"port":80,"protocol":"TCP"}': {f:port: {}, f:v: {}}`),
    want: [],
  },
  {
    name: "a set to which another manager has added",
    desired: LIST("x, u"),
    live: LIST("z, u, x", `'v:"x"': {}, 'v:"u"': {}`),
    want: [],
  },
  {
    name: "a set: a member that is gone, and one that we no longer ask for",
    desired: LIST("x, u"),
    live: LIST("x, w", `'v:"x"': {}, 'v:"w"': {}`),
    want: ["spec.l[1]", "spec.l (an element is no longer asked for)"],
  },
];

for (const { name, desired = DESIRED, live, want } of ROWS) {
  Deno.test(`difference: ${name}`, () => assert.deepEqual(differences(object(desired), object(live)), want));
}

Deno.test("no value is ever part of a path", () => {
  const secret = "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {k: TOPSECRET}}";
  assert.doesNotMatch(differences(object(DESIRED), object(secret)).join(), /TOPSECRET/);
});

Deno.test("an excluded key of others is kept as if it were ours in a core Secret, and left to them in another group's", () => {
  const exclusions = [{ paths: ["/data/l"], matches: () => true }];
  for (const [apiVersion, keys] of [["v1", ["k", "l"]], ["x.io/v1", ["k"]]] as const) {
    const secret = (data: string) =>
      object(`{apiVersion: ${apiVersion}, kind: Secret, metadata: {name: x}, data: ${data}}`);
    const kept = withExcluded(secret("{k: eA==}"), secret("{k: eA==, l: eQ==}"), exclusions);
    assert.deepEqual(Object.keys(kept.data as object), keys, apiVersion);
  }
});
