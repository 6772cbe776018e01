/** Lines for a stream that is slow, takes a few bytes at a time, or is read by nobody. */
import assert from "node:assert/strict";
import { LineWriter } from "../../src/telemetry/line_writer.ts";

/** A stream that takes bytes only when the test lets it. */
class Valve {
  text = "";
  readonly #decoder = new TextDecoder();
  #waiting: (() => void) | undefined;
  isOpen = true;

  constructor(readonly atOnce = Infinity) {}

  open(): void {
    this.isOpen = true;
    this.#waiting?.();
  }

  write = async (bytes: Uint8Array): Promise<number> => {
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting = resolve);
    const taken = bytes.subarray(0, this.atOnce);
    this.text += this.#decoder.decode(taken, { stream: true });
    return taken.length;
  };
}

Deno.test("lines come whole and in order, however few bytes the stream takes", async () => {
  const valve = new Valve(3);
  const writer = new LineWriter(valve.write, () => assert.fail("nothing is lost"));
  for (const line of ["one\n", "zwölf\n", "three\n"]) writer.put(line);
  await writer.flush(10_000);
  writer.put("later\n");
  await writer.flush(10_000);
  assert.equal(valve.text, "one\nzwölf\nthree\nlater\n");
});

Deno.test("a stream that nobody reads keeps nobody waiting; what finds no room is counted, and told once there is", async () => {
  const valve = new Valve();
  valve.isOpen = false;
  const lost: number[] = [];
  const writer = new LineWriter(valve.write, (lines) => {
    lost.push(lines);
    writer.put(`${lines} lost\n`);
  }, 20);
  for (let i = 0; i < 10; i++) writer.put(`line ${i}\n`);
  await writer.flush(1);
  assert.equal(valve.text, "");
  valve.open();
  await writer.flush(10_000);
  assert.equal(valve.text, "line 0\nline 1\n8 lost\n");
  assert.deepEqual(lost, [8]);
});

Deno.test("a line that comes just as the last one is written is not left behind", async () => {
  for (let turns = 0; turns < 20; turns++) {
    const valve = new Valve();
    const writer = new LineWriter(valve.write, () => assert.fail("nothing is lost"));
    writer.put("one\n");
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    writer.put("two\n");
    await writer.flush(10_000);
    assert.equal(valve.text, "one\ntwo\n", `after ${turns} turns`);
  }
});

Deno.test("a stream that fails (a full disk) ends nothing: its lines are lost, and told once it works again", async () => {
  const valve = new Valve();
  let isFull = true;
  const lost: number[] = [];
  const writer = new LineWriter(
    (bytes) => isFull ? Promise.reject(new Error("no space left on device")) : valve.write(bytes),
    (lines) => void lost.push(lines),
  );
  for (const line of ["one\n", "two\n"]) {
    writer.put(line);
    await writer.flush(10_000);
  }
  isFull = false;
  writer.put("three\n");
  await writer.flush(10_000);
  assert.deepEqual([valve.text, lost], ["three\n", [2]]);
});
