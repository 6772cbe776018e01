/**
 * Reads YAML as Kubernetes does (sigs.k8s.io/yaml): YAML 1.1 scalars, the last of two equal keys, string keys throughout.
 * Errors name line and column and never quote what stands there, since that may be a Secret.
 */
import { FAILSAFE_SCHEMA, load, type LoadOptions, Type, YAMLException } from "js-yaml";
import { isJsonObject, type Json } from "../json/json.ts";
import { resolvePlain, ScalarError } from "./scalars.ts";

/** A document may unfold to this many values; more comes of aliases within aliases. */
export const MAX_NODES = 1_000_000;
/** Maps and lists within each other. */
export const MAX_DEPTH = 1_000;

export class YamlError extends Error {
  override name = "YamlError";
  /** @param reason What is wrong, without the place. `line` and `column` start at 1. */
  constructor(readonly reason: string, readonly line: number, readonly column: number) {
    super(reason);
  }
}

/** Stands for a plain null until the document is complete, so that a null key can be told from the text "null". */
const NULL = Symbol("null");

const plain = new Type("tag:yaml.org,2002:plain", {
  kind: "scalar",
  resolve: (text: string | null) => text === null || isResolved(text),
  construct: (text: string | null) => text === null ? NULL : resolvePlain(text) ?? NULL,
});
const merge = new Type("tag:yaml.org,2002:merge", { kind: "scalar", resolve: (text: string | null) => text === "<<" });
const tagged = (name: string) =>
  new Type(`tag:yaml.org,2002:${name}`, {
    kind: "scalar",
    construct: (text: string | null) => resolvePlain(text ?? "") ?? NULL,
  });
const binary = new Type("tag:yaml.org,2002:binary", {
  kind: "scalar",
  construct: (text: string) => {
    try {
      return new TextDecoder().decode(Uint8Array.from(atob(text.replace(/\s/g, "")), (c) => c.charCodeAt(0)));
    } catch {
      throw new ScalarError("!!binary holds no base64");
    }
  },
});
const text = new Type("tag:yaml.org,2002:timestamp", { kind: "scalar", construct: (text: string) => text });
const set = new Type("tag:yaml.org,2002:set", { kind: "mapping" });
/** Tags that go-yaml doesn't know have no effect. */
const unknownTags = (["scalar", "sequence", "mapping"] as const).map((kind) =>
  new Type("!", { kind, multi: true, construct: (value: unknown) => value })
);

const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [merge, plain],
  explicit: [tagged("int"), tagged("float"), tagged("bool"), tagged("null"), binary, text, set, ...unknownTags],
});
const OPTIONS: LoadOptions = { schema: SCHEMA, json: true };

function isResolved(text: string): boolean {
  try {
    return resolvePlain(text) !== text;
  } catch (error) {
    if (error instanceof ScalarError) return true;
    throw error;
  }
}

/**
 * Reads the one document of `text`; an empty text is null.
 *
 * @param firstLine The line of the first character within the file, for errors.
 * @throws {YamlError} where sigs.k8s.io/yaml would fail, or a limit of this reader is passed.
 */
export function readYaml(text: string, firstLine = 1): Json {
  let value: unknown;
  try {
    value = load(firstDocument(text), OPTIONS);
  } catch (error) {
    if (error instanceof YAMLException) {
      const { line, column } = error.mark ?? { line: 0, column: 0 };
      throw new YamlError(reasonOf(error), firstLine + line, column + 1);
    }
    if (error instanceof ScalarError) throw new YamlError(error.message, firstLine, 1);
    if (error instanceof RangeError) throw new YamlError("maps and lists are nested too deep", firstLine, 1);
    throw error;
  }
  return toJson(value, { nodes: 0, line: firstLine }, 0);
}

/** sigs.k8s.io/yaml reads one document and never looks at what follows it. */
function firstDocument(text: string): string {
  const body = /^(?:\uFEFF?(?:[ \t]*(?:#.*)?\r?\n)*---(?=\s|$))?/.exec(text)![0].length;
  const end = /^(---|\.\.\.)(?=\s|$)/m.exec(text.slice(body));
  return end ? text.slice(0, body + end.index) : text;
}

/** js-yaml's words, without the pieces of the document that some of them quote. */
function reasonOf(error: YAMLException): string {
  return (error.reason ?? "not YAML").replace(/\s*[("<].*$/s, "").trim() || "not YAML";
}

/** Replaces the stand-ins of the parser, in place, and bounds what aliases unfold to. */
function toJson(value: unknown, walk: { nodes: number; line: number }, depth: number): Json {
  if (++walk.nodes > MAX_NODES) throw new YamlError(`unfolds to more than ${MAX_NODES} values (aliases)`, walk.line, 1);
  if (depth > MAX_DEPTH) throw new YamlError(`nested deeper than ${MAX_DEPTH}`, walk.line, 1);
  if (value === NULL || value === undefined || value === null) return null;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = toJson(value[i], walk, depth + 1);
    return value;
  }
  if (isJsonObject(value as Json)) {
    const object = value as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      if (key === String(NULL)) throw new YamlError("a key is null", walk.line, 1);
      if (key === "[object Object]") throw new YamlError("a key is a map or list, wanted a text", walk.line, 1);
      const descriptor = {
        value: toJson(object[key], walk, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      };
      Object.defineProperty(object, key, descriptor);
    }
  }
  return value as Json;
}
