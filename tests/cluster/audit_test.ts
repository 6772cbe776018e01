/** That the judge of the audit log finds what it is there to find. */
import assert from "node:assert/strict";
import { type AuditEntry, judge } from "../support/audit.ts";

const base = { verb: "patch", name: "moonferry", code: 200, isDryRun: false };
const lease = (user: string, at: number, holder = user): AuditEntry => ({
  ...base,
  user,
  resource: "leases",
  received: at - 5,
  done: at,
  holder,
});
const write = (user: string, at: number, content = "1", code = 200): AuditEntry => ({
  ...base,
  user,
  resource: "secrets",
  name: "out",
  code,
  received: at,
  done: at + 5,
  ...(code < 300 ? { content } : {}),
});

const ROWS: readonly { name: string; log: AuditEntry[]; outOfTurn?: string[]; twice?: string[] }[] = [
  { name: "the holder writes", log: [lease("a", 0), write("a", 10), write("a", 3_900, "2")] },
  { name: "a takeover", log: [lease("a", 0), write("a", 10), lease("b", 5_000), write("b", 5_100, "2")] },
  { name: "before there is a lease", log: [write("a", 0), lease("a", 10)], outOfTurn: ["a 0"] },
  { name: "a standby", log: [lease("a", 0), write("b", 10)], outOfTurn: ["b 10"] },
  { name: "with a lease that has run out", log: [lease("a", 0), write("a", 4_001)], outOfTurn: ["a 4001"] },
  { name: "after a renewal", log: [lease("a", 0), lease("a", 3_000), write("a", 4_001)] },
  {
    name: "an old leader that wakes up",
    log: [lease("a", 0), lease("b", 5_000), write("a", 5_001, "2")],
    outOfTurn: ["a 5001"],
  },
  {
    name: "after the lease was given up",
    log: [lease("a", 0), lease("a", 100, ""), write("a", 101)],
    outOfTurn: ["a 101"],
  },
  { name: "a write that the server refused", log: [lease("a", 0), write("b", 10, "1", 409)] },
  {
    name: "both give an output the same value",
    log: [lease("a", 0), write("a", 10), lease("b", 5_000), write("b", 5_100)],
    twice: ["out 1"],
  },
];

for (const { name, log, outOfTurn = [], twice = [] } of ROWS) {
  Deno.test(`the audit log judged: ${name}`, () => {
    const verdict = judge(log, 4_000);
    assert.deepEqual(verdict.outOfTurn.map(({ user, received }) => `${user} ${received}`), outOfTurn);
    assert.deepEqual(verdict.writtenTwice, twice);
  });
}
