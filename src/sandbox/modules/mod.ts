/** The helper modules that scripts may require. */
import type { HostFunction } from "../host_value.ts";

export interface ModuleWorld {
  seconds(): number;
  randomBytes(count: number): Uint8Array;
}

export const MODULE_CHUNKS: Readonly<Record<string, string>> = {};

export function moduleFunctions(_world: ModuleWorld): Record<string, Record<string, HostFunction>> {
  return {};
}
