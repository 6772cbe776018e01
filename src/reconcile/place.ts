/**
 * Desired → placed: a rendered document made ready to be written, or the reason why it never can be. It gives the object
 * its namespace as Sveltos does, adds the trigger's extra labels and annotations and our marks, and refuses what no
 * template may say. Pure.
 */
import { Buffer } from "node:buffer";
import type { EventTrigger } from "../api/event_trigger.ts";
import {
  annotationsOf,
  formatRef,
  groupOf,
  type KubeObject,
  type ObjectRef,
  objectRef,
  SERVER_METADATA,
  validateLabelKey,
  validateLabelValue,
  validateName,
  validateNamespace,
} from "../api/object.ts";
import {
  canonicalJson,
  field,
  fieldAt,
  isJsonObject,
  type Json,
  type JsonObject,
  setField,
  stringifyJson,
} from "../json/json.ts";
import { contentHash, ignoresDrift } from "./drift.ts";
import { addMarks, CONTENT_ANNOTATION, isReservedKey, type OnStop } from "./marks.ts";
import type { Origin } from "./origin.ts";
import type { KindFacts, Scope } from "./reader.ts";

/** A Secret's data, and a ConfigMap's, may not be larger than this (Kubernetes' own limit). */
const MAX_DATA_BYTES = 1024 * 1024;
/** etcd takes no request that is larger (its `--max-request-bytes`), whatever the kind. */
const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

export interface Placed {
  readonly target: ObjectRef;
  /** As it is to be written, marks included. */
  readonly object: KubeObject;
  readonly origin: Origin;
  /** Which step of its match it is: see {@link StepCounter}. */
  readonly step: number;
  /** Subresources that are written besides, with the same body: `status`. */
  readonly subresources: readonly string[];
  readonly warnings: readonly string[];
}

export interface PlaceOptions {
  readonly instance: string;
  readonly trigger: Pick<EventTrigger, "extraLabels" | "extraAnnotations">;
  readonly onStop: OnStop;
  readonly kind: KindFacts;
  /** Default: 0. */
  readonly step?: number;
  /** What the template's annotation `projectsveltos.io/subresources` asks for. */
  readonly subresources?: readonly string[];
}

/** Places one document; an `error` says which field, what was found and what is wanted. */
export function place(document: JsonObject, origin: Origin, options: PlaceOptions): Placed | { error: string } {
  const errors: string[] = [];
  const warnings: string[] = [];
  const metadata = field(document, "metadata");
  if (!isJsonObject(metadata)) return { error: "metadata: required, with a name" };
  const ref = objectRef(document);
  const nameError = validateName(ref.name);
  if (nameError) errors.push(`metadata.name "${ref.name}": ${nameError}`);
  const namespaceError = ref.namespace === "" ? undefined : validateNamespace(ref.namespace);
  if (namespaceError) errors.push(`metadata.namespace "${ref.namespace}": ${namespaceError}`);
  for (const key of SERVER_METADATA) {
    if ((field(metadata, key) ?? null) !== null) errors.push(`metadata.${key}: not allowed in a template`);
  }
  const namespace = placeNamespace(ref, options.kind.scope, warnings);
  if (field(field(metadata, "annotations"), "projectsveltos.io/forceRecreate") !== undefined) {
    warnings.push(
      `${
        formatRef(ref)
      }: annotation projectsveltos.io/forceRecreate is not acted on: nothing is deleted to be made anew`,
    );
  }
  const labels = readStringMap(metadata, "labels", errors);
  const annotations = readStringMap(metadata, "annotations", errors);
  for (const [key, value] of Object.entries(labels)) {
    const problem = validateLabelKey(key) ?? validateLabelValue(value);
    if (problem) errors.push(`metadata.labels["${key}"]: ${problem}`);
  }
  for (const key of [...Object.keys(labels), ...Object.keys(annotations)]) {
    if (isReservedKey(key)) errors.push(`metadata "${key}": reserved for Moonferry's own marks`);
  }
  const content = normaliseSecret(document, errors);
  checkSize(document, errors);
  if (errors.length > 0) return { error: errors.join("; ") };
  const subresources = subresourcesOf(ref, options, warnings);
  const { step = 0 } = options;

  const placedMetadata: JsonObject = { ...metadata };
  for (const key of SERVER_METADATA) delete placedMetadata[key];
  if (namespace === "") delete placedMetadata.namespace;
  else placedMetadata.namespace = namespace;
  placedMetadata.labels = { ...labels, ...options.trigger.extraLabels };
  placedMetadata.annotations = { ...annotations, ...options.trigger.extraAnnotations };
  const object = addMarks(
    withContentMark({
      ...withoutLostStatus(content, ref, options.kind, subresources, warnings),
      metadata: placedMetadata,
    }),
    options.instance,
    origin,
    options.onStop,
    step,
  );
  return { target: { ...ref, namespace }, object, origin, step, subresources, warnings };
}

function withContentMark(object: JsonObject): KubeObject {
  const placed = object as KubeObject;
  if (!ignoresDrift(placed)) return placed;
  const annotations = { ...annotationsOf(placed), [CONTENT_ANNOTATION]: contentHash(placed) };
  return { ...placed, metadata: { ...placed.metadata, annotations } };
}

/** Sveltos writes every subresource that is asked for, and fails for ever where the kind has none of that name. */
function subresourcesOf(ref: ObjectRef, { kind, subresources = [] }: PlaceOptions, warnings: string[]): string[] {
  return subresources.filter((name) => {
    const isThere = /^[a-z]+$/.test(name) && (kind.subresources?.includes(name) ?? true);
    if (!isThere) {
      warnings.push(
        `${formatRef(ref)}: ${ref.kind} has no subresource ${name}: annotation projectsveltos.io/subresources of its ` +
          `template is not acted on`,
      );
    }
    return isThere;
  });
}

