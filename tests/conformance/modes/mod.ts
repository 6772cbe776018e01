/** The modes of the conformance runner, by name. */
import type { Mode } from "../case.ts";
import { cel } from "./cel.ts";
import { luaAggregate, luaEval, luaEvaluate } from "./lua.ts";
import { pipeline } from "./pipeline.ts";
import { template } from "./template.ts";
import { yamlRead, yamlSplit, yamlWrite, yamlWriteV3 } from "./yaml.ts";

export const MODES: ReadonlyMap<string, Mode> = new Map<string, Mode>([
  ["lua-eval", luaEval],
  ["lua-aggregate", luaAggregate],
  ["lua-evaluate", luaEvaluate],
  ["cel", cel],
  ["template", template],
  ["pipeline", pipeline],
  ["yaml-read", yamlRead],
  ["yaml-write", yamlWrite],
  ["yaml-write-v3", yamlWriteV3],
  ["yaml-split", yamlSplit],
]);
