/**
 * `spec.patches`: JSON patches (RFC 6902) and merge patches over rendered objects, as Sveltos applies them with kustomize. What
 * kustomize merges by a list's key (containers by name) is refused by name, since it is not done here. Pure.
 */
import { applyPatch, type Operation } from "rfc6902";
import type { ObjectTarget } from "../api/event_trigger.ts";
import { groupOf, objectRef } from "../api/object.ts";
import { cloneJson, field, Float64, isJsonObject, type Json, type JsonObject, setField } from "../json/json.ts";
import { readYaml, YamlError } from "../yaml/read.ts";
import { compileTarget } from "./object_target.ts";

/** One patch, its text rendered and read. */
export type Patch = { readonly matches: (object: JsonObject) => boolean } & PatchContent;

type PatchContent =
  | { readonly type: "json"; readonly operations: readonly PatchOperation[] }
  | { readonly type: "merge"; readonly content: JsonObject };

interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** A text that is no patch, or a patch that can't be applied; the message holds no values of objects. */
export class PatchError extends Error {
  override name = "PatchError";
}

const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test"];
/** Directives of strategic merge patches. */
const DIRECTIVES = ["$patch", "$retainKeys", "$setElementOrder", "$deleteFromPrimitiveList"];
/** Groups of Kubernetes itself, whose schemas tell kustomize by which key the elements of a list are merged. */
const BUILT_IN_GROUP = /^$|^(apps|batch|autoscaling|policy|extensions)$|\.k8s\.io$/;

/**
 * Reads a patch. A text that begins with `[` or `- ` is a JSON patch and needs a target; any other is a merge patch, which
 * must say apiVersion, kind and metadata.name and, without a target, is for that one object.
 *
 * @throws {PatchError} for what is neither.
 * @throws {TargetError} for a target that is none.
 */
export function readPatch(text: string, target: ObjectTarget | undefined): Patch {
  const trimmed = text.trim();
  const value = readOrFail(trimmed);
  const inTarget = compileTarget(target);
  if (trimmed.startsWith("[") || trimmed.startsWith("- ")) {
    if (!target) throw new PatchError("a JSON patch needs a target: say which objects it is for");
    return { type: "json", operations: readOperations(value), matches: inTarget };
  }
  if (!isJsonObject(value)) {
    throw new PatchError("neither a JSON patch (a list of operations) nor a merge patch (an object)");
  }
  const { apiVersion, kind, name, namespace } = objectRef(value);
  for (const [path, part] of [["apiVersion", apiVersion], ["kind", kind], ["metadata.name", name]]) {
    if (part === "") {
      throw new PatchError(`a merge patch needs ${path}; a JSON patch (- op: …) is for objects by their target`);
    }
  }
  refuseStrategic(value, "", BUILT_IN_GROUP.test(groupOf(apiVersion)));
  const isNamed = (object: JsonObject) => {
    const ref = objectRef(object);
    return ref.apiVersion === apiVersion && ref.kind === kind && ref.name === name && ref.namespace === namespace;
  };
  return { type: "merge", content: value, matches: target ? inTarget : isNamed };
}

function readOrFail(text: string): Json {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new PatchError(`not YAML: line ${error.line}: ${error.reason}`);
  }
}

function readOperations(value: Json): PatchOperation[] {
  if (!Array.isArray(value)) throw new PatchError("a JSON patch is a list of operations");
  return value.map((entry, index) => {
    const fail = (problem: string) => new PatchError(`operation ${index + 1}: ${problem}`);
    const op = field(entry, "op"), path = field(entry, "path"), from = field(entry, "from");
    if (typeof op !== "string" || !OPERATIONS.includes(op)) throw fail(`op: must be one of ${OPERATIONS.join(", ")}`);
    if (typeof path !== "string" || !path.startsWith("/")) throw fail("path: wanted a JSON pointer such as /data/key");
    const needsFrom = op === "move" || op === "copy";
    if (needsFrom && (typeof from !== "string" || !from.startsWith("/"))) throw fail("from: wanted a JSON pointer");
    const needsValue = op === "add" || op === "replace" || op === "test";
    const operand = field(entry, "value");
    if (needsValue && operand === undefined) throw fail("value: required");
    for (const pointer of [path, ...(needsFrom ? [from as string] : [])]) refuseProtoKeys(pointer, fail);
    return {
      op,
      path,
      ...(needsFrom ? { from: from as string } : {}),
      ...(needsValue ? { value: withPlainNumbers(operand!) } : {}),
    };
  });
}

/** The library passes over these keys, as a guard; what it would then write is not what was asked for. */
function refuseProtoKeys(pointer: string, fail: (problem: string) => PatchError): void {
  const token = tokensOf(pointer).find((name) => ["__proto__", "constructor", "prototype"].includes(name));
  if (token !== undefined) throw fail(`a key named ${token} can't be patched`);
}

