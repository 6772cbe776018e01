/** Reading again before a revocation: how many questions it takes to find out that there are no answers. */
import assert from "node:assert/strict";
import type { Listing, ObjectReader } from "../../src/reconcile/reader.ts";
import { type Read, readAgain } from "../../src/reconcile/seen.ts";

const signal = new AbortController().signal;
const UNKNOWN = { reason: "Unreachable", message: "it is away" } as const;
const query = { group: "", version: "v1", kind: "Secret" };
const before: readonly Read[] = Array.from({ length: 40 }, () => ({ query, options: {}, listing: { objects: [] } }));

/** What came of it where the `failing`th question (from 0) has no answer, and how many were asked. */
async function ask(failing: number): Promise<[string, number]> {
  let asked = 0;
  const reader: ObjectReader = {
    list: async (): Promise<Listing> => {
      const isAway = asked++ === failing;
      await new Promise((resolve) => setTimeout(resolve, 0));
      return isAway ? { unknown: UNKNOWN } : { objects: [] };
    },
    kindOf: () => Promise.resolve({ scope: "namespaced" }),
  };
  const answer = await readAgain(before, reader, signal);
  return [typeof answer === "object" ? answer.reason : answer, asked];
}

Deno.test("where the first questions have no answer, few others are asked", async () => {
  assert.deepEqual(await ask(0), ["Unreachable", 4]);
  const [answer, asked] = await ask(5);
  assert.equal(answer, "Unreachable");
  assert.ok(asked <= 10, `${asked} asked`);
});

Deno.test("where all have answers, all are asked", async () => {
  assert.deepEqual(await ask(-1), ["same", 40]);
});
