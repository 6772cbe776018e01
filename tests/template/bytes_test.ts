/** Go strings and back: expected lengths, rune counts and escapes were printed by Go 1.26. */
import assert from "node:assert/strict";
import {
  byteLength,
  bytesOf,
  normalText,
  replaceStrayBytes,
  runeCount,
  sliceBytes,
  textOf,
} from "../../src/template/bytes.ts";
import { quoteText } from "../../src/template/quote.ts";

const rows = [
  { hex: "", bytes: 0, runes: 0, valid: true, quoted: '""' },
  { hex: "616263", bytes: 3, runes: 3, valid: true, quoted: '"abc"' },
  { hex: "c3bce282acf09f9880", bytes: 9, runes: 3, valid: true, quoted: '"\\u00fc\\u20ac\\U0001f600"' },
  { hex: "ff", bytes: 1, runes: 1, valid: false, quoted: '"\\xff"' },
  { hex: "61c3", bytes: 2, runes: 2, valid: false, quoted: '"a\\xc3"' },
  { hex: "c328", bytes: 2, runes: 2, valid: false, quoted: '"\\xc3("' },
  { hex: "e282", bytes: 2, runes: 2, valid: false, quoted: '"\\xe2\\x82"' },
  { hex: "e282ac", bytes: 3, runes: 1, valid: true, quoted: '"\\u20ac"' },
  { hex: "eda080", bytes: 3, runes: 3, valid: false, quoted: '"\\xed\\xa0\\x80"' },
  { hex: "f09f9880", bytes: 4, runes: 1, valid: true, quoted: '"\\U0001f600"' },
  { hex: "f4908080", bytes: 4, runes: 4, valid: false, quoted: '"\\xf4\\x90\\x80\\x80"' },
  { hex: "c0af", bytes: 2, runes: 2, valid: false, quoted: '"\\xc0\\xaf"' },
  { hex: "f0808080", bytes: 4, runes: 4, valid: false, quoted: '"\\xf0\\x80\\x80\\x80"' },
  { hex: "8080", bytes: 2, runes: 2, valid: false, quoted: '"\\x80\\x80"' },
];

for (const row of rows) {
  Deno.test(`bytes ${row.hex || "of nothing"}`, () => {
    const text = textOf(Uint8Array.fromHex(row.hex));
    assert.equal(bytesOf(text).toHex(), row.hex);
    assert.equal(byteLength(text), row.bytes);
    assert.equal(byteLength(text + "a".repeat(100)), row.bytes + 100, "and so in a long text");
    assert.equal(runeCount(text), row.runes);
    assert.equal(text.isWellFormed(), row.valid);
    assert.equal(quoteText(text, true), row.quoted);
    assert.equal(normalText(text), text);
    if (row.valid) assert.equal(replaceStrayBytes(text), text);
  });
}

Deno.test("every pair of bytes comes back", () => {
  for (let pair = 0; pair < 0x10000; pair += 7) {
    const bytes = Uint8Array.of(pair >> 8, pair & 0xff, 0x80);
    assert.deepEqual(bytesOf(textOf(bytes)), bytes);
  }
});

Deno.test("joined halves are the character again", () => {
  const halves = sliceBytes("ü", 0, 1) + sliceBytes("ü", 1, 2);
  assert.notEqual(halves, "ü");
  assert.equal(normalText(halves), "ü");
  assert.equal(replaceStrayBytes(sliceBytes("ü", 0, 1)), "\ufffd");
});
