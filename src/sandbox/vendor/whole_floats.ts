/**
 * Makes Lua 5.4 print a whole float as Lua 5.1 and gopher-lua do: `10 / 2 .. ""` is `5`, not `5.0`.
 *
 * Lua 5.4 appends `.0` to the text of a float that consists of the characters of one constant alone. With that constant
 * empty no text does. The constant serves nothing else, which the count of its occurrences guards.
 */
const DIGITS = "\0-0123456789\0";

/** @throws {Error} where the module is not the one that this is written for. */
export function printWholeFloatsPlainly(module: Uint8Array): Uint8Array {
  const pattern = new TextEncoder().encode(DIGITS);
  const places: number[] = [];
  for (let at = module.indexOf(0); at >= 0; at = module.indexOf(0, at + 1)) {
    if (pattern.every((byte, index) => module[at + index] === byte)) places.push(at + 1);
  }
  if (places.length !== 1) {
    throw new Error(`expected the digits constant once in the module, found it ${places.length} times`);
  }
  const patched = module.slice();
  patched[places[0]!] = 0;
  return patched;
}
