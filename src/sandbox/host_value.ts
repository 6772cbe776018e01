/** What crosses between Lua and functions of the host. */

/** nil and what can't cross (functions, threads) are undefined. Strings are bytes, one character (0–255) each. */
export type HostValue = string | number | boolean | undefined | HostList | HostMap;

/** As an argument: the elements 1 to #t of a table. As a result: a new table. */
export interface HostList {
  readonly list: readonly HostValue[];
}

/** As a result only: a new table with these keys. */
export interface HostMap {
  readonly map: readonly (readonly [string, HostValue])[];
}

/** A function of the host that Lua may call: one result, or several as an array. */
export type HostFunction = (...args: HostValue[]) => HostValue | readonly HostValue[] | void;

/** What a function of the host refuses: an error that a script may catch, with the user's line before it. */
export class HostError extends Error {
  override name = "HostError";
}
