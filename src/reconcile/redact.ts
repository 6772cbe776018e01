/**
 * Takes Secret bytes out of texts that are about to be shown. A script, a template or a name may put anything into a message;
 * what stands in a Secret, as it is, decoded, in base64 or in hex, whole or in part, does not leave the program. Pieces of
 * less than eight characters can't be told from words, and what a script has enciphered or spelt otherwise isn't known.
 */
import { Buffer } from "node:buffer";
import type { KubeObject } from "../api/object.ts";
import { field, isJsonObject, type Json } from "../json/json.ts";
import { isPublicText, PUBLIC_WORDS } from "./public_words.ts";
import { type SecretIndex, SHORTEST } from "./secret_index.ts";
import { SecretIndexes } from "./secret_values.ts";

const PLACEHOLDER = "[redacted]";

const ESCAPE = String.raw`\\(?:[abfnrtv"\\/]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})`;
/** An escape of a quoted text, or what stands between those, blanks and quotes: Go, Lua and JSON quote Secrets, too. */
const PIECE = new RegExp(`(${ESCAPE})|(?:(?!${ESCAPE})[^\\s"])+`, "g");
/** What decodes to at least eight bytes. */
const BASE64 = /[A-Za-z0-9+/_-]{12,}/g;
const HEX = /[0-9a-fA-F]{16,}/g;

/**
 * A function that takes each run of characters out of a text that occurs in a Secret among `objects`, but for words that
 * everybody may read anyhow: names, labels, triggers and templates among `objects`, and Kubernetes' own. Lazy: building it
 * costs nothing.
 *
 * @param indexes Where the index is kept for the next one of the same Secrets.
 */
export function redactorFor(
  objects: readonly KubeObject[],
  indexes: SecretIndexes = new SecretIndexes(),
): (text: string) => string {
  let index: SecretIndex | undefined, publicText: string | undefined;
  const isSecret = (text: string) => {
    const word = withoutPunctuation(text);
    return !(publicText ??= publicTextOf(objects)).includes(word.length < SHORTEST ? text : word);
  };
  return (text) => {
    if (text.length < SHORTEST) return text;
    index ??= indexes.of(objects.filter(({ kind }) => kind === "Secret"));
    if (index.isEmpty) return text;
    return text.replace(PIECE, (run, escape?: string) => escape === undefined ? redactRun(run, index!, isSecret) : run);
  };
}

/** What stands between the first and the last letter or digit. */
function withoutPunctuation(text: string): string {
  const isOther = (char: string) => !/[A-Za-z0-9]/.test(char);
  return trimmed(text, isOther, isOther);
}

/** A regular expression would look at each run of such characters many times over. */
function trimmed(text: string, isStart: (char: string) => boolean, isEnd: (char: string) => boolean): string {
  let from = 0, to = text.length;
  while (from < to && isStart(text[from]!)) from++;
  while (to > from && isEnd(text[to - 1]!)) to--;
  return text.slice(from, to);
}

function publicTextOf(objects: readonly KubeObject[]): string {
  const texts = new Set<string>();
  for (const object of objects) {
    for (const text of isPublicText(object) ? stringsOf(object) : namesOf(object)) texts.add(text);
  }
  return [PUBLIC_WORDS, ...texts].join("\n");
}

/** Its kind, names and labels. */
function namesOf({ apiVersion, kind, metadata }: KubeObject): string[] {
  const labels = field(metadata, "labels");
  return [
    apiVersion,
    kind,
    ...[metadata.name, metadata.namespace, labels].flatMap((value) => stringsOf(value ?? null)),
  ];
}

/** All texts in it, keys included. */
function stringsOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, inner]) => [key, ...stringsOf(inner)]) : [];
}

function redactRun(run: string, index: SecretIndex, isSecret: (text: string) => boolean): string {
  const found = (text: string) => index.stretches(text).filter(([from, to]) => isSecret(text.slice(from, to)));
  const stretches = found(run);
  const core = trimmed(run, (char) => `"'([`.includes(char), (char) => `"')].,:;!`.includes(char));
  if (stretches.some(([from, to]) => to - from >= core.length)) return PLACEHOLDER;
  const decodes = (text: string, encoding: "base64" | "hex", shifts: number) =>
    Array.from({ length: shifts }, (_, shift) => Buffer.from(text.slice(shift), encoding).toString("utf8"))
      .some((decoded) => found(decoded).length > 0);
  for (const { 0: text, index: from } of run.matchAll(BASE64)) {
    if (decodes(text, "base64", 4)) stretches.push([from, from + text.length]);
  }
  for (const { 0: text, index: from } of run.matchAll(HEX)) {
    if (decodes(text, "hex", 2)) stretches.push([from, from + text.length]);
  }
  let shown = "", at = 0;
  for (const [from, to] of stretches.sort(([a], [b]) => a - b)) {
    if (to <= at) continue;
    shown += run.slice(at, Math.max(at, from)) + (from < at ? "" : PLACEHOLDER);
    at = to;
  }
  return shown + run.slice(at);
}
