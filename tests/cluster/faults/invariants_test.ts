/** The judge of faults finds what it is there to find. */
import assert from "node:assert/strict";
import type { Write } from "./audit.ts";
import { busiest, findFootprint, findManagers, findRate } from "./invariants.ts";

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
