// The compiled module, loaded without any permission. In JavaScript, since TypeScript can't parse a source import yet.
// @ts-self-types="./lua_module.d.ts"
import source luaModule from "./lua54_fuel.wasm";
export { luaModule };
