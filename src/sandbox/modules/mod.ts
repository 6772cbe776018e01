/** The helper modules that scripts may require, by name: their Lua part and their functions of the host. */
import jsonText from "../../../lua/modules/json.lua" with { type: "text" };
import runesText from "../../../lua/modules/runes.lua" with { type: "text" };
import sprigText from "../../../lua/modules/sprig.lua" with { type: "text" };
import stringsText from "../../../lua/modules/strings.lua" with { type: "text" };
import type { HostFunction } from "../host_value.ts";
import { json } from "./json.ts";
import { runes } from "./runes.ts";
import { type ModuleWorld, sprigFunctions } from "./sprig.ts";
import { strings } from "./strings.ts";

export type { ModuleWorld } from "./sprig.ts";

/** A chunk for each module: it takes its functions of the host, checks of arguments and the VM's own functions. */
export const MODULE_CHUNKS: Readonly<Record<string, string>> = {
  json: jsonText,
  runes: runesText,
  sprig: sprigText,
  strings: stringsText,
};

/** The functions of the host that each module's chunk takes, by the module's name. */
export function moduleFunctions(world: ModuleWorld): Readonly<Record<string, Readonly<Record<string, HostFunction>>>> {
  return { json, runes, sprig: sprigFunctions(world), strings };
}
