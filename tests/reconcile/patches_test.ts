/** Patches against the answers of kustomize, called as Sveltos calls it; and what is refused or kept silent about here. */
import assert from "node:assert/strict";
import type { ObjectTarget } from "../../src/api/event_trigger.ts";
import { canonicalJson, type JsonObject, parseJson } from "../../src/json/json.ts";
import { applyPatches, PatchError, readPatch } from "../../src/reconcile/patches.ts";

interface PatchRow {
  readonly name: string;
  readonly object: JsonObject;
  readonly patches: readonly { readonly patch: string; readonly target?: Partial<ObjectTarget> }[];
  readonly want?: JsonObject;
  readonly wantError?: string;
}

const ANY: ObjectTarget = {
  group: "",
  version: "",
  kind: "",
  namespace: "",
  name: "",
  labelSelector: "",
  annotationSelector: "",
};

/** Rows in which we go another way on purpose. */
const ON_PURPOSE: Readonly<Record<string, string>> = {
  "an operation without value": "RFC 6902 wants one; the original writes null",
};

function patched({ object, patches }: Pick<PatchRow, "object" | "patches">): JsonObject {
  return applyPatches(object, patches.map(({ patch, target }) => readPatch(patch, target && { ...ANY, ...target })));
}

const path = new URL("cases/patches.json", import.meta.url);
const { cases } = parseJson(Deno.readTextFileSync(path)) as unknown as { cases: PatchRow[] };

Deno.test(`patches: ${cases.length} rows as kustomize answers them`, async (t) => {
  for (const row of cases) {
    if (row.name in ON_PURPOSE) continue;
    await t.step(row.name, () => {
      const before = canonicalJson(row.object);
      if (row.wantError === undefined) assert.equal(canonicalJson(patched(row)), canonicalJson(row.want!));
      else assert.throws(() => patched(row), PatchError, row.wantError);
      assert.equal(canonicalJson(row.object), before, "the object itself is left alone");
    });
  }
});

const SECRET: JsonObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s", namespace: "a" },
  data: { config: "c2VjcmV0" },
};
const REFUSED: readonly { name: string; patch: string; target?: Partial<ObjectTarget>; want: RegExp }[] = [
  {
    name: "a list that kustomize merges by key",
    patch: "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}]}",
    target: {},
    want: /\/spec\/containers: lists of objects .* use a JSON patch/,
  },
  {
    name: "a directive",
    patch: "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {$patch: delete}",
    target: {},
    want: /directive \$patch is not supported/,
  },
  {
    name: "a key of JavaScript's own",
    patch: "- {op: add, path: /data/__proto__, value: {x: y}}",
    target: {},
    want: /a key named __proto__ can't be patched/,
  },
  { name: "no pointer", patch: "- {op: add, path: data, value: 1}", target: {}, want: /path: wanted a JSON pointer/ },
  { name: "no value", patch: "- {op: add, path: /data/y}", target: {}, want: /operation 1: value: required/ },
  { name: "no target", patch: "- {op: remove, path: /data}", want: /a JSON patch needs a target/ },
];
for (const { name, patch, target, want } of REFUSED) {
  Deno.test(`patches: refused by name: ${name}`, () => {
    assert.throws(() => readPatch(patch, target && { ...ANY, ...target }), want);
  });
}

Deno.test("patches: an operation that can't be carried out is told without values", () => {
  const tries = [
    "- {op: test, path: /data/config, value: guess}",
    "- {op: replace, path: /data/none/config, value: b}",
  ];
  for (const patch of tries) {
    assert.throws(() => patched({ object: SECRET, patches: [{ patch, target: {} }] }), (error) => {
      assert.ok(error instanceof PatchError);
      assert.match(error.message, /operation "(test|replace)" at \/data\//);
      assert.doesNotMatch(error.message, /c2VjcmV0|secret|guess/);
      return true;
    });
  }
});

Deno.test("patches: a merge patch without target is for the object that it names, and passes over others", () => {
  const patch = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: a}\ndata: {more: eA==}";
  const other = { ...SECRET, metadata: { name: "t", namespace: "a" } };
  assert.deepEqual(patched({ object: SECRET, patches: [{ patch }] }).data, { config: "c2VjcmV0", more: "eA==" });
  assert.deepEqual(patched({ object: other, patches: [{ patch }] }), other);
});
