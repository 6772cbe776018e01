/** The door of the dialect: gopher-lua's Lua in, Lua 5.4 for our runtime out. */
import { emitChunk } from "./emit.ts";
import { parseChunk } from "./parse.ts";
import type { Chunk } from "./syntax.ts";

export { RUNTIME } from "./emit.ts";
export { explainError, operatorAt } from "./explain.ts";
export { type Chunk, DialectError } from "./syntax.ts";

export interface Rewritten {
  /** A chunk that takes the runtime's functions and returns the user's main function; its lines are the user's. */
  readonly text: string;
  readonly tree: Chunk;
}

/**
 * @param bytes The script, one character (0–255) for each byte.
 * @param chunkName What gopher-lua calls it in messages.
 * @throws {DialectError} where gopher-lua would not compile it.
 */
export function rewrite(bytes: string, chunkName: string): Rewritten {
  const tree = parseChunk(bytes, chunkName);
  return { text: emitChunk(tree), tree };
}
