import assert from "node:assert/strict";
import { ByteBuffer } from "../../src/kube/byte_buffer.ts";

Deno.test("pieces become one, and the large buffers that they are cut from are not kept", () => {
  const buffer = new ByteBuffer();
  const wanted: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    // As a read gives them: a few bytes at the start of 64 KiB.
    const read = new Uint8Array(64 * 1024);
    const size = 1 + i % 7;
    for (let at = 0; at < size; at++) wanted.push(read[at] = (i + at) % 256);
    buffer.append(read.subarray(0, size));
  }
  assert.equal(buffer.length, wanted.length);
  const taken = buffer.take();
  assert.deepEqual([...taken], wanted);
  assert.ok(taken.buffer.byteLength <= 2 * wanted.length, `${taken.buffer.byteLength} bytes for ${wanted.length}`);
});

Deno.test("what is taken is gone, and the next text begins anew", () => {
  const buffer = new ByteBuffer();
  assert.equal(buffer.take().length, 0);
  for (const text of ["abc", "", "x".repeat(200_000), "d"]) {
    buffer.append(new TextEncoder().encode(text));
    assert.equal(new TextDecoder().decode(buffer.take()), text);
    assert.equal(buffer.length, 0);
  }
});
