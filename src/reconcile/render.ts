/**
 * Matches → Desired: renders every template for every match as Sveltos does, and reads the text as the objects that it
 * would deploy. A match that fails is a value and concerns itself alone; a template that is none fails the trigger.
 */
import { Buffer } from "node:buffer";
import type { EventSource } from "../api/event_source.ts";
import type { EventTrigger } from "../api/event_trigger.ts";
import { annotationsOf, formatRef, type KubeObject, type ObjectRef, objectRef } from "../api/object.ts";
import { compareBytes, field, isJsonObject, type JsonObject } from "../json/json.ts";
import { functionTable } from "../template/functions/table.ts";
import {
  parseTemplate,
  type Template,
  type TemplateData,
  templateData,
  TemplateError,
  type TemplateWorld,
} from "../template/mod.ts";
import { NIL_MAP, valueFromJson } from "../template/mod.ts";
import { splitRendered } from "../yaml/documents.ts";
import { YamlError } from "../yaml/read.ts";
import type { Match, Matches } from "./aggregate.ts";
import { type Failure, type Note, TriggerFailure } from "./errors.ts";
import type { Origin } from "./origin.ts";
import type { ObjectReader, ReadOptions } from "./reader.ts";
import {
  type CompiledRefs,
  compileReferences,
  isInstantiated,
  readTemplateObjects,
  type Reference,
  referenceKey,
  referencesOf,
  refuseTemplateObject,
  type TemplateObjects,
} from "./references.ts";

/** One data key of one template object, rendered. */
export interface RenderedText {
  readonly origin: Origin;
  /** Index of the match; -1 where the text is for all matches together. */
  readonly matchIndex: number;
  readonly text: string;
}

/** An object that a trigger asks for, as it was rendered, and who asked. */
export interface Desired {
  readonly object: JsonObject;
  readonly origin: Origin;
  readonly matchIndex: number;
}

export interface Rendering {
  readonly texts: readonly RenderedText[];
  readonly desired: readonly Desired[];
  /** Failures of single matches. */
  readonly failures: readonly Failure[];
  readonly notes: readonly Note[];
}

export interface RenderInput {
  readonly trigger: EventTrigger;
  readonly source: Pick<EventSource, "collectResources" | "name">;
  readonly cluster: KubeObject;
  readonly matches: Matches;
}

/** One rendering: a match, or all of them together. */
interface Subject {
  readonly match?: Match;
  readonly data: TemplateData;
}

/**
 * Renders. Order: match by match, in it reference by reference, in it the data keys sorted by byte; then, once, what is no
 * template. (Sveltos's own order of references and keys is random.)
 *
 * @throws {TriggerFailure} for what concerns the whole trigger: a template that can't be parsed, or is not there.
 */
export async function renderMatches(
  input: RenderInput,
  parts: { readonly reader: ObjectReader; readonly world: TemplateWorld },
  signal: AbortSignal,
  read: ReadOptions = {},
): Promise<Rendering> {
  const { trigger, matches } = input;
  if (matches.matches.length === 0) return { texts: [], desired: [], failures: [], notes: [] };
  const compiled = compile(trigger);
  const subjects = subjectsOf(input);
  const failures: Failure[] = [];
  const referenced = subjects.flatMap((subject) => {
    const references = findReferences(compiled, subject, input, parts.world, failures);
    return references ? [{ subject, references }] : [];
  });
  const all = referenced.flatMap(({ references }) => references);
  const found = await readTemplateObjects(trigger, all, parts.reader, signal, read);
  const unread = found.failures[0];
  if (unread) throw new TriggerFailure("read", unread.reason, unread.message);
  const usable = usableReferences(trigger, all, found.objects);
  return renderTexts(referenced, usable, input, parts.world, failures);
}

function compile(trigger: EventTrigger): CompiledRefs {
  try {
    return compileReferences(trigger);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `EventTrigger ${trigger.name} spec.policyRefs: ${describe(error)}`;
    throw new TriggerFailure("render", "TemplateError", message, { cause: error });
  }
}

