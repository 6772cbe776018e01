import assert from "node:assert/strict";
import { RecentTexts } from "../../src/kube/recent_texts.ts";

Deno.test("recent texts: each is new once, and again after so many others", () => {
  const recent = new RecentTexts(2);
  assert.deepEqual(["a", "a", "b", "a"].map((text) => recent.note(text)), [true, false, true, false]);
  // "b" was noted the longest ago.
  assert.equal(recent.note("c"), true);
  assert.deepEqual(["a", "b", "c"].map((text) => recent.has(text)), [true, false, true]);
  recent.forget("a");
  assert.equal(recent.note("a"), true);
});

Deno.test("recent texts: a hundred thousand of them take the room of a few", () => {
  const recent = new RecentTexts(100);
  for (let i = 0; i < 100_000; i++) recent.note(`text ${i}`);
  const remembered = Array.from({ length: 100_000 }, (_, i) => i).filter((i) => recent.has(`text ${i}`));
  assert.deepEqual([remembered.length, remembered[0]], [100, 99_900]);
});
