/** Names of Leases: valid, and one for each instance. */
import assert from "node:assert/strict";
import { validateName } from "../../src/api/object.ts";
import { leaseNameOf } from "../../src/kube/lease.ts";

const LONG = "x".repeat(63);
const IDS = [
  "moonferry",
  "team-a",
  "Team-A",
  "team_a",
  "team.a",
  "team..a",
  "team.-a",
  "a",
  "A",
  "0",
  LONG,
  LONG.toUpperCase(),
];

Deno.test("every instance has a Lease of its own, with a valid name", () => {
  const names = IDS.map(leaseNameOf);
  for (const name of names) assert.equal(validateName(name), undefined, name);
  assert.equal(new Set(names).size, IDS.length);
  assert.deepEqual(names.slice(0, 2), ["moonferry", "moonferry-team-a"]);
});

Deno.test("no instance can be called so that it gets the Lease of another", () => {
  const taken = leaseNameOf("Team_A");
  assert.notEqual(leaseNameOf(taken.replace(/^moonferry-/, "")), taken);
});
