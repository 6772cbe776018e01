/** What one evaluation may cost. Each limit has a name, a default, and an error that names it. */
export interface LuaLimits {
  /** CPU time of one evaluation, in milliseconds. */
  readonly milliseconds: number;
  /** Memory of one evaluation, in bytes. */
  readonly bytes: number;
  /** Length of a script, in bytes. */
  readonly scriptBytes: number;
  /** What `print` may write; the rest is dropped and counted. */
  readonly printBytes: number;
  /** Elements of the list that a script is given. */
  readonly resourcesIn: number;
  /** Elements of the list `resources` that a script returns. */
  readonly resourcesOut: number;
  /**
   * Bytes of texts in one resource, given or returned; and of a text that a script gives to a function of the host, whose
   * work is not counted as Lua's is.
   */
  readonly resourceBytes: number;
  /** Tables within each other, in what a script returns. */
  readonly resultDepth: number;
}

/** The flag that sets a limit, for messages. */
export const LIMIT_FLAGS = {
  milliseconds: "--lua-time",
  bytes: "--lua-memory",
  scriptBytes: "--lua-script-size",
  printBytes: "--lua-print-size",
  resourcesIn: "--lua-resources-in",
  resourcesOut: "--lua-resources-out",
  resourceBytes: "--lua-resource-size",
} as const satisfies Partial<Record<keyof LuaLimits, string>>;

/** What a script may give to one call of a function of the host, in texts that are as long as they may be. */
export const TEXTS_AT_ONCE = 4;
/** The part of the memory that a function of the host may give back at once. */
export const RESULT_SHARE = 1 / 8;
/** What an element of a list counts, in bytes, besides its text. */
export const ELEMENT_BYTES = 8;

export const DEFAULT_LUA_LIMITS: LuaLimits = {
  milliseconds: 2_000,
  bytes: 256 * 1024 * 1024,
  scriptBytes: 256 * 1024,
  printBytes: 8 * 1024,
  resourcesIn: 50_000,
  resourcesOut: 100_000,
  resourceBytes: 1024 * 1024,
  resultDepth: 64,
};
