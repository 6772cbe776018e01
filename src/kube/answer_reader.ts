/**
 * What an answer of the API server has to be: an object, a page of a list, an event of a watch. Whatever is less is an error
 * that says so, and never an empty list.
 */
import {
  field,
  fieldAt,
  isJsonObject,
  isTooDeep,
  type Json,
  JsonDepthError,
  type JsonObject,
  parseJson,
  setField,
} from "../json/json.ts";
import { SameTexts } from "../json/same_texts.ts";
import type { KubeObject } from "../api/object.ts";
import { apiErrorFromStatus, ConnectionError, describeTarget, type RequestTarget } from "./errors.ts";
import { apiVersionOf, type ResourceType } from "./resource.ts";

/** All of what a list asked for, as of `resourceVersion`. Items have their apiVersion and kind. */
export interface ObjectList {
  readonly items: KubeObject[];
  readonly resourceVersion: string;
}

export interface ListPage extends ObjectList {
  /** For the next page; empty on the last one. */
  readonly continueToken: string;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  /** Of a bookmark, only its resourceVersion and its annotations mean something. */
  readonly object: KubeObject;
}

const EVENT_TYPES: ReadonlySet<string> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/** So many objects that can't be read are named. */
const MAX_NAMED = 5;

/** Reads the answers of one server. All its methods throw {@link ConnectionError} for what is not what it has to be. */
export class AnswerReader {
  readonly #texts = new SameTexts();

  /** @param host Host and port of the server, for messages. */
  constructor(readonly host: string) {}

  /** The answer as a JSON object. */
  parse(text: string, target: RequestTarget): JsonObject {
    let answer: Json;
    try {
      answer = parseJson(text);
    } catch (error) {
      if (error instanceof JsonDepthError) throw this.#tooDeep(JSON.parse(text), error, target);
      throw this.protocolError(target, "the answer is no whole JSON");
    }
    if (!isJsonObject(answer)) throw this.protocolError(target, "the answer is no JSON object");
    return answer;
  }

  /** The answer as one object. */
  object(answer: JsonObject, target: RequestTarget): KubeObject {
    const complete = typeof field(answer, "apiVersion") === "string" && typeof field(answer, "kind") === "string" &&
      isJsonObject(field(answer, "metadata"));
    if (!complete) throw this.protocolError(target, "the answer is no Kubernetes object");
    return answer as KubeObject;
  }

  /** The answer as one page of a list. */
  page(answer: JsonObject, type: ResourceType, target: RequestTarget): ListPage {
    const { kind } = answer;
    const items = field(answer, "items"), resourceVersion = fieldAt(answer, "metadata", "resourceVersion");
    // Go writes an empty list that was never made as null.
    const elements = items === null ? [] : items;
    if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(elements)) {
      throw this.protocolError(target, "the answer is no list");
    }
    if (typeof resourceVersion !== "string" || resourceVersion === "") {
      throw this.protocolError(target, "the list has no resourceVersion");
    }
    const continueToken = fieldAt(answer, "metadata", "continue") ?? "";
    if (typeof continueToken !== "string") throw this.protocolError(target, "the list's continue token is no string");
    return { items: elements.map((item) => this.#item(item, type, target)), resourceVersion, continueToken };
  }

  /**
   * A line of a watch.
   *
   * @throws {ApiError} for an ERROR event.
   */
  event(line: string, type: ResourceType, target: RequestTarget): WatchEvent {
    let event: Json;
    try {
      event = parseJson(line);
    } catch (error) {
      if (error instanceof JsonDepthError) throw this.#tooDeep(field(JSON.parse(line), "object"), error, target);
      throw this.protocolError(target, "a line of the watch is no JSON");
    }
    const eventType = field(event, "type"), object = field(event, "object");
    if (eventType === "ERROR") throw apiErrorFromStatus(500, object, target);
    if (typeof eventType !== "string" || !EVENT_TYPES.has(eventType) || !isJsonObject(object)) {
      throw this.protocolError(target, "a line of the watch is no watch event");
    }
    return { type: eventType as WatchEvent["type"], object: this.#item(object, type, target) };
  }

  /** Items of built-in kinds come without apiVersion and kind; client-go fills in both where both are empty, and so do we. */
  #item(item: Json, type: ResourceType, target: RequestTarget): KubeObject {
    if (!isJsonObject(item) || !isJsonObject(field(item, "metadata"))) {
      throw this.protocolError(target, "an item is no object with metadata");
    }
    const data = field(item, "data");
    if (isJsonObject(data)) this.#shareTexts(data);
    const apiVersion = field(item, "apiVersion") ?? "", kind = field(item, "kind") ?? "";
    if (apiVersion === "" && kind === "") {
      return { ...item, apiVersion: apiVersionOf(type), kind: type.kind } as KubeObject;
    }
    if (typeof apiVersion !== "string" || typeof kind !== "string" || apiVersion === "" || kind === "") {
      throw this.protocolError(target, "an item has one of apiVersion and kind, but not both");
    }
    return item as KubeObject;
  }

  /** Caches hold what is read, and the outputs for all consumers of a cluster hold the same. */
  #shareTexts(data: JsonObject): void {
    for (const [key, value] of Object.entries(data)) {
      if (typeof value === "string") setField(data, key, this.#texts.of(value));
    }
  }

  /**
   * Names what can't be read in an answer, an object or a list. Without it the rest is no complete answer: who asked for it
   * knows nothing until it is shallower, or gone.
   */
  #tooDeep(answer: Json | undefined, error: JsonDepthError, target: RequestTarget): ConnectionError {
    const items = field(answer, "items");
    const deep = Array.isArray(items) ? items.filter(isTooDeep) : [answer];
    const named = deep.slice(0, MAX_NAMED).map((object) => {
      const [namespace, name] = ["namespace", "name"].map((key) => fieldAt(object, "metadata", key));
      return typeof name === "string" ? (typeof namespace === "string" ? `${namespace}/${name}` : name) : "an object";
    });
    const more = deep.length > MAX_NAMED ? ` and ${deep.length - MAX_NAMED} more` : "";
    const why =
      `${named.join(", ") || "the answer"}${more}: ${error.message}, which can't be read; what depends on it ` +
      `stays as it is until that is changed or deleted`;
    const message = `cannot ${describeTarget(target)}: ${why}`;
    return new ConnectionError("unreadable", message, this.host, true);
  }

  /** The server has answered something else than it has to. */
  protocolError(target: RequestTarget, why: string): ConnectionError {
    return new ConnectionError("protocol", `cannot ${describeTarget(target)}: ${this.host}: ${why}`, this.host, true);
  }
}
