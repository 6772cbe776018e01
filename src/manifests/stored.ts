/** An object of a file as the API server would have stored it, where that shows to whoever reads it back. */
import { Buffer } from "node:buffer";
import type { KubeObject } from "../api/object.ts";
import { field, isJsonObject, type JsonObject, setField } from "../json/json.ts";

/** A Secret has its `stringData` in `data`, where it wins; nobody ever reads `stringData`. Other objects are as they are. */
export function asStored(object: KubeObject): KubeObject {
  const texts = field(object, "stringData");
  if (object.kind !== "Secret" || object.apiVersion !== "v1" || !isJsonObject(texts)) return object;
  const given = field(object, "data");
  const data: JsonObject = isJsonObject(given) ? { ...given } : {};
  for (const [key, value] of Object.entries(texts)) {
    // What is no text the API server refuses; it stays where whoever checks the object finds it.
    if (typeof value !== "string") return object;
    setField(data, key, Buffer.from(value, "utf8").toString("base64"));
  }
  const { stringData: _moved, ...rest } = object;
  return { ...rest, data } as KubeObject;
}
