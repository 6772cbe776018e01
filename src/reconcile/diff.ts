/**
 * Desired × live: which fields of a live object differ from what we want, by path and never by value. A field that others
 * set and we don't mention is theirs, except where an object of ours must hold exactly what we gave it (a Secret's data).
 */
import { type KubeObject, qualifiedKind } from "../api/object.ts";
import { canonicalJson, equalJson, field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { FIELD_MANAGER } from "./marks.ts";
import { KeyIndex, type OwnedList, ownedListOf } from "./owned_list.ts";

/**
 * Maps whose keys are ours alone, by qualified kind: one that somebody adds to a credential is drift. Another group's kind of
 * the same name has none: what others add there is not taken away, and would differ for ever.
 */
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
  const owned = ownedNodes(live, subresources, writer);
  compare(desired, live, "", paths, owned);
  for (const name of EXACT_MAPS.get(qualifiedKind(desired)) ?? []) {
    const wanted = field(desired, name), there = field(live, name);
    if (!isJsonObject(there)) continue;
    for (const key of Object.keys(there)) {
      if (field(wanted, key) === undefined) paths.push(`${joinPath(name, key)} (not asked for)`);
    }
  }
  const abandoned: string[] = [];
  for (const node of owned) walkOwned(node, desired, "", abandoned);
  return [...new Set([...paths, ...abandoned])];
}

/** @param owned What is ours of `live`, as the API server has booked it. */
function compare(
  desired: Json,
  live: Json | undefined,
  path: string,
  paths: string[],
  owned: readonly JsonObject[],
): void {
  if (isJsonObject(desired) && isJsonObject(live)) {
    for (const key of Object.keys(desired)) {
      const wanted = desired[key]!;
      // A null says "not set": the API server drops it.
      if (wanted === null && (field(live, key) ?? null) === null) continue;
      const below = owned.map((node) => field(node, `f:${key}`)).filter(isJsonObject);
      compare(wanted, field(live, key), joinPath(path, key), paths, below);
    }
    return;
  }
  if (Array.isArray(desired) && Array.isArray(live)) {
    const list = ownedListOf(owned);
    if (list) return compareElements(desired, live, path, paths, list);
    if (desired.length === live.length) {
      return desired.forEach((element, index) => compare(element, live[index], `${path}[${index}]`, paths, []));
    }
  }
  if (!equalJson(desired, live) && !isEmptyAndAbsent(desired, live)) paths.push(path);
}

/** Of a list that others write to as well, our elements count, and their order among themselves. */
function compareElements(
  desired: readonly Json[],
  live: readonly Json[],
  path: string,
  paths: string[],
  list: OwnedList,
): void {
  if (list.keys.length === 0) {
    const there = new Set(live.map(canonicalJson));
    desired.forEach((element, index) => {
      if (!there.has(canonicalJson(element))) paths.push(`${path}[${index}]`);
    });
    return;
  }
  const found = new KeyIndex(live, list), booked = new KeyIndex(list.keys.map(({ key }) => key), list);
  const indexes = desired.map((element) => found.indexOf(element));
  desired.forEach((element, index) => {
    const below = list.keys[booked.indexOf(element)]?.below;
    compare(element, live[indexes[index]!], `${path}[${index}]`, paths, below ? [below] : []);
  });
  const there = indexes.filter((index) => index >= 0);
  if (there.some((index, place) => place > 0 && index < there[place - 1]!)) paths.push(`${path} (the order)`);
}

/** The API server stores no empty labels, annotations or data: an empty map that is not there is no difference. */
function isEmptyAndAbsent(desired: Json, live: Json | undefined): boolean {
  return live === undefined && isJsonObject(desired) && Object.keys(desired).length === 0;
}

/** What the manager owns, by the API server's own book-keeping; in subresources where those are given. */
function ownedNodes(live: KubeObject, subresources: readonly string[], writer: string): JsonObject[] {
  const entries = fieldAt(live, "metadata", "managedFields");
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry) => {
    const subresource = field(entry, "subresource") || undefined;
    return field(entry, "manager") === writer &&
      (subresource === undefined || subresources.includes(subresource as string));
  }).map((entry) => field(entry, "fieldsV1")).filter(isJsonObject);
}

/** What we own and don't ask for any more, so that a server-side apply would remove it. */
function walkOwned(owned: JsonObject, desired: Json | undefined, path: string, paths: string[]): void {
  if (Array.isArray(desired)) return walkOwnedList(owned, desired, path, paths);
  for (const [entry, below] of Object.entries(owned)) {
    // `.` is the map itself.
    if (!entry.startsWith("f:")) continue;
    const key = entry.slice(2);
    const here = joinPath(path, key);
    const wanted = field(desired, key);
    if (wanted === undefined) paths.push(`${here} (no longer asked for)`);
    else if (isJsonObject(below) && (isJsonObject(wanted) || Array.isArray(wanted))) {
      walkOwned(below, wanted, here, paths);
    }
  }
}

function walkOwnedList(owned: JsonObject, desired: readonly Json[], path: string, paths: string[]): void {
  const list = ownedListOf([owned]);
  if (!list) return;
  const gone = `${path} (an element is no longer asked for)`;
  const wanted = new Set(list.members.length > 0 ? desired.map(canonicalJson) : []);
  if (list.members.some((member) => !wanted.has(canonicalJson(member)))) paths.push(gone);
  if (list.keys.length === 0) return;
  const found = new KeyIndex(desired, list);
  for (const { key, below } of list.keys) {
    const index = found.indexOf(key);
    if (index < 0) paths.push(gone);
    else walkOwned(below, desired[index], `${path}[${index}]`, paths);
  }
}

/** The path of a key below another: `data.config`, `metadata.labels["a/b"]`. */
export function joinPath(path: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}
