/** The judge of faults finds what it is there to find. */
import assert from "node:assert/strict";
import type { Write } from "./audit.ts";
import { busiest, findFootprint, findManagers, findRate, findReturns } from "./invariants.ts";
import { findLeaks } from "./leaks.ts";
import { lagsOf } from "./rows_load.ts";
import { isGood, isInTime } from "./run_record.ts";
import { verdictOf } from "./verdict.ts";
import { CANARY, kubeconfig } from "./world.ts";

const output = (...managers: [string, string][]) => ({
  metadata: {
    namespace: "team-a",
    name: "out",
    managedFields: managers.map(([manager, operation]) => ({ manager, operation })),
  },
});
const write = (user: string, at: number): Write => ({
  verb: "patch",
  resource: "secrets",
  namespace: "team-a",
  name: "out",
  status: 200,
  at,
  user,
});

Deno.test("I4: a second field manager of ours on an output is found, one of others is not", () => {
  assert.deepEqual(findManagers([output(["moonferry", "Apply"], ["kubectl", "Update"])], []), []);
  assert.equal(findManagers([output(["moonferry", "Apply"], ["moonferry", "Update"])], []).length, 1);
  assert.equal(findManagers([output(["moonferry", "Apply"], ["moonferry-2", "Apply"])], []).length, 1);
});

Deno.test("I4: two processes that write in one second are found", () => {
  assert.deepEqual(findManagers([], [write("a", 1_000), write("a", 1_500), write("b", 2_000)]), []);
  assert.equal(findManagers([], [write("a", 1_000), write("b", 1_900)]).length, 1);
});

Deno.test("I6: more memory or more sockets than a busy moment leaves behind are found", () => {
  assert.deepEqual(findFootprint({ rss: 140, sockets: 30 }, { rss: 220, sockets: 50 }), []);
  assert.match(findFootprint({ rss: 140, sockets: 30 }, { rss: 300, sockets: 30 }).join(), /^I6: RSS[^,]*$/);
  assert.match(findFootprint({ rss: 140, sockets: 30 }, { rss: 140, sockets: 70 }).join(), /^I6: sockets[^,]*$/);
});

Deno.test("I8: the busiest five seconds, wherever they begin, and twice the steady rate", () => {
  assert.equal(busiest([]), 0);
  assert.equal(busiest([9_000, 0, 4_999, 5_000, 8_000]), 4);
  assert.deepEqual(findRate(100, 50), []);
  assert.equal(findRate(101, 50).length, 1);
});

const LEAKS = [
  { form: "as it is", text: `token: ${CANARY}-c0-1` },
  { form: "a part of it", text: CANARY.slice(5, 14) },
  { form: "the whole kubeconfig in base64", text: btoa(kubeconfig("c0", 1)) },
  ...["", "a", "ab"].map((before) => ({ form: `base64, ${before.length} after`, text: btoa(`${before}${CANARY}`) })),
  { form: "hex", text: [...CANARY].map((char) => char.charCodeAt(0).toString(16)).join("") },
];
for (const { form, text } of LEAKS) {
  Deno.test(`I7: bytes of a kubeconfig are found where they are told: ${form}`, () => {
    assert.match(
      findLeaks({ "the log": "nothing", Events: `{"message":"${text}"}` }).join(),
      /^I7: Events: canary [^,]*$/,
    );
    assert.deepEqual(findLeaks({ "the log": "c0-kubeconfig as wanted", Events: "" }), []);
  });
}

Deno.test("an output that gets an older value back is found, one that is made again with what it had is not", () => {
  const event = (value: string, type: "ADDED" | "MODIFIED" | "DELETED" = "MODIFIED") => ({
    output: "a/x",
    type,
    value,
  });
  const before = new Map([["a/x", "1"]]);
  assert.deepEqual(findReturns([event("1"), event("2"), event("2"), event("3")], before), []);
  assert.deepEqual(findReturns([event("2"), event("2", "DELETED"), event("2", "ADDED")], before), []);
  assert.deepEqual(findReturns([event("2"), event("1"), event("2")], before), ["a/x", "a/x"]);
  assert.deepEqual(findReturns([event("2"), event("2", "DELETED"), event("1", "ADDED")], before), ["a/x"]);
  assert.deepEqual(findReturns([event("2"), { ...event("1"), output: "b/x" }, event("3")], before), []);
});

Deno.test("F20: each output's wait for its write, those that another rotation overtook, and those that never came", () => {
  const patch = (namespace: string, name: string, at: number): Write => ({ ...write("a", at), namespace, name });
  const changed = [{ cluster: "c0", at: 1_000 }, { cluster: "c1", at: 3_000 }, { cluster: "c0", at: 5_000 }];
  const writes = [
    // Before the first rotation, and of another kind: neither is an answer to it.
    patch("team-a", "default-c0-kubeconfig", 900),
    { ...patch("team-a", "default-c0-kubeconfig", 1_100), resource: "eventtriggers" },
    patch("team-a", "default-c0-kubeconfig", 1_500),
    patch("team-a", "default-c0-kubeconfig", 1_600),
    patch("team-a", "default-c1-kubeconfig", 3_200),
    patch("team-b", "default-c0-kubeconfig", 6_000),
    patch("team-a", "default-c0-kubeconfig", 7_000),
  ];
  const { lags, overtaken, left } = lagsOf(changed, ["team-a", "team-b"], writes);
  // That of team-b waits since the rotation that was overtaken.
  assert.deepEqual(lags, [500, 200, 5_000, 2_000]);
  assert.deepEqual({ overtaken, left }, { overtaken: 1, left: 1 });
});

Deno.test("a verdict counts what was found by its invariant, and of I6 and I8 only what was judged", () => {
  const findings = ["I3: a", "I3: b", "I8: many", "own: I1: no such thing"];
  const none = { I1: 0, I2: 0, I4: 0, I7: 0 };
  assert.deepEqual(verdictOf(1, findings, ["I8"]).violations, { ...none, I3: 2, own: 1, I8: 1 });
  assert.deepEqual(verdictOf(1, ["I3: a"], ["I6"]).violations, { ...none, I3: 1, own: 0, I6: 0 });
  assert.ok(isGood(verdictOf(1, [], ["I6", "I8"])) && isGood(verdictOf(1, [], [])));
  assert.ok(!isGood(verdictOf(1, ["I8: many"], ["I6", "I8"])) && !isGood(verdictOf(1, ["own: x"], [])));
  assert.ok(isInTime({ recovery: 8_000, wait: 3_000 }) && !isInTime({ recovery: 8_001, wait: 3_000 }));
  assert.ok(!isInTime({ recovery: null, wait: 3_000 }));
});
