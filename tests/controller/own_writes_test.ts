/** Which of the changes that a watch tells are the program's own, by what its writes were answered. */
import assert from "node:assert/strict";
import { type KubeObject, resourceVersionOf, uidOf } from "../../src/api/object.ts";
import { OwnWrites } from "../../src/controller/own_writes.ts";
import type { Outcome, Written } from "../../src/reconcile/apply.ts";
import type { Change } from "../../src/reconcile/plan.ts";

const secret = (uid: string | undefined, resourceVersion?: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    namespace: "team-a",
    name: "out",
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  },
});

const seen = (object: KubeObject) => ({ uid: uidOf(object), resourceVersion: resourceVersionOf(object) });

function outcome(written: Written | undefined, live?: KubeObject): Outcome {
  const change = { target: secret(undefined), live } as unknown as Change;
  return { change, status: "done", message: "", retry: false, ...(written ? { written } : {}) };
}

const ROWS: readonly {
  readonly name: string;
  readonly outcome: Outcome;
  readonly object: KubeObject;
  readonly isEcho: boolean;
}[] = [
  {
    name: "a creation, as the last of its calls left it",
    outcome: outcome({ uid: "a", resourceVersion: "12" }),
    object: secret("a", "12"),
    isEcho: true,
  },
  {
    name: "a creation, before its second call",
    outcome: outcome({ uid: "a", resourceVersion: "12" }),
    object: secret("a", "11"),
    isEcho: true,
  },
  {
    name: "a creation, after somebody else has written",
    outcome: outcome({ uid: "a", resourceVersion: "12" }),
    object: secret("a", "13"),
    isEcho: false,
  },
  {
    name: "an object of the same name that is another",
    outcome: outcome({ uid: "a", resourceVersion: "12" }),
    object: secret("b", "12"),
    isEcho: false,
  },
  {
    name: "an update",
    outcome: outcome({ uid: "a", resourceVersion: "12" }, secret("a", "9")),
    object: secret("a", "12"),
    isEcho: true,
  },
  {
    name: "an update between two of its calls",
    outcome: outcome({ uid: "a", resourceVersion: "12" }, secret("a", "9")),
    object: secret("a", "11"),
    isEcho: true,
  },
  {
    name: "what was there before the update, told late, or back from a backup",
    outcome: outcome({ uid: "a", resourceVersion: "12" }, secret("a", "9")),
    object: secret("a", "9"),
    isEcho: false,
  },
  {
    name: "older than what the update was made on",
    outcome: outcome({ uid: "a", resourceVersion: "12" }, secret("a", "9")),
    object: secret("a", "8"),
    isEcho: false,
  },
  {
    name: "versions that are no numbers, the same",
    outcome: outcome({ uid: "a", resourceVersion: "x" }),
    object: secret("a", "x"),
    isEcho: true,
  },
  {
    name: "versions that are no numbers, another",
    outcome: outcome({ uid: "a", resourceVersion: "x" }),
    object: secret("a", "w"),
    isEcho: false,
  },
  {
    name: "a deletion",
    outcome: outcome({ uid: "a" }, secret("a", "9")),
    object: secret("a", "13"),
    isEcho: true,
  },
  {
    name: "an object made anew where one was deleted",
    outcome: outcome({ uid: "a" }, secret("a", "9")),
    object: secret("b", "14"),
    isEcho: false,
  },
  { name: "a write whose answer never came", outcome: outcome(undefined), object: secret("a", "12"), isEcho: false },
  {
    name: "an object without a uid",
    outcome: outcome({ uid: "a", resourceVersion: "12" }),
    object: secret(undefined, "12"),
    isEcho: false,
  },
];

for (const { name, outcome, object, isEcho } of ROWS) {
  Deno.test(`own writes: ${name} is ${isEcho ? "an echo" : "none"}`, () => {
    const writes = new OwnWrites();
    writes.note([outcome], 0);
    assert.equal(writes.isEcho(seen(object)), isEcho);
  });
}

Deno.test("own writes: of two writes of one object the last one counts, and a minute later none", () => {
  const writes = new OwnWrites();
  writes.note([outcome({ uid: "a", resourceVersion: "12" }), outcome({ uid: "b", resourceVersion: "13" })], 0);
  writes.note([outcome({ uid: "a", resourceVersion: "20" }, secret("a", "12"))], 40_000);
  assert.deepEqual([writes.isEcho(seen(secret("a", "20"))), writes.isEcho(seen(secret("b", "13")))], [true, true]);
  writes.note([], 90_000);
  assert.deepEqual([writes.isEcho(seen(secret("a", "20"))), writes.isEcho(seen(secret("b", "13")))], [true, false]);
  writes.note([], 100_001);
  assert.equal(writes.isEcho(seen(secret("a", "20"))), false);
});
