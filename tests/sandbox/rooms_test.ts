/** What evaluations live in is kept while it is small; there is at most one that is large, and it goes. */
import assert from "node:assert/strict";
import { collectorCaller } from "../../src/cli/collector.ts";
import { LuaState } from "../../src/sandbox/host.ts";
import { LuaRoom } from "../../src/sandbox/room.ts";
import { Rooms } from "../../src/sandbox/rooms.ts";
import { eventually } from "../support/eventually.ts";

const MEBIBYTE = 1024 * 1024;
const SMALL = 1024, LARGE = 24 * MEBIBYTE;

const snapshot = new LuaState().snapshot();

/** One evaluation with a text of so many bytes. @returns where it took place */
function evaluate(rooms: Rooms, bytes: number): LuaRoom {
  const room = rooms.take();
  new LuaState({}, snapshot, room).pushByteString("x".repeat(bytes));
  rooms.giveBack(room);
  return room;
}

/** Rooms that count how often the collector is called. */
class CountingRooms extends Rooms {
  calls = 0;
  constructor() {
    super(() => this.calls++);
  }
}

Deno.test("a small room serves again and again, and the collector is left alone", () => {
  const rooms = new CountingRooms();
  const used = new Set(Array.from({ length: 100 }, () => evaluate(rooms, SMALL)));
  assert.equal(used.size, 1);
  assert.equal(rooms.calls, 0);
});

Deno.test("whatever takes much, one after the other, takes it in one room, for which the collector is called", () => {
  const rooms = new CountingRooms();
  const used = new Set(Array.from({ length: 20 }, () => evaluate(rooms, LARGE)));
  assert.equal(used.size, 1);
  assert.equal(rooms.calls, 20);
});

Deno.test("who needs little beside a large room that is still there uses that, and calls ever more seldom", () => {
  const rooms = new CountingRooms();
  const room = evaluate(rooms, LARGE);
  const used = new Set(Array.from({ length: 127 }, () => evaluate(rooms, SMALL)));
  assert.deepEqual([...used], [room]);
  assert.equal(rooms.calls, 1 + 7, "after the large one, and in its uses 2, 4, 8, … 128");
});

Deno.test("a large room goes, though nobody evaluates any more, and the next evaluation has a small one", async () => {
  const rooms = new Rooms(collectorCaller(0));
  let gone = 0;
  const registry = new FinalizationRegistry<undefined>(() => gone++);
  for (let round = 1; round <= 3; round++) {
    registry.register(evaluate(rooms, LARGE), undefined);
    // Where the collector misses it, the use that makes it come again may be the next evaluation's.
    await eventually(() => {
      if (gone < round) evaluate(rooms, LARGE);
      assert.equal(gone, round);
    });
    assert.ok(evaluate(rooms, SMALL).isSmall);
  }
});

Deno.test("beyond what a room says of its heap there are zeros alone, whatever has lived there", () => {
  const room = new LuaRoom();
  const check = () => {
    const rest = new Uint8Array(room.memory.buffer).subarray(room.heapEnd);
    assert.ok(rest.every((byte) => byte === 0));
  };
  const run = (text: string, milliseconds: number) => {
    const state = new LuaState({ milliseconds, bytes: 64 * MEBIBYTE }, snapshot, room);
    state.openLibrary("base");
    state.openLibrary("string");
    assert.equal(state.load(text, "=test"), undefined);
    return () => state.call(0)?.text;
  };
  check();
  assert.match(
    run("local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end", 60_000)()!,
    /not enough memory/,
  );
  assert.ok(room.heapEnd > 48 * MEBIBYTE, "it says how far that came");
  check();
  assert.equal(run("local t = 1", 60_000)(), undefined);
  assert.ok(room.heapEnd < 4 * MEBIBYTE, "the next begins at the beginning");
  check();
  const endless = run("local t = {} while true do t[#t % 100 + 1] = ('x'):rep(10000) .. #t end", 1);
  assert.throws(endless, /stopped after/);
  check();
});
