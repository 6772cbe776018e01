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

Deno.test("what no longer comes is forgotten, what comes again and again is not", () => {
  const texts = new SameTexts();
  const lasting = "-".repeat(16_000);
  let most = 0;
  // Rotations: each text comes a hundred times, and then never again.
  for (let rotation = 0; rotation < 300; rotation++) {
    const rotated = String(rotation).padStart(8_000, "-");
    for (let output = 0; output < 100; output++) assert.equal(texts.of(rotated), rotated);
    assert.equal(texts.of(lasting), lasting);
    most = Math.max(most, texts.characters);
  }
  // Two generations of 64 Mi characters, a hundredth of which is remembered.
  assert.ok(most <= 2 * 64 * 1024 * 1024 / 100 + 2 * 24_000, `${most}`);
  assert.ok(texts.characters >= 24_000);
});

Deno.test("a fleet's texts are all remembered, in whatever rhythm they come, as long as there is room for them", () => {
  const texts = new SameTexts();
  const fleet = Array.from({ length: 1_000 }, (_, cluster) => String(cluster).padStart(16_000, "-"));
  const once = fleet.length * 16_000;
  for (let consumer = 0; consumer < 10; consumer++) {
    for (const text of fleet) texts.of(text);
    assert.equal(texts.characters, once);
  }
});
