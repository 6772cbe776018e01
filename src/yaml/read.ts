/**
 * Reads YAML as Kubernetes does (sigs.k8s.io/yaml over go-yaml v2): YAML 1.1 scalars, the last of two equal keys, string
 * keys throughout, merge keys in their order. Errors name line and column and never quote what stands there.
 */
import { compareBytes, isJsonObject, type Json, type JsonObject, setField } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { decodeBinary } from "./binary.ts";
import { type AliasNode, type MappingNode, parseYaml, type ScalarNode, YAML_TAG, type YamlNode } from "./parse.ts";
import { type PlainScalar, resolveScalar } from "./scalars.ts";
import { errorWithoutLine, type Mark, YamlError } from "./yaml_error.ts";

export { YamlError } from "./yaml_error.ts";

export interface ReadOptions {
  /** Hears of keys that stand twice in a map, of which the last wins. `line` and `column` start at 1. */
  readonly onDuplicateKey?: (key: string, line: number, column: number) => void;
}

/** The options for a text that begins so many lines below the one that is meant. */
export function shiftedBy(lines: number, { onDuplicateKey }: ReadOptions): ReadOptions {
  return onDuplicateKey ? { onDuplicateKey: (key, line, column) => onDuplicateKey(key, line + lines, column) } : {};
}

/**
 * Reads the first document of `text`; an empty text is null. What follows the document is not looked at.
 *
 * @throws {YamlError} where sigs.k8s.io/yaml fails, or maps and lists are nested deeper than 1,000.
 */
export function readYaml(text: string, options: ReadOptions = {}): Json {
  const node = parseYaml(text);
  return node === undefined ? null : jsonFromNode(node, options);
}

/** The JSON value of a document's tree. @throws {YamlError} */
export function jsonFromNode(node: YamlNode, options: ReadOptions = {}): Json {
  return new Decoder(options).document(node);
}

// Of so many values, aliases may make 99 of 100; of so many, one of ten; between, the share shrinks evenly.
const SMALL_DOCUMENT = 400_000;
const LARGE_DOCUMENT = 4_000_000;

/**
 * Aliases may repeat so many characters of texts. go-yaml has no such bound, and Go shares the texts as we do; but whoever
 * writes the value writes each of them.
 */
const MAX_REPEATED_CHARACTERS = 64 * 1024 * 1024;

/** go-yaml's bound for what aliases unfold to: a share of all values, so that it takes a large text to make a large value. */
function allowedAliasShare(values: number): number {
  if (values <= SMALL_DOCUMENT) return 0.99;
  if (values >= LARGE_DOCUMENT) return 0.1;
  return 0.99 - 0.89 * (values - SMALL_DOCUMENT) / (LARGE_DOCUMENT - SMALL_DOCUMENT);
}

const TAG_KINDS: ReadonlyMap<string, PlainScalar["kind"]> = new Map([
  [`${YAML_TAG}bool`, "bool"],
  [`${YAML_TAG}int`, "int"],
  [`${YAML_TAG}float`, "float"],
  [`${YAML_TAG}null`, "null"],
  [`${YAML_TAG}timestamp`, "timestamp"],
]);