/** The API server drops a status that is not written as subresource; it would look like drift that can't be repaired. */
function withoutLostStatus(
  content: JsonObject,
  ref: ObjectRef,
  kind: KindFacts,
  subresources: readonly string[],
  warnings: string[],
): JsonObject {
  const isLost = "status" in content && kind.subresources?.includes("status") && !subresources.includes("status");
  if (!isLost) return content;
  warnings.push(
    `${formatRef(ref)}: status is dropped: a ${ref.kind} takes it as subresource only; annotate its template ` +
      `projectsveltos.io/subresources: status`,
  );
  const { status: _lost, ...rest } = content;
  return rest;
}

function placeNamespace(ref: ObjectRef, scope: Scope, warnings: string[]): string {
  if (scope === "cluster") {
    if (ref.namespace !== "") {
      warnings.push(`${formatRef(ref)}: ${ref.kind} is cluster-scoped, its namespace is dropped`);
    }
    return "";
  }
  if (ref.namespace !== "") return ref.namespace;
  // Sveltos: a namespaced object without a namespace goes to `default`.
  warnings.push(`${formatRef(ref)}: no metadata.namespace, so it goes to namespace default`);
  return "default";
}

function readStringMap(metadata: JsonObject, name: string, errors: string[]): Record<string, string> {
  const value = field(metadata, name) ?? null;
  if (value === null) return {};
  if (!isJsonObject(value)) {
    errors.push(`metadata.${name}: must be a map of strings`);
    return {};
  }
  const strings: Record<string, string> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== "string") {
      errors.push(`metadata.${name}["${key}"]: must be a string, found ${describeType(entry)}; quote it`);
      continue;
    }
    setField(strings, key, entry);
  }
  return strings;
}

/** The Secret with `stringData` moved into `data`, as the API server would, so that what is compared is what is stored. */
function normaliseSecret(document: JsonObject, errors: string[]): JsonObject {
  if (document.kind !== "Secret" || groupOf(document.apiVersion as string) !== "") return document;
  const data: JsonObject = {};
  let bytes = 0;
  for (const [key, value] of entriesOf(document, "data", errors)) {
    if (typeof value !== "string") {
      errors.push(`data.${key}: must be base64 text, found ${describeType(value)}`);
    } else if (!isBase64(value)) {
      errors.push(`data.${key}: is not base64`);
    } else {
      setField(data, key, value.replace(/[\r\n]/g, ""));
      bytes += Buffer.byteLength(value.replace(/[\r\n]/g, ""), "base64");
    }
  }
  for (const [key, value] of entriesOf(document, "stringData", errors)) {
    if (typeof value !== "string") {
      errors.push(`stringData.${key}: must be a string, found ${describeType(value)}; quote it`);
      continue;
    }
    const encoded = Buffer.from(value, "utf8").toString("base64");
    setField(data, key, encoded);
    bytes += Buffer.byteLength(value);
  }
  checkData(bytes, "data", "Secret", errors);
  const { stringData: _moved, ...rest } = document;
  if (Object.keys(data).length > 0 || "data" in document) rest.data = data;
  return rest;
}

function checkData(bytes: number, fields: string, kind: string, errors: string[]): void {
  if (bytes <= MAX_DATA_BYTES) return;
  errors.push(`${fields}: ${bytes} bytes, more than the ${MAX_DATA_BYTES} a ${kind} can hold`);
}

/** What no API server takes, told before it is sent and without a retry. */
function checkSize(document: JsonObject, errors: string[]): void {
  const { kind, apiVersion } = document;
  const isSecret = kind === "Secret" && groupOf(apiVersion as string) === "";
  if (kind === "ConfigMap" && groupOf(apiVersion as string) === "") {
    const texts = (name: string) => Object.values(field(document, name) ?? {}).filter((one) => typeof one === "string");
    const plain = texts("data").reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const encoded = texts("binaryData").reduce((sum, text) => sum + Buffer.byteLength(text, "base64"), 0);
    checkData(plain + encoded, "data and binaryData", "ConfigMap", errors);
  } else if (!isSecret) {
    const bytes = Buffer.byteLength(stringifyJson(document));
    if (bytes > MAX_OBJECT_BYTES) {
      errors.push(`${bytes} bytes of JSON, more than the ${MAX_OBJECT_BYTES} that are stored`);
    }
  }
}

function entriesOf(document: JsonObject, name: string, errors: string[]): [string, Json][] {
  const value = field(document, name) ?? null;
  if (value === null) return [];
  if (isJsonObject(value)) return Object.entries(value);
  errors.push(`${name}: must be a map, found ${describeType(value)}`);
  return [];
}

function isBase64(text: string): boolean {
  const compact = text.replace(/[\r\n]/g, "");
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}

function describeType(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "a map";
  return typeof value === "boolean" ? "a boolean" : typeof value === "string" ? "text" : "a number";
}

/** True where two placed objects would be written alike: marks of origin aside, which tell only who asked. */
export function isSameContent(a: Placed, b: Placed): boolean {
  return contentOf(a) === contentOf(b);
}

function contentOf({ object }: Placed): string {
  const annotations = { ...fieldAt(object, "metadata", "annotations") as JsonObject };
  for (const key of Object.keys(annotations)) if (isReservedKey(key)) delete annotations[key];
  return canonicalJson({ ...object, metadata: { ...(object.metadata as JsonObject), annotations } });
}
