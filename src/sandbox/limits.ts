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
  /** Tables within each other, in what a script returns. */
  readonly resultDepth: number;
  /** Values in what a script returns. */
  readonly resultValues: number;
}

export const DEFAULT_LUA_LIMITS: LuaLimits = {
  milliseconds: 2_000,
  bytes: 256 * 1024 * 1024,
  scriptBytes: 256 * 1024,
  printBytes: 8 * 1024,
  resultDepth: 64,
  resultValues: 20_000_000,
};