class Decoder {
  readonly #options: ReadOptions;
  readonly #openAliases = new Set<AliasNode>();
  /** Maps with a key that JSON can't have. It is no error where another value takes the map's place. */
  readonly #unsuitable = new Map<JsonObject, YamlError>();
  /** Where numbers that JSON doesn't have were found first. */
  readonly #notFinite = new Map<string, YamlError>();
  #values = 1;
  #valuesOfAliases = 0;
  #repeatedCharacters = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  /** What is wrong with a text comes first, then what is wrong with it as JSON: its keys, its numbers. */
  document(node: YamlNode): Json {
    const value = this.value(node);
    if (this.#unsuitable.size > 0) this.#checkKeys(value);
    if (this.#notFinite.size > 0) this.#checkNumbers(value);
    return value;
  }

  #checkKeys(value: Json): void {
    if (Array.isArray(value)) value.forEach((item) => this.#checkKeys(item));
    else if (isJsonObject(value)) {
      const error = this.#unsuitable.get(value);
      if (error !== undefined) throw error;
      Object.values(value).forEach((inner) => this.#checkKeys(inner));
    }
  }

  /** Go writes keys in order, so that the first number in that order is the one it stumbles on. */
  #checkNumbers(value: Json): void {
    if (typeof value === "number" && !Number.isFinite(value)) throw this.#notFinite.get(String(value))!;
    if (Array.isArray(value)) value.forEach((item) => this.#checkNumbers(item));
    else if (isJsonObject(value)) {
      for (const key of Object.keys(value).sort(compareBytes)) this.#checkNumbers(value[key]!);
    }
  }

  value(node: YamlNode): Json {
    this.#count(node.mark);
    switch (node.kind) {
      case "scalar":
        return this.#scalar(node);
      case "sequence":
        return node.items.map((item) => this.value(item));
      case "mapping": {
        const object: JsonObject = {};
        this.#fill(object, node, new Set());
        return object;
      }
      case "alias":
        return this.#unfold(node, () => this.value(node.target));
    }
  }

  #scalar(node: ScalarNode): Json {
    if (this.#openAliases.size > 0) this.#countRepeated(node);
    const { json, float } = resolve(node);
    if (float === undefined || Number.isFinite(float)) return json;
    if (!this.#notFinite.has(String(float))) this.#notFinite.set(String(float), notFiniteError(float, node.mark));
    return float;
  }

  #countRepeated({ text, mark }: ScalarNode): void {
    this.#repeatedCharacters += text.length;
    if (this.#repeatedCharacters > MAX_REPEATED_CHARACTERS) {
      throw errorWithoutLine("document contains excessive aliasing", mark);
    }
  }

  #count(mark: Mark): void {
    this.#values++;
    if (this.#openAliases.size > 0) this.#valuesOfAliases++;
    if (this.#valuesOfAliases <= 100 || this.#values <= 1000) return;
    if (this.#valuesOfAliases / this.#values > allowedAliasShare(this.#values)) {
      throw errorWithoutLine("document contains excessive aliasing", mark);
    }
  }

  #unfold<Result>(node: AliasNode, decode: () => Result): Result {
    if (this.#openAliases.has(node)) {
      throw errorWithoutLine(
        "an anchor's value contains itself",
        node.mark,
        `yaml: anchor '${node.name}' value contains itself`,
      );
    }
    this.#openAliases.add(node);
    const result = decode();
    this.#openAliases.delete(node);
    return result;
  }

  /** Puts the entries of `node` into `object` in their order; `own` are the keys that came from no merge. */
  #fill(object: JsonObject, node: MappingNode, own: Set<string>): void {
    for (const [key, value] of node.entries) {
      if (isMergeKey(key)) {
        this.#merge(object, value);
        continue;
      }
      const name = this.#key(key, object);
      if (own.has(name)) this.#options.onDuplicateKey?.(name, key.mark.line + 1, key.mark.column + 1);
      own.add(name);
      setField(object, name, this.value(value));
    }
  }

  /** Of several maps that are merged, the first wins; over keys that came before the merge all of them do. */
  #merge(object: JsonObject, node: YamlNode): void {
    const maps = node.kind === "sequence" ? [...node.items].reverse() : [node];
    for (const map of maps) {
      const target = map.kind === "alias" ? map.target : map;
      if (target.kind !== "mapping") {
        throw errorWithoutLine("map merge requires map or sequence of maps as the value", map.mark);
      }
      this.#count(map.mark);
      if (map.kind !== "alias") this.#fill(object, target, new Set());
      else {
        this.#unfold(map, () => {
          this.#count(map.mark);
          this.#fill(object, target, new Set());
        });
      }
    }
  }

  #key(node: YamlNode, object: JsonObject): string {
    const target = node.kind === "alias" ? node.target : node;
    if (target.kind !== "scalar") {
      // What is wrong inside comes first.
      this.value(node);
      throw errorWithoutLine("invalid map key: a map or a list, wanted a text", node.mark);
    }
    this.#count(node.mark);
    if (node.kind === "alias") this.#unfold(node, () => this.#count(target.mark));
    const { kind, json, integer, float } = resolve(target);
    if (kind === "float") return keyOfFloat(float!);
    if (kind === "null" || integer !== undefined && integer >= 2n ** 63n) {
      const reason = `unsupported map key of type: ${kind === "null" ? "%!s(<nil>)" : "uint64"}`;
      this.#unsuitable.set(object, errorWithoutLine(reason, node.mark, reason));
    }
    return String(json);
  }
}

function isMergeKey(node: YamlNode): boolean {
  return node.kind === "scalar" && node.text === "<<" && (node.isPlain || node.tag === `${YAML_TAG}merge`);
}

/** What a scalar is: by its tag, by its text where it is plain, else a text. */
function resolve({ text, tag, isPlain, mark }: ScalarNode): PlainScalar {
  if (tag === "" && isPlain) return resolveScalar(text);
  if (tag === `${YAML_TAG}binary`) {
    const json = decodeBinary(text);
    if (json === undefined) throw errorWithoutLine("!!binary value contains invalid base64 data", mark);
    return { kind: "text", json };
  }
  const wanted = TAG_KINDS.get(tag);
  // Tags that go-yaml doesn't know have no effect.
  if (wanted === undefined) return { kind: "text", json: text };
  const resolved = resolveScalar(text);
  const { kind, integer } = resolved;
  if (kind === wanted) return resolved;
  if (wanted === "float" && integer !== undefined && integer < 2n ** 63n) {
    return { kind: "float", json: resolved.json, float: Number(integer) };
  }
  const [is, want] = [kind === "text" || kind === "timestamp" ? "str" : kind, tag.replace(YAML_TAG, "!!")];
  throw errorWithoutLine(
    `cannot decode !!${is} as a ${want}`,
    mark,
    `yaml: cannot decode !!${is} \`${text}\` as a ${want}`,
  );
}

function notFiniteError(float: number, mark: Mark): YamlError {
  const name = Number.isNaN(float) ? "NaN" : float > 0 ? "+Inf" : "-Inf";
  const goMessage = `json: unsupported value: ${name}`;
  return errorWithoutLine(`unsupported value: ${name} is no JSON number`, mark, goMessage);
}

/** A number as key has the digits of a float32, as go-yaml wrote numbers once. */
function keyOfFloat(value: number): string {
  const narrow = Math.fround(value);
  if (narrow === 0) return formatFloat(narrow);
  if (Number.isNaN(narrow)) return ".nan";
  if (!Number.isFinite(narrow)) return narrow > 0 ? ".inf" : "-.inf";
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(narrow.toPrecision(digits));
    if (Math.fround(shorter) === narrow) return formatFloat(shorter);
  }
  return formatFloat(Number(narrow.toPrecision(9)));
}
