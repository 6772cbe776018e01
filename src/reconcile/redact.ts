/**
 * Takes Secret bytes out of texts that are about to be shown. A script may put anything into an error; what stands in a
 * Secret of the input, in base64 or decoded, whole or in part, does not leave the program.
 */
import { Buffer } from "node:buffer";
import type { KubeObject } from "../api/object.ts";
import { field, isJsonObject } from "../json/json.ts";

/** Shorter pieces can't be told from ordinary words. */
const SHORTEST_SECRET = 8;
/** Words of the form that stand in every kubeconfig; without them in a message nobody could read it. */
const FORM = new Set([
  ...["apiVersion", "clusters", "contexts", "current-context", "namespace", "certificate-authority-data"],
  ...["client-certificate-data", "client-key-data", "preferences", "extensions", "kubernetes", "kubeconfig"],
]);
const PLACEHOLDER = "[redacted]";

const ESCAPE = String.raw`\\(?:[abfnrtv"\\/]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})`;
/** An escape of a quoted text, or what stands between those, blanks and quotes: Go, Lua and JSON quote Secrets, too. */
const PIECE = new RegExp(`(${ESCAPE})|(?:(?!${ESCAPE})[^\\s"])+`, "g");

/** A function that replaces each run of characters that occurs in a Secret among `objects`. Lazy: building it costs nothing. */
export function redactorFor(objects: readonly KubeObject[]): (text: string) => string {
  let blobs: string[] | undefined;
  return (text) => {
    blobs ??= objects.filter(({ kind }) => kind === "Secret").flatMap(secretTexts);
    if (blobs.length === 0) return text;
    return text.replace(PIECE, (run, escape?: string) => {
      if (escape !== undefined) return run;
      const core = run.replace(/^["'(\[]+|["')\].,:;!]+$/g, "");
      if (core.length < SHORTEST_SECRET || FORM.has(core)) return run;
      return blobs!.some((blob) => sharesSecret(blob, core)) ? PLACEHOLDER : run;
    });
  };
}

/**
 * A function that replaces the whole values of Secrets among `objects`, and nothing that is only a part of one: for messages
 * of ours that name what a template made, where a cluster's name must stay though every kubeconfig holds it.
 */
export function valueRedactorFor(objects: readonly KubeObject[]): (text: string) => string {
  let values: string[] | undefined;
  return (text) => {
    values ??= [...new Set(objects.filter(({ kind }) => kind === "Secret").flatMap(secretTexts))]
      .filter((value) => value.length >= SHORTEST_SECRET && !FORM.has(value))
      .sort((a, b) => b.length - a.length);
    return values.reduce((rest, value) => rest.replaceAll(value, PLACEHOLDER), text);
  };
}

/** The run stands in the Secret, or a Secret value stands in the run. */
function sharesSecret(blob: string, run: string): boolean {
  return blob.includes(run) || (blob.length >= SHORTEST_SECRET && run.includes(blob));
}

function secretTexts(secret: KubeObject): string[] {
  return ["data", "stringData"].flatMap((name) => {
    const data = field(secret, name);
    if (!isJsonObject(data)) return [];
    return Object.values(data).flatMap((value) => {
      if (typeof value !== "string") return [];
      return name === "data" ? [value, Buffer.from(value, "base64").toString("utf8")] : [value];
    });
  });
}
