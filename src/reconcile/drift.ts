/**
 * Drift that is let be: paths that a trigger excludes, and objects that are annotated to be left alone. Everything else of
 * ours that is changed by others is put right (reliability Decision 14).
 */
import { createHash } from "node:crypto";
import type { DriftExclusion, EventTrigger } from "../api/event_trigger.ts";
import { annotationsOf, type KubeObject, labelsOf, nameOf, qualifiedKind, SERVER_METADATA } from "../api/object.ts";
import { canonicalJson, field, fieldAt, isJsonObject, type Json, type JsonObject, setField } from "../json/json.ts";
import { EXACT_MAPS } from "./diff.ts";
import { TriggerFailure } from "./errors.ts";
import { isReservedKey } from "./marks.ts";
import { compileTarget, TargetError } from "./object_target.ts";
import { tokensOf } from "./patches.ts";

/** On an object of a template: Sveltos does not look at it for drift. */
export const IGNORE_ANNOTATION = "projectsveltos.io/driftDetectionIgnore";

/** A trigger's exclusions, their targets compiled. */
export type Exclusions = readonly { readonly paths: readonly string[]; matches(object: JsonObject): boolean }[];

/** @throws {TriggerFailure} for a target that is none. */
export function compileExclusions(trigger: Pick<EventTrigger, "name" | "driftExclusions">): Exclusions {
  return trigger.driftExclusions.map(({ paths, target }: DriftExclusion, index) => {
    try {
      return { paths, matches: compileTarget(target) };
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      const message = `EventTrigger ${trigger.name} spec.driftExclusions[${index}].target.${error.message}`;
      throw new TriggerFailure("read", "InvalidTarget", message, { cause: error });
    }
  });
}

/**
 * What is to be written over `live`: as desired, but with excluded paths as they are found. Sveltos takes them out of what
 * it applies again; an applier that owns them would thereby remove them, so here they keep the value that they have.
 */
export function withExcluded(desired: KubeObject, live: KubeObject, exclusions: Exclusions): KubeObject {
  let object: Json = desired;
  for (const { paths, matches } of exclusions) {
    if (!matches(desired)) continue;
    for (const tokens of paths.map(tokensOf)) object = keepExact(keep(object, live, tokens) ?? object, live, tokens);
  }
  return object === desired ? desired : withOwnMetadata(object as KubeObject, desired);
}

/** Whatever is excluded: identity and marks are as desired, and what only the API server sets is not sent. */
function withOwnMetadata(object: KubeObject, desired: KubeObject): KubeObject {
  const { namespace } = desired.metadata;
  const metadata: JsonObject = { ...object.metadata, name: nameOf(desired) };
  for (const key of SERVER_METADATA) delete metadata[key];
  if (namespace !== undefined) metadata.namespace = namespace;
  metadata.labels = withMarksOf(labelsOf(object), labelsOf(desired));
  metadata.annotations = withMarksOf(annotationsOf(object), annotationsOf(desired));
  return {
    ...object,
    apiVersion: desired.apiVersion,
    kind: desired.kind,
    metadata: metadata as KubeObject["metadata"],
  };
}

function withMarksOf(entries: Record<string, string>, desired: Record<string, string>): Record<string, string> {
  const isOurs = ([key]: [string, string]) => isReservedKey(key);
  return Object.fromEntries([
    ...Object.entries(entries).filter((entry) => !isOurs(entry)),
    ...Object.entries(desired).filter(isOurs),
  ]);
}

/** Where others' keys would be taken away (a Secret's data), an excluded one that is found is kept as if it were desired. */
function keepExact(desired: Json, live: KubeObject, [name, key, ...rest]: readonly string[]): Json {
  if (name === undefined || key === undefined || rest.length > 0) return desired;
  const isExact = EXACT_MAPS.get(qualifiedKind(live))?.includes(name) ?? false;
  const value = fieldAt(live, name, key);
  if (!isExact || !isJsonObject(desired) || value === undefined) return desired;
  const map = field(desired, name);
  const copy: JsonObject = isJsonObject(map) ? { ...map } : {};
  setField(copy, key, value);
  return { ...desired, [name]: copy };
}

/** `desired` with live's value at the path, or without the path where live has none. What is not desired is not added. */
function keep(desired: Json, live: Json | undefined, tokens: readonly string[]): Json | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return live;
  if (Array.isArray(desired)) {
    const index = /^\d+$/.test(token) ? Number(token) : -1;
    const element = desired[index], other = Array.isArray(live) ? live[index] : undefined;
    if (element === undefined) return desired;
    const kept = keep(element, other, rest);
    return kept === undefined ? desired.toSpliced(index, 1) : desired.with(index, kept);
  }
  if (!isJsonObject(desired) || !Object.hasOwn(desired, token)) return desired;
  const other = isJsonObject(live) && Object.hasOwn(live, token) ? live[token] : undefined;
  const kept = keep(desired[token]!, other, rest);
  const copy: JsonObject = { ...desired };
  if (kept === undefined) delete copy[token];
  else setField(copy, token, kept);
  return copy;
}

export function ignoresDrift(object: KubeObject): boolean {
  return annotationsOf(object)[IGNORE_ANNOTATION] !== undefined;
}

/** Tells two contents apart without a look at the live object, which may have drifted. */
export function contentHash(object: KubeObject): string {
  return createHash("sha256").update(canonicalJson(object)).digest("hex");
}
