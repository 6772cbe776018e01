/**
 * The values of Secrets as a redactor looks for them, and the indexes made of them: one for the same values, since passes that
 * follow each other have most or all of them in common.
 */
import { Buffer } from "node:buffer";
import type { KubeObject } from "../api/object.ts";
import { field, isJsonObject } from "../json/json.ts";
import { isTemplateObject } from "./public_words.ts";
import { SecretIndex } from "./secret_index.ts";

/** So many indexes are kept, of so many characters together; the ones that were used the longest ago go first. */
const MAX_INDEXES = 8;
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** What is looked for depends on where a value stands. */
type Place = `${"data" | "stringData"} of ${"a template" | "a Secret"}`;

/** Each value once: the outputs of a trigger hold what its sources do, many times over. */
type Values = ReadonlyMap<Place, ReadonlySet<string>>;

export class SecretIndexes {
  /** The one that was used last is the last. */
  #kept: { readonly values: Values; readonly index: SecretIndex }[] = [];

  /** The index of exactly these Secrets' values. */
  of(secrets: readonly KubeObject[]): SecretIndex {
    const values = valuesOf(secrets);
    const known = this.#kept.find((one) => areEqual(one.values, values));
    const used = known ?? { values, index: new SecretIndex(textsOf(values)) };
    this.#kept = [...this.#kept.filter((one) => one !== used), used].slice(-MAX_INDEXES);
    const characters = () => this.#kept.reduce((sum, { index }) => sum + index.characters, 0);
    while (this.#kept.length > 1 && characters() > MAX_CHARACTERS) this.#kept.shift();
    return used.index;
  }
}

function valuesOf(secrets: readonly KubeObject[]): Values {
  const values = new Map<Place, Set<string>>();
  for (const secret of secrets) {
    const owner = isTemplateObject(secret) ? "a template" : "a Secret";
    for (const name of ["data", "stringData"] as const) {
      const data = field(secret, name);
      if (!isJsonObject(data)) continue;
      const place: Place = `${name} of ${owner}`;
      const set = values.get(place) ?? new Set();
      values.set(place, set);
      for (const value of Object.values(data)) if (typeof value === "string") set.add(value);
    }
  }
  return values;
}

function areEqual(a: Values, b: Values): boolean {
  return a.size === b.size && [...a].every(([place, set]) => {
    const other = b.get(place);
    return other?.size === set.size && other.isSubsetOf(set);
  });
}

/** Every value: decoded, and what within that is base64 once more, as keys in kubeconfigs are. */
function textsOf(values: Values): string[] {
  return [...values].flatMap(([place, set]) =>
    [...set].flatMap((value) => {
      const isEncoded = place.startsWith("data");
      const plain = isEncoded ? Buffer.from(value, "base64").toString("utf8") : value;
      const inner = [...plain.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([text]) =>
        Buffer.from(text, "base64").toString("utf8")
      );
      return [
        ...(isEncoded ? [value] : []),
        ...(place.endsWith("a template") ? withoutActions(plain) : [plain]),
        ...inner,
      ];
    })
  );
}

/** A template's text and its literals; names of fields and functions are no secret, and errors are told by them. */
function withoutActions(template: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at < template.length;) {
    const start = template.indexOf("{{", at);
    const end = start < 0 ? -1 : template.indexOf("}}", start);
    if (end < 0) return [...texts, template.slice(at)];
    const action = template.slice(start + 2, end);
    texts.push(template.slice(at, start), ...literalsOf(action));
    at = end + 2;
  }
  return texts;
}

/** What stands between quotes; all of an action in which a backslash makes that hard to tell. */
function literalsOf(action: string): string[] {
  if (action.includes("\\")) return [action];
  return ['"', "`"].flatMap((quote) => action.split(quote).filter((_, index) => index % 2 === 1));
}
