/** What a reflector knows: the objects of one query, and the changes that a new state makes to them. No I/O, no time. */
import { compareObjects, isSameVersion, type KubeObject, nameOf, namespaceOf, uidOf } from "../api/object.ts";
import { equalJson } from "../json/json.ts";

/** How one object changed. */
export interface CacheChange {
  readonly type: "added" | "modified" | "deleted";
  /** As it is now; of a deleted one, the last that was seen. */
  readonly object: KubeObject;
  /** As it was. */
  readonly old?: KubeObject;
  /** `list`: found by comparing; nobody saw it happen, or in which order. */
  readonly seen: "watch" | "list";
}

export class ObjectCache {
  #objects = new Map<string, KubeObject>();
  #sorted: readonly KubeObject[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  /** All objects in API order: by the bytes of `<namespace>/<name>`. */
  list(): readonly KubeObject[] {
    return this.#sorted ??= [...this.#objects.values()].sort(compareObjects);
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  /** Takes what a watch reports as added or modified, which may be known already. */
  put(object: KubeObject, seen: "watch" | "list" = "watch"): CacheChange[] {
    const key = keyOf(object), old = this.#objects.get(key);
    if (old && isSame(old, object, seen)) return [];
    this.#objects.set(key, object);
    this.#sorted = undefined;
    if (!old) return [{ type: "added", object, seen }];
    if (uidOf(old) === uidOf(object)) return [{ type: "modified", object, old, seen }];
    // Another object under the same name: nobody told of the end of the first.
    return [{ type: "deleted", object: old, old, seen: "list" }, { type: "added", object, seen }];
  }

  /** Takes what a watch reports as deleted. */
  remove(object: KubeObject): CacheChange[] {
    const key = keyOf(object), old = this.#objects.get(key);
    if (!old) return [];
    this.#objects.delete(key);
    this.#sorted = undefined;
    return [{ type: "deleted", object, old, seen: "watch" }];
  }

  /** Takes a complete list as the new state. Changes are in API order, deletions first. */
  replace(items: readonly KubeObject[]): CacheChange[] {
    const listed = new Set(items.map(keyOf));
    const changes: CacheChange[] = [];
    for (const old of this.list()) {
      const key = keyOf(old);
      if (listed.has(key)) continue;
      this.#objects.delete(key);
      changes.push({ type: "deleted", object: old, old, seen: "list" });
    }
    for (const item of [...items].sort(compareObjects)) changes.push(...this.put(item, "list"));
    this.#sorted = undefined;
    return changes;
  }
}

function keyOf(object: KubeObject): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}

/** After storage was put back, a resourceVersion may be given a second time: only within one watch does it say all. */
function isSame(old: KubeObject, object: KubeObject, seen: "watch" | "list"): boolean {
  return isSameVersion(old, object) && (seen === "watch" || equalJson(old, object));
}
