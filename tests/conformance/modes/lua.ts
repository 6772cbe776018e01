/** Modes `lua-eval`, `lua-aggregate` and `lua-evaluate`. */
import { field, type JsonObject } from "../../../src/json/json.ts";
import { createLuaSandbox, type LuaAnswerValue, type SandboxWorld } from "../../../src/sandbox/mod.ts";
import { readAggregate, readEvaluate } from "../../../src/sandbox/results.ts";
import { type Answer, type Case, maskAddresses, maskAll, textField } from "../case.ts";

const world: SandboxWorld = {
  seconds: () => Math.floor(Date.now() / 1000),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
const sandbox = createLuaSandbox({}, world), bare = createLuaSandbox({}, world, { helpers: false });

export function luaEval(input: Case): Answer {
  const runner = input.modules === false ? bare : sandbox;
  const { values, printed } = runner.run({ text: textField(input, "script"), name: "script" });
  const described = values.map(describe);
  return {
    ok: true,
    n: values.length,
    ...(described[0] ?? { type: "none", tostring: "", json: null }),
    ...(values.length > 1 ? { values: described } : {}),
    ...(printed === "" ? {} : { stdout: maskAddresses(printed) }),
  };
}

function describe({ type, tostring, json, jsonError }: LuaAnswerValue): JsonObject {
  const bytes = Uint8Array.from(tostring, (character) => character.charCodeAt(0));
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let isUtf8 = true;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    isUtf8 = false;
  }
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    type,
    tostring: maskAddresses(text),
    ...(jsonError === undefined ? { json: maskAll(json ?? null) } : { jsonError }),
    ...(isUtf8 ? {} : { hex }),
  };
}

export function luaAggregate(input: Case): Answer {
  const script = textField(input, "script");
  const value = field(input, "resources") ?? [];
  if (script === "") return { ok: true, resources: value, message: "" };
  const result = sandbox.evaluate({ text: script, name: "aggregatedSelection" }, { global: "resources", value });
  const { resources, message } = readAggregate(result.value);
  return { ok: true, resources, message, result: result.value, ...stdoutOf(result.printed) };
}

export function luaEvaluate(input: Case): Answer {
  const script = textField(input, "script");
  if (script === "") return { ok: true, matching: true, message: "" };
  const value = field(input, "obj") ?? {};
  const result = sandbox.evaluate({ text: script, name: "evaluate" }, { global: "obj", value });
  return { ok: true, ...readEvaluate(result.value), result: result.value, ...stdoutOf(result.printed) };
}

function stdoutOf(printed: string): JsonObject {
  return printed === "" ? {} : { stdout: maskAddresses(printed) };
}