function refuseStrategic(value: Json, path: string, isBuiltIn: boolean): void {
  if (Array.isArray(value)) {
    if (isBuiltIn && value.some(isJsonObject)) {
      throw new PatchError(
        `${path}: lists of objects of Kubernetes' own kinds are merged by a key in Sveltos, which is not supported here; ` +
          `use a JSON patch (- op: …)`,
      );
    }
    return;
  }
  if (!isJsonObject(value)) return;
  for (const key of Object.keys(value)) {
    const directive = DIRECTIVES.find((name) => key === name || key.startsWith(`${name}/`));
    if (directive) throw new PatchError(`${path}/${key}: directive ${directive} is not supported; use a JSON patch`);
    refuseStrategic(value[key]!, `${path}/${key}`, isBuiltIn);
  }
}

/** The object after all patches that are for it, one after the other. @throws {PatchError} */
export function applyPatches(object: JsonObject, patches: readonly Patch[]): JsonObject {
  // Sveltos: before it applies the first it asks which are for the object, and drops removals of what is not there.
  const applicable = patches.filter(({ matches }) => matches(object)).map((patch): Patch => {
    if (patch.type === "merge") return patch;
    const isVain = ({ op, path }: PatchOperation) => op === "remove" && valueAt(object, tokensOf(path)) === undefined;
    return { ...patch, operations: patch.operations.filter((operation) => !isVain(operation)) };
  });
  return applicable.reduce(applyOne, object);
}

function applyOne(object: JsonObject, patch: Patch): JsonObject {
  if (patch.type === "merge") return merge(object, patch.content);
  const { operations } = patch;
  const result = withPlainNumbers(cloneJson(object)) as JsonObject;
  const errors = operations.map((operation) => applyPatch(result, [asWritten(operation, result)])[0] ?? null);
  const index = errors.findIndex((error) => error !== null);
  if (index < 0) return result;
  const { op, path } = operations[index]!;
  const why = errors[index]!.name === "TestError"
    ? "the value there is another"
    : "there is no such place in the object";
  throw new PatchError(`operation "${op}" at ${path}: ${why}`);
}

/** kustomize's library: a member that is to be replaced and is not there is added. */
function asWritten(operation: PatchOperation, object: JsonObject): Operation {
  const isMember = isJsonObject(valueAt(object, tokensOf(operation.path).slice(0, -1)));
  return (operation.op === "replace" && isMember ? { ...operation, op: "add" } : operation) as Operation;
}

/** kustomize keeps the name, namespace and kind of what it patches. */
function merge(object: JsonObject, patch: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = patch;
  const { name: _name, namespace: _namespace, ...others } = isJsonObject(metadata) ? metadata : {};
  const content = { ...rest, ...(Object.keys(others).length > 0 ? { metadata: others } : {}) };
  return mergeInto(object, content, "") as JsonObject;
}

/** As RFC 7396: null takes away, maps are merged, everything else is replaced; but only by a value of its own kind. */
function mergeInto(value: Json | undefined, patch: Json, path: string): Json {
  const there = shapeOf(value), given = shapeOf(patch);
  if (there !== "nothing" && there !== given) {
    throw new PatchError(`merge at ${path}: ${given} can't be merged into ${there}; use a JSON patch to replace it`);
  }
  if (!isJsonObject(patch)) return cloneJson(patch);
  const result: JsonObject = isJsonObject(value) ? { ...value } : {};
  for (const key of Object.keys(patch)) {
    const entry = patch[key]!;
    if (entry === null) delete result[key];
    else setField(result, key, mergeInto(field(result, key), entry, `${path}/${key}`));
  }
  return result;
}

function shapeOf(value: Json | undefined): "nothing" | "a map" | "a list" | "a single value" {
  if (value === undefined || value === null) return "nothing";
  return isJsonObject(value) ? "a map" : Array.isArray(value) ? "a list" : "a single value";
}

/** Undefined where nothing stands at the place. */
function valueAt(value: Json, tokens: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const token of tokens) {
    if (Array.isArray(current)) current = /^\d+$/.test(token) ? current[Number(token)] : undefined;
    else current = field(current, token);
  }
  return current;
}

/** `/metadata/labels/a~1b` → `metadata`, `labels`, `a/b`. */
export function tokensOf(pointer: string): string[] {
  return pointer.split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The library copies plain values only; as JSON, 3.0 and 3 are one number. */
function withPlainNumbers(value: Json): Json {
  if (value instanceof Float64) return value.value;
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) setField(copy, key, withPlainNumbers(value[key]!));
  return copy;
}
