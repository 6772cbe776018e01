/** Equal texts are one, and what is remembered of them has an end. */
import assert from "node:assert/strict";
import { SameTexts } from "../../src/json/same_texts.ts";

const MAX_CHARACTERS = 16 * 1024 * 1024;

Deno.test("every text comes back as it was, however many there were", () => {
  const texts = new SameTexts();
  for (let round = 0; round < 2; round++) {
    for (const text of ["", "short", "long".repeat(1000), "\u{1f600}\ud800".repeat(200), "x".repeat(100_000)]) {
      assert.equal(texts.of(text), text);
    }
  }
});

Deno.test("a long text is remembered once, a short one and a very long one never", () => {
  const texts = new SameTexts();
  for (const text of ["short", "x".repeat(255), "x".repeat(16_384)]) texts.of(text);
  assert.equal(texts.characters, 0);
  for (let i = 0; i < 100; i++) texts.of("x".repeat(5_000) + "y");
  assert.equal(texts.characters, 5_001);
  for (let i = 0; i < 10; i++) texts.of("x".repeat(5_000) + i);
  assert.equal(texts.characters, 11 * 5_001);
});

Deno.test("what is remembered never comes to more than 16 Mi characters", () => {
  const texts = new SameTexts();
  let most = 0;
  for (let i = 0; i < 3_000; i++) {
    const text = String(i).padStart(16_000, "-");
    assert.equal(texts.of(text), text);
    most = Math.max(most, texts.characters);
  }
  assert.ok(most > MAX_CHARACTERS / 2 && most <= MAX_CHARACTERS);
});
