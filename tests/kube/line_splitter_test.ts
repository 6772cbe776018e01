import assert from "node:assert/strict";
import { LineSplitter, LineTooLongError } from "../../src/kube/line_splitter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("lines: whole ones only, at every way of splitting the bytes in three", () => {
  const text = "ä\n\n🚀 b\r\nc\n";
  const all = bytes(text);
  for (let i = 0; i <= all.length; i++) {
    for (let j = i; j <= all.length; j++) {
      const splitter = new LineSplitter(100);
      const lines = [all.subarray(0, i), all.subarray(i, j), all.subarray(j)].flatMap((piece) => splitter.push(piece));
      assert.deepEqual(lines, ["ä", "🚀 b", "c"], `split at ${i} and ${j}`);
      assert.equal(splitter.pending, 0);
    }
  }
});

Deno.test("lines: what has no end yet is pending", () => {
  const splitter = new LineSplitter(100);
  assert.deepEqual(splitter.push(bytes("a\nbc")), ["a"]);
  assert.equal(splitter.pending, 2);
  assert.deepEqual(splitter.push(bytes("d")), []);
  assert.deepEqual(splitter.push(bytes("\n")), ["bcd"]);
});

Deno.test("lines: one that is too long is refused before it is complete", () => {
  const splitter = new LineSplitter(4);
  assert.deepEqual(splitter.push(bytes("abcd\n")), ["abcd"]);
  splitter.push(bytes("abc"));
  assert.throws(() => splitter.push(bytes("de")), LineTooLongError);
  assert.throws(() => new LineSplitter(4).push(bytes("abcde\n")), LineTooLongError);
});

Deno.test("lines: bytes that are no UTF-8 are an error, not a question mark", () => {
  assert.throws(() => new LineSplitter(100).push(new Uint8Array([0xff, 10])), TypeError);
});
