/** A reader that also sees what is about to be written: the objects of a trigger's generators, in the pass that makes them. */
import { groupOf, type KubeObject, objectKey, objectRef, versionOf } from "../api/object.ts";
import { type Listing, memoryOf, type ObjectQuery, type ObjectReader } from "./reader.ts";

/**
 * The reader with `objects` in the place of what it has under the same names. They are seen by queries for one object alone,
 * and by those for the objects of one namespace.
 */
export function overlay(reader: ObjectReader, objects: readonly KubeObject[]): ObjectReader {
  if (objects.length === 0) return reader;
  const byKey = new Map(objects.map((object) => [objectKey(objectRef(object)), object]));
  return {
    ...passThrough(reader),
    async list(query, signal, options): Promise<Listing> {
      const here = [...byKey.values()].filter((object) => isAsked(object, query));
      if (query.name && here.length > 0) return { objects: here };
      const listing = await reader.list(query, signal, options);
      if (listing.unknown || here.length === 0) return listing;
      const rest = listing.objects.filter((object) => !byKey.has(objectKey(objectRef(object))));
      return { objects: [...rest, ...here] };
    },
  };
}

function passThrough(reader: ObjectReader): ObjectReader {
  return {
    list: (query, signal, options) => reader.list(query, signal, options),
    kindOf: (group, version, kind, signal) => reader.kindOf(group, version, kind, signal),
    ...memoryOf(reader),
  };
}

function isAsked(object: KubeObject, query: ObjectQuery): boolean {
  const { apiVersion, kind, namespace, name } = objectRef(object);
  return kind === query.kind && groupOf(apiVersion) === query.group &&
    (query.version === "" || versionOf(apiVersion) === query.version) &&
    namespace === query.namespace && (!query.name || name === query.name) && !query.labelSelector;
}
