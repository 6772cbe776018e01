/**
 * Makes `lua54_fuel.wasm` from the Lua 5.4 that the pinned npm package wasmoon carries:
 * `deno run --allow-read --allow-write=src/sandbox/vendor src/sandbox/vendor/make.ts`.
 * A test makes it again in memory and compares, so that the file in the tree is what this program says it is.
 */
import { fileURLToPath } from "node:url";
import { addFuel } from "../fuel.ts";
import { printWholeFloatsPlainly } from "./whole_floats.ts";

export function readGlue(): Uint8Array {
  return Deno.readFileSync(fileURLToPath(import.meta.resolve("wasmoon/dist/glue.wasm")));
}

/** The module that is checked in. */
export function makeModule(): Uint8Array {
  return addFuel(printWholeFloatsPlainly(readGlue()));
}

if (import.meta.main) {
  const file = new URL("./lua54_fuel.wasm", import.meta.url);
  Deno.writeFileSync(file, makeModule());
  console.log(`wrote ${fileURLToPath(file)}`);
}
