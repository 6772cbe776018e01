/** The checked-in WebAssembly is what its maker makes of the pinned package, and that package is the one it was written for. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { addFuel, FUEL_EXPORT, FuelError, TICK_IMPORT } from "../../src/sandbox/fuel.ts";
import { makeModule, readGlue } from "../../src/sandbox/vendor/make.ts";
import { printWholeFloatsPlainly } from "../../src/sandbox/vendor/whole_floats.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** wasmoon 1.16.0's dist/glue.wasm. Another one is a decision: look at its imports before changing this line. */
const GLUE = "95f3f19ddb740125883bc41d5ec670cd0828e7b58c8bdad385323cbff497b55c";

const IMPORTS = [
  ...["_emscripten_get_now_is_monotonic", "_emscripten_throw_longjmp", "_gmtime_js", "_localtime_js", "_mktime_js"],
  ...[
    "_tzset_js",
    "__syscall_dup3",
    "__syscall_fcntl64",
    "__syscall_ioctl",
    "__syscall_openat",
    "__syscall_readlinkat",
  ],
  ...["__syscall_renameat", "__syscall_rmdir", "__syscall_unlinkat", "abort", "emscripten_date_now"],
  ...[
    "emscripten_resize_heap",
    "environ_get",
    "environ_sizes_get",
    "exit",
    "fd_close",
    "fd_read",
    "fd_seek",
    "fd_write",
  ],
  ...["invoke_vii", "strftime", "system"],
];

Deno.test("the package is the pinned one", () => {
  assert.equal(sha256(readGlue()), GLUE);
});

Deno.test("the checked-in module is what the maker makes of it", async () => {
  const checkedIn = await Deno.readFile(new URL("../../src/sandbox/vendor/lua54_fuel.wasm", import.meta.url));
  assert.equal(sha256(checkedIn), sha256(makeModule()));
});

Deno.test("it imports what the host answers, and nothing else", () => {
  const module = new WebAssembly.Module(makeModule() as BufferSource);
  const imports = WebAssembly.Module.imports(module);
  assert.deepEqual(imports.map(({ name }) => name).sort(), [...IMPORTS].sort());
  assert.ok(imports.every(({ kind }) => kind === "function"));
  assert.ok(imports.some(({ name }) => name === TICK_IMPORT));
});

Deno.test("it exports what the host calls, and the fuel", () => {
  const names = WebAssembly.Module.exports(new WebAssembly.Module(makeModule() as BufferSource)).map(({ name }) =>
    name
  );
  const wanted = [
    ...["lua_createtable", "lua_getglobal", "lua_next", "lua_pcallk", "lua_pushcclosure", "lua_pushinteger"],
    ...["lua_pushlstring", "lua_pushnumber", "lua_rawgeti", "lua_rawset", "lua_rawseti", "lua_setglobal", "lua_settop"],
    ...["lua_tolstring", "lua_tonumberx", "lua_type", "luaL_loadbufferx", "luaL_newstate", "luaL_requiref", "malloc"],
    ...["luaopen_base", "luaopen_coroutine", "luaopen_math", "luaopen_string", "luaopen_table", FUEL_EXPORT],
  ];
  assert.deepEqual(wanted.filter((name) => !names.includes(name)), []);
});

Deno.test("a module without the tick import is refused", () => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  assert.throws(() => addFuel(empty), FuelError);
  assert.throws(() => printWholeFloatsPlainly(empty), /digits constant/);
});
