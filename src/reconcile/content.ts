/** What ConfigMaps and Secrets hold: the texts of their data keys, as templates, and as the documents that they render to. */
import { Buffer } from "node:buffer";
import { annotationsOf, formatRef, type KubeObject, objectRef } from "../api/object.ts";
import { compareBytes, field, isJsonObject, type JsonObject } from "../json/json.ts";
import { type FunctionTable, parseTemplate, type Template, TemplateError, textOf } from "../template/mod.ts";
import { splitRendered } from "../yaml/rendered_documents.ts";
import { YamlError } from "../yaml/read.ts";
import { type Failure, type Note, TriggerFailure } from "./errors.ts";
import { explain, explainAt } from "./explain.ts";
import { formatContent, type Origin } from "./origin.ts";

/** One data key of one template object, rendered. */
export interface RenderedText {
  readonly origin: Origin;
  /** Index of the match; -1 where the text is for all matches together. */
  readonly matchIndex: number;
  readonly text: string;
  /** What the template object's annotation `projectsveltos.io/subresources` names. */
  readonly subresources: readonly string[];
}

/** An object that a trigger asks for, as it was rendered, and who asked. */
export interface Desired {
  readonly object: JsonObject;
  readonly origin: Origin;
  readonly matchIndex: number;
  /** Subresources to be written besides. */
  readonly subresources: readonly string[];
}

/** One data key as a template. */
export interface CompiledKey {
  readonly key: string;
  readonly template: Template;
}

/** The data keys and their texts, sorted by byte. Sveltos reads `data` alone; a Secret's is base64 of any bytes. */
export function contentOf(object: KubeObject): [string, string][] {
  const data = field(object, "data");
  if (!isJsonObject(data)) return [];
  return Object.entries(data)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .map(([key, value]): [string, string] => [
      key,
      object.kind === "Secret" ? textOf(Buffer.from(value, "base64")) : value,
    ])
    .sort(([a], [b]) => compareBytes(a, b));
}

/** Sveltos takes several names for one path; nothing is served there, so here each is a subresource of its own. */
export function subresourcesOf(object: KubeObject): string[] {
  const names = annotationsOf(object)["projectsveltos.io/subresources"]?.split(",") ?? [];
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ""))];
}

/** @throws {TriggerFailure} for a key that is no template. */
export function compileKeys(object: KubeObject, functions: FunctionTable, stage: 1 | 2 = 1): CompiledKey[] {
  return contentOf(object).map(([key, text]) => {
    try {
      return { key, template: parseTemplate(key, text, functions) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const what = explainAt(error, { hidesText: object.kind === "Secret" });
      const where = `${formatRef(objectRef(object))} key "${key}" as template${
        stage === 2 ? " of the second stage" : ""
      }`;
      const message = `Cannot use ${where}: ${what}`;
      throw new TriggerFailure("render", "TemplateError", message, { cause: error });
    }
  });
}

/** The failure of a data key that could not be rendered. */
export function renderFailure(
  origin: Origin,
  error: TemplateError,
  options: {
    readonly stage: 1 | 2;
    /** Where the template is itself what the first rendering gave, so that it may quote anything. */
    readonly wasRendered?: boolean;
  },
): Failure {
  const { stage, wasRendered = false } = options;
  const where = `${formatContent(origin)}${stage === 2 ? " in its second stage" : ""} at ${error.line}:${error.column}`;
  const forMatch = origin.match ? ` for ${formatRef(origin.match)}` : "";
  const hidesText = wasRendered || origin.template.kind === "Secret";
  return {
    stage: "render",
    reason: "TemplateError",
    message: `Cannot render ${where}${forMatch}: ${explain(error, { hidesText })}`,
    match: origin.match,
  };
}

/** The documents of a rendered text; what is no Kubernetes object fails its match. */
export function readDocuments(text: RenderedText, failures: Failure[], notes: Note[]): Desired[] {
  const { origin, matchIndex, subresources } = text;
  const where = `${formatContent(origin)}${origin.match ? ` for ${formatRef(origin.match)}` : ""}`;
  const fail = (what: string) => {
    failures.push({ stage: "parse", reason: "InvalidDocument", message: `${where}: ${what}`, match: origin.match });
    return [];
  };
  try {
    let duplicates = 0;
    const documents = splitRendered(text.text, {
      // The first one is enough to look at.
      onDuplicateKey: (key, line) => void (duplicates++ === 0 && noteTwice(key, line, origin, notes)),
    });
    if (documents.length === 0) notes.push({ reason: "NoDocument", message: `${where}: rendered to no document` });
    const desired: Desired[] = [];
    for (const [index, { value }] of documents.entries()) {
      const problem = isJsonObject(value) ? missingIdentity(value) : "is not a map: wanted a Kubernetes object";
      if (problem) return fail(`document ${index + 1} ${problem}`);
      desired.push({ object: value as JsonObject, origin, matchIndex, subresources });
    }
    return desired;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return fail(`what it renders is not YAML: line ${error.line}: ${error.reason}`);
  }
}

/** Said once for a template, not for each of its matches. */
function noteTwice(key: string, line: number, origin: Origin, notes: Note[]): void {
  const message =
    `${formatContent(origin)}: on line ${line} of what it renders the key ${JSON.stringify(key)} is there ` +
    "again in one map: the last one counts";
  if (!notes.some((note) => note.message === message)) notes.push({ reason: "DuplicateKey", message });
}

function missingIdentity(document: JsonObject): string | undefined {
  for (const name of ["apiVersion", "kind"]) {
    const value = field(document, name);
    if (typeof value !== "string" || value === "") return `has no ${name}`;
  }
  return undefined;
}