/** The data of each rendering. `.Cluster` is one map for all of them, as in Sveltos: a change in it is seen by the rest. */
function subjectsOf({ trigger, source, cluster, matches }: RenderInput): Subject[] {
  const Cluster = valueFromJson(cluster as JsonObject, "int64");
  const resource = (match: Match) => valueFromJson(match.object, "float64");
  if (trigger.oneForEvent) {
    return matches.matches.map((match) => ({
      match,
      data: templateData({
        Resource: source.collectResources ? resource(match) : NIL_MAP,
        MatchingResource: match.ref,
        Cluster,
      }),
    }));
  }
  const data = templateData({
    Resources: source.collectResources ? matches.matches.map(resource) : [],
    MatchingResources: matches.matches.map(({ ref }) => ref),
    Cluster,
  });
  return [{ data }];
}

function findReferences(
  compiled: CompiledRefs,
  subject: Subject,
  { trigger, cluster }: RenderInput,
  world: TemplateWorld,
  failures: Failure[],
): Reference[] | undefined {
  try {
    return referencesOf(compiled, subject.data, cluster, world);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    failures.push({
      stage: "render",
      reason: "TemplateError",
      message: `EventTrigger ${trigger.name} spec.policyRefs${forMatch(subject.match)}: ${describe(error)}`,
      match: subject.match?.ref,
    });
    return undefined;
  }
}

/** The references whose object is there and can be used, by key. Sveltos: a missing one is skipped only if optional. */
function usableReferences(trigger: EventTrigger, references: Reference[], objects: TemplateObjects): TemplateObjects {
  for (const { ref, policyRef } of references) {
    const object = objects.get(referenceKey(ref));
    if (!object && !policyRef.optional) {
      const message =
        `EventTrigger ${trigger.name} spec.policyRefs: there is no ${formatRef(ref)}. The outputs of this ` +
        `trigger stay as they are until there is one.`;
      throw new TriggerFailure("read", "TemplateNotFound", message);
    }
    const refusal = object && refuseTemplateObject(object);
    if (refusal) {
      throw new TriggerFailure("read", "InvalidTemplate", `EventTrigger ${trigger.name} spec.policyRefs: ${refusal}`);
    }
  }
  return objects;
}

function renderTexts(
  referenced: readonly { subject: Subject; references: readonly Reference[] }[],
  objects: TemplateObjects,
  input: RenderInput,
  world: TemplateWorld,
  failures: Failure[],
): Rendering {
  const texts: RenderedText[] = [];
  const desired: Desired[] = [];
  const notes: Note[] = [];
  const templates = new Map<string, readonly CompiledKey[]>();
  const plain = new Map<string, KubeObject>();
  const trigger = input.trigger.name;
  for (const { subject, references } of referenced) {
    for (const { ref } of references) {
      const object = objects.get(referenceKey(ref));
      if (!object) continue;
      if (!isInstantiated(object)) {
        plain.set(referenceKey(ref), object);
        continue;
      }
      let keys = templates.get(referenceKey(ref));
      if (!keys) templates.set(referenceKey(ref), keys = compileKeys(object));
      if (annotationsOf(object)["projectsveltos.io/subresources"] !== undefined) noteSubresources(object, notes);
      for (const { key, template } of keys) {
        const origin: Origin = { trigger, match: subject.match?.ref, template: objectRef(object), key };
        const text = renderKey(template, subject, origin, world, failures);
        if (text === undefined) continue;
        texts.push({ origin, matchIndex: subject.match?.index ?? -1, text });
      }
    }
  }
  for (const object of plain.values()) {
    for (const [key, text] of contentOf(object)) {
      if (text.includes("{{")) noteUninstantiated(object, key, notes);
      texts.push({ origin: { trigger, template: objectRef(object), key }, matchIndex: -1, text });
    }
  }
  for (const text of texts) desired.push(...readDocuments(text, failures, notes));
  return { texts, desired, failures, notes };
}

