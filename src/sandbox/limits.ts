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
  /** Bytes of texts in one resource, given or returned. */
  readonly resourceBytes: number;
  /** Tables within each other, in what a script returns. */
  readonly resultDepth: number;
  /** Values in what a script returns. */
  readonly resultValues: number;
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

export const DEFAULT_LUA_LIMITS: LuaLimits = {
  milliseconds: 2_000,
  bytes: 256 * 1024 * 1024,
  scriptBytes: 256 * 1024,
  printBytes: 8 * 1024,
  resourcesIn: 50_000,
  resourcesOut: 100_000,
  resourceBytes: 1024 * 1024,
  resultDepth: 64,
  resultValues: 20_000_000,
};
