/**
 * Desired × live: which fields of a live object differ from what we want, by path and never by value. A field that others
 * set and we don't mention is theirs, except where an object of ours must hold exactly what we gave it (a Secret's data).
 */
import type { KubeObject } from "../api/object.ts";
import { equalJson, field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { FIELD_MANAGER } from "./marks.ts";

/** Maps whose keys are ours alone: one that somebody adds to a credential is drift. */
export const EXACT_MAPS = new Map([["Secret", ["data"]], ["ConfigMap", ["data", "binaryData"]]]);

/**
 * The paths (such as `data.config` or `metadata.labels["x"]`) at which the live object is not as desired; empty where a
 * write would change nothing, the given subresources included. Paths that only our field manager owns and that are not desired any more count as well.
 *
 * @param writer The field manager whose paths these are: ours, unless somebody else has written the object.
 */
export function differences(
  desired: KubeObject,
  live: KubeObject,
  subresources: readonly string[] = [],
  writer = FIELD_MANAGER,
): string[] {
  const paths: string[] = [];
  compare(desired, live, "", paths);
  for (const name of EXACT_MAPS.get(desired.kind) ?? []) {
    const wanted = field(desired, name), there = field(live, name);
    if (!isJsonObject(there)) continue;
    for (const key of Object.keys(there)) {
      if (field(wanted, key) === undefined) paths.push(`${joinPath(name, key)} (not asked for)`);
    }
  }
  for (const path of abandonedPaths(desired, live, subresources, writer)) if (!paths.includes(path)) paths.push(path);
  return paths;
}

function compare(desired: Json, live: Json | undefined, path: string, paths: string[]): void {
  if (isJsonObject(desired) && isJsonObject(live)) {
    for (const key of Object.keys(desired)) {
      const wanted = desired[key]!;
      // A null says "not set": the API server drops it.
      if (wanted === null && (field(live, key) ?? null) === null) continue;
      compare(wanted, field(live, key), joinPath(path, key), paths);
    }
  } else if (Array.isArray(desired) && Array.isArray(live) && desired.length === live.length) {
    desired.forEach((element, index) => compare(element, live[index], `${path}[${index}]`, paths));
  } else if (!equalJson(desired, live) && !isEmptyAndAbsent(desired, live)) {
    paths.push(path);
  }
}

/** The API server stores no empty labels, annotations or data: an empty map that is not there is no difference. */
function isEmptyAndAbsent(desired: Json, live: Json | undefined): boolean {
  return live === undefined && isJsonObject(desired) && Object.keys(desired).length === 0;
}

/** What the manager still owns (by the API server's own book-keeping) and a server-side apply would therefore remove. */
function abandonedPaths(
  desired: KubeObject,
  live: KubeObject,
  subresources: readonly string[],
  writer: string,
): string[] {
  const entries = fieldAt(live, "metadata", "managedFields");
  if (!Array.isArray(entries)) return [];
  const paths: string[] = [];
  for (const entry of entries) {
    const subresource = field(entry, "subresource") || undefined;
    if (field(entry, "manager") !== writer) continue;
    if (subresource !== undefined && !subresources.includes(subresource as string)) continue;
    const owned = field(entry, "fieldsV1");
    if (isJsonObject(owned)) walkOwned(owned, desired, "", paths);
  }
  return paths;
}

function walkOwned(owned: JsonObject, desired: Json | undefined, path: string, paths: string[]): void {
  for (const [entry, below] of Object.entries(owned)) {
    // Elements of lists (`k:`, `v:`, `i:`) are compared as lists above; `.` is the map itself.
    if (!entry.startsWith("f:")) continue;
    const key = entry.slice(2);
    const here = joinPath(path, key);
    const wanted = field(desired, key);
    if (wanted === undefined) paths.push(`${here} (no longer asked for)`);
    else if (isJsonObject(below) && isJsonObject(wanted)) walkOwned(below, wanted, here, paths);
  }
}

/** The path of a key below another: `data.config`, `metadata.labels["a/b"]`. */
export function joinPath(path: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}
