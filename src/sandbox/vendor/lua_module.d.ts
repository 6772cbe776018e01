/** Lua 5.4 with a fuel counter, compiled once for the whole process. */
export declare const luaModule: WebAssembly.Module;
