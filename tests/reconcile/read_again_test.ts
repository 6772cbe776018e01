/** Reading again before a revocation: how many questions it takes to find out that there are no answers. */
import assert from "node:assert/strict";
import type { Listing, ObjectReader } from "../../src/reconcile/reader.ts";
import { type Read, readAgain } from "../../src/reconcile/seen.ts";

const signal = new AbortController().signal;
const UNKNOWN = { reason: "Unreachable", message: "it is away" } as const;
const query = { group: "", version: "v1", kind: "Secret" };
const before: readonly Read[] = Array.from({ length: 40 }, (_, i) => ({
  query: { ...query, name: `s${i}` },
  options: {},
  listing: { objects: [] },
}));

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

const GONE = { unknown: { reason: "KindNotServed", message: "there is no such kind" } } as const;
const FORBIDDEN = { unknown: { reason: "Forbidden", message: "may not be listed" } } as const;
const AWAY = { unknown: UNKNOWN } as const;
const NONE = { objects: [] };
const version = (resourceVersion: string): Listing => ({
  objects: [{ apiVersion: "v1", kind: "Secret", metadata: { name: "a", uid: "1", resourceVersion } }],
});

// What was answered to the same question, what is answered now, and what follows.
const ANSWERS: readonly [string, readonly Listing[], Listing, string][] = [
  ["as it was", [version("1")], version("1"), "same"],
  ["another version", [version("1")], version("2"), "other"],
  ["gone", [version("1")], NONE, "other"],
  ["come", [NONE], version("1"), "other"],
  ["changed between two reads of one pass", [version("1"), version("2")], version("2"), "other"],
  ["read twice", [version("2"), version("2")], version("2"), "same"],
  ["not served, as before", [GONE], GONE, "same"],
  ["served by now", [GONE], NONE, "other"],
  ["not served any more", [NONE], GONE, "KindNotServed"],
  ["not served any more between two reads", [NONE, GONE], GONE, "KindNotServed"],
  ["not served before, and away now", [GONE], AWAY, "other"],
  ["forbidden, as before", [FORBIDDEN], FORBIDDEN, "other"],
  ["away now", [NONE], AWAY, "Unreachable"],
];

for (const [name, listings, now, expected] of ANSWERS) {
  Deno.test(`read again: ${name}`, async () => {
    let asked = 0;
    const reader: ObjectReader = {
      list: (_query, _signal, options) => {
        asked++;
        assert.equal(options?.fresh, true);
        return Promise.resolve(now);
      },
      kindOf: () => Promise.resolve({ scope: "namespaced" }),
    };
    const answer = await readAgain(listings.map((listing) => ({ query, options: {}, listing })), reader, signal);
    assert.equal(typeof answer === "object" ? answer.reason : answer, expected);
    assert.equal(asked, 1, "the same question is asked once");
  });
}
