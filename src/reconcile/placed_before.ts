/** What rendered objects became when they were placed before: the same object, in the same place, is placed alike. */
import type { JsonObject } from "../json/json.ts";
import type { Origin } from "./origin.ts";
import type { Placed, PlaceOptions } from "./place.ts";

type Result = Placed | { readonly error: string };

interface Before {
  readonly origin: Origin;
  readonly options: PlaceOptions;
  readonly result: Result;
}

export class PlacedBefore {
  readonly #byDocument = new WeakMap<JsonObject, Before>();

  /** What `place` gives, asked only where it was not asked the same before. */
  of(document: JsonObject, origin: Origin, options: PlaceOptions, place: () => Result): Result {
    const before = this.#byDocument.get(document);
    if (before && before.origin === origin && isSame(before.options, options)) return before.result;
    const result = place();
    this.#byDocument.set(document, { origin, options, result });
    return result;
  }
}

/** A trigger whose spec is another renders other objects: here its own maps tell all that matters. */
function isSame(a: PlaceOptions, b: PlaceOptions): boolean {
  return a.instance === b.instance && a.onStop === b.onStop && a.step === b.step &&
    isSameList(a.subresources, b.subresources) &&
    a.kind.scope === b.kind.scope && isSameList(a.kind.subresources, b.kind.subresources) &&
    isSameMap(a.trigger.extraLabels, b.trigger.extraLabels) &&
    isSameMap(a.trigger.extraAnnotations, b.trigger.extraAnnotations);
}

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === b || a !== undefined && b !== undefined && a.length === b.length && a.every((one, i) => one === b[i]);
}

function isSameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
