/**
 * Lists that many may write to. Whether a list has keys (elements found by some of their fields), is a set, or is one value
 * as a whole, only its definition says; what the API server has booked for our field manager says it as well.
 */
import { canonicalJson, equalJson, field, isJsonObject, type Json, type JsonObject } from "../json/json.ts";

/** What our manager owns of one list: elements by their keys (`k:{"name":"x"}`), or members of a set (`v:"x"`). */
export interface OwnedList {
  readonly keys: readonly { readonly key: JsonObject; readonly below: JsonObject }[];
  readonly members: readonly Json[];
}

/** Reads the nodes of `fieldsV1` at the path of a list; undefined where they know no single elements. */
export function ownedListOf(nodes: readonly JsonObject[]): OwnedList | undefined {
  const keys: { key: JsonObject; below: JsonObject }[] = [];
  const members: Json[] = [];
  for (const [entry, below] of nodes.flatMap((node) => Object.entries(node))) {
    const value = /^[kv]:/.test(entry) ? parsed(entry.slice(2)) : undefined;
    if (value === undefined) continue;
    if (entry.startsWith("v:")) members.push(value);
    else if (isJsonObject(value)) keys.push({ key: value, below: isJsonObject(below) ? below : {} });
  }
  return keys.length > 0 || members.length > 0 ? { keys, members } : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Finds elements by key: at once where all key fields are there, one by one where some are left to their defaults. */
export class KeyIndex {
  readonly #fields: readonly string[];
  readonly #complete = new Map<string, number>();
  readonly #incomplete: number[] = [];

  constructor(readonly elements: readonly Json[], { keys }: OwnedList) {
    this.#fields = Object.keys(keys[0]!.key);
    elements.forEach((element, index) => {
      const text = this.#textOf(element);
      if (text === undefined) this.#incomplete.push(index);
      else if (!this.#complete.has(text)) this.#complete.set(text, index);
    });
  }

  /** The index of the element with the key of the given one, -1 where there is none. */
  indexOf(element: Json): number {
    const text = this.#textOf(element);
    const index = text === undefined ? undefined : this.#complete.get(text);
    if (index !== undefined) return index;
    const others = text === undefined ? this.elements.keys() : this.#incomplete;
    for (const other of others) if (this.#fits(element, this.elements[other]!)) return other;
    return -1;
  }

  #textOf(element: Json): string | undefined {
    const values = this.#fields.map((name) => field(element, name));
    return values.some((value) => value === undefined) ? undefined : canonicalJson(values as Json[]);
  }

  #fits(a: Json, b: Json): boolean {
    return this.#fields.every((name) => {
      const one = field(a, name), other = field(b, name);
      return one === undefined || other === undefined || equalJson(one, other);
    });
  }
}