interface CompiledKey {
  readonly key: string;
  readonly template: Template;
}

function compileKeys(object: KubeObject): CompiledKey[] {
  return contentOf(object).map(([key, text]) => {
    try {
      return { key, template: parseTemplate(key, text, functionTable) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const message = `Cannot use ${formatRef(objectRef(object))} key "${key}" as template: ${describe(error)}`;
      throw new TriggerFailure("render", "TemplateError", message, { cause: error });
    }
  });
}

/** The data keys and their texts, sorted by byte. Sveltos reads `data` alone; a Secret's is base64. */
export function contentOf(object: KubeObject): [string, string][] {
  const data = field(object, "data");
  if (!isJsonObject(data)) return [];
  return Object.entries(data)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .map(([key, value]): [string, string] => [
      key,
      object.kind === "Secret" ? Buffer.from(value, "base64").toString("utf8") : value,
    ])
    .sort(([a], [b]) => compareBytes(a, b));
}

function renderKey(
  template: Template,
  subject: Subject,
  origin: Origin,
  world: TemplateWorld,
  failures: Failure[],
): string | undefined {
  try {
    return template.render(subject.data, world);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    failures.push({
      stage: "render",
      reason: "TemplateError",
      message: `Cannot render ${formatRef(origin.template)} key "${origin.key}" at ${error.line}:${error.column}` +
        `${forMatch(subject.match)}: ${explain(error)}`,
      match: subject.match?.ref,
    });
    return undefined;
  }
}

function readDocuments(text: RenderedText, failures: Failure[], notes: Note[]): Desired[] {
  const { origin, matchIndex } = text;
  const where = `${formatRef(origin.template)} key "${origin.key}"${
    origin.match ? ` for ${formatRef(origin.match)}` : ""
  }`;
  const fail = (what: string) => {
    failures.push({ stage: "parse", reason: "InvalidDocument", message: `${where}: ${what}`, match: origin.match });
    return [];
  };
  try {
    const documents = splitRendered(text.text);
    if (documents.length === 0) notes.push({ reason: "NoDocument", message: `${where}: rendered to no document` });
    const desired: Desired[] = [];
    for (const [index, { value }] of documents.entries()) {
      const problem = isJsonObject(value) ? missingIdentity(value) : "is not a map: wanted a Kubernetes object";
      if (problem) return fail(`document ${index + 1} ${problem}`);
      desired.push({ object: value as JsonObject, origin, matchIndex });
    }
    return desired;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return fail(`what it renders is not YAML: line ${error.line}: ${error.reason}`);
  }
}

function missingIdentity(document: JsonObject): string | undefined {
  for (const name of ["apiVersion", "kind"]) {
    const value = field(document, name);
    if (typeof value !== "string" || value === "") return `has no ${name}`;
  }
  return undefined;
}

function noteSubresources(object: KubeObject, notes: Note[]): void {
  const message =
    `${formatRef(objectRef(object))}: annotation projectsveltos.io/subresources is not acted on: a kind ` +
    `without that subresource, such as Secret, would answer 404 for ever`;
  if (!notes.some((note) => note.message === message)) notes.push({ reason: "Subresources", message });
}

function noteUninstantiated(object: KubeObject, key: string, notes: Note[]): void {
  const message = `${formatRef(objectRef(object))} key "${key}" holds "{{" but is used as it is: annotate the object ` +
    `projectsveltos.io/instantiate: ok to have it rendered`;
  notes.push({ reason: "NotInstantiated", message });
}

function forMatch(match: Match | undefined): string {
  return match ? ` for ${formatRef(match.ref)}` : "";
}

function describe(error: TemplateError): string {
  return `${error.line}:${error.column}: ${explain(error)}`;
}

function explain(error: TemplateError): string {
  const hint = error.hint ? `\nhint: ${error.hint}` : "";
  return `${error.reason}\n${error.context}${hint}`;
}

export type { ObjectRef };
