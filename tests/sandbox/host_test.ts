/** The state that scripts run in: what crosses to functions of the host, what it does with faults, time and memory. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { HostFault, LimitReached, LUA, LuaState } from "../../src/sandbox/host.ts";
import { HostError, type HostFunction } from "../../src/sandbox/host_value.ts";
import { LuaRoom } from "../../src/sandbox/room.ts";

/** A state with a global function `ask` that is the given one. */
function stateWith(call: HostFunction, limits = {}): LuaState {
  const state = new LuaState(limits);
  state.openLibrary("base");
  state.openLibrary("string");
  state.load("return function(message) error(message, 0) end", "=fail");
  state.call(0, 1);
  state.setFail();
  state.pushFunction({ call });
  state.setRegistry("ask");
  return state;
}

/** Runs a chunk that is given `ask`; its first result as text, or the error's message. */
function run(state: LuaState, text: string): string {
  assert.equal(state.load(`local ask = ... ${text}`, "=test"), undefined);
  state.getRegistry("ask");
  const error = state.call(1, 1);
  if (error) return error.text;
  const shown = state.type(-1) === LUA.string ? state.byteString(-1) : String(state.number(-1));
  state.pop();
  return shown;
}

Deno.test("an error of a function of the host is one that a script may catch", () => {
  const state = stateWith(() => {
    throw new HostError("no");
  });
  assert.equal(run(state, "local ok, problem = pcall(ask) return tostring(ok) .. ' ' .. problem"), "false no");
});

Deno.test("a fault of a function of the host ends the evaluation, whatever the script catches", () => {
  const state = stateWith((text) => (text as string).length);
  assert.equal(run(state, "return ask('abc')"), "3");
  assert.throws(() => run(state, "return pcall(ask, nil)"), (error) => {
    assert.ok(error instanceof HostFault && error.cause instanceof TypeError);
    assert.equal(error.message, "a function of the sandbox failed (TypeError)");
    return true;
  });
});

Deno.test("what is given and given back is counted before it is copied", () => {
  const limits = { resourceBytes: 100, bytes: 16 * 1024 * 1024 };
  const back = stateWith((count) => "x".repeat(count as number), limits);
  assert.equal(run(back, "return #ask(1000)"), "1000");
  assert.throws(() => run(back, "return #ask(2 * 1024 * 1024 + 1)"), /gives back 2097153 bytes: memory limit 16 MiB/);
  const given = stateWith((...args) => args.length, limits);
  const long = "('x'):rep(100)";
  assert.equal(run(given, `return ask(${long}, ${long}, ${long}, ${long})`), "4");
  assert.throws(() => run(given, "return ask(('x'):rep(101))"), /is given 101 bytes, more than 100 bytes \(limit/);
  assert.throws(() => run(given, `return ask(${long}, ${long}, ${long}, ${long}, 'x')`), /more than 400 bytes in all/);
  assert.throws(() => run(given, `return ask({${"1,".repeat(51)}})`), /is given 408 bytes, more than 400 bytes in all/);
});

Deno.test("time in which the processor did something else is not the script's", () => {
  const state = new LuaState({ milliseconds: 100 });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  state.checkTime();
  const burn = () => {
    for (;;) state.checkTime();
  };
  assert.throws(burn, (error) => error instanceof LimitReached && /stopped after 0\.1 s of CPU/.test(error.message));
});

Deno.test("nothing of one evaluation is left in the memory of the next", () => {
  const room = new LuaRoom();
  const first = new LuaState({}, undefined, room);
  first.openLibrary("base");
  const snapshot = first.snapshot();
  const marker = "a secret of one evaluation, 0123456789";
  const isThere = () => Buffer.from(room.memory.buffer).includes(marker);
  const second = new LuaState({}, snapshot, room);
  for (let i = 0; i < 50_000; i++) second.pushByteString(`${marker} ${i}`), second.setRegistry(`key ${i}`);
  assert.ok(isThere());
  new LuaState({}, snapshot, room);
  assert.ok(!isThere());
});

Deno.test("a room serves again after a limit has ended a state within it", () => {
  const room = new LuaRoom();
  const first = new LuaState({}, undefined, room);
  first.openLibrary("base");
  const snapshot = first.snapshot();
  for (let i = 0; i < 200; i++) {
    const state = new LuaState({ milliseconds: 1 }, snapshot, room);
    assert.equal(state.load("local function f() return pcall(f), 1 end while true do f() end", "=test"), undefined);
    assert.throws(() => state.call(0), LimitReached);
  }
  const last = new LuaState({}, snapshot, room);
  assert.equal(
    last.load("local function f(n) if n == 0 then return 'deep' end return (f(n - 1)) end return f(10000)", "=test"),
    undefined,
  );
  assert.equal(last.call(0, 1), undefined);
  assert.equal(last.byteString(-1), "deep");
});
