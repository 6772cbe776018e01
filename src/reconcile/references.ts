/**
 * Which ConfigMaps and Secrets a trigger's policyRefs name for each match, and what became of reading them. Names and
 * namespaces may be templates, so a reference is known only once the matches are.
 */
import type { EventTrigger, PolicyRef } from "../api/event_trigger.ts";
import {
  formatRef,
  inOneLine,
  type KubeObject,
  namespaceOf,
  type ObjectRef,
  objectRef,
  validateNamespace,
  validatePathSegment,
} from "../api/object.ts";
import { ANY } from "../api/right.ts";
import { fieldAt } from "../json/json.ts";
import { parseTemplate, type RenderOptions, type Template, type TemplateData } from "../template/mod.ts";
import { eachInFlight, READS_IN_FLIGHT } from "./in_flight.ts";
import type { ObjectReader, ReadOptions, Unknown } from "./reader.ts";
import type { Lack, Subject } from "./subject.ts";

/** Sveltos refuses to take templates from Secrets of any other type. */
export const TEMPLATE_SECRET_TYPE = "addons.projectsveltos.io/cluster-profile";
export const INSTANTIATE_ANNOTATION = "projectsveltos.io/instantiate";
export const SECOND_STAGE_ANNOTATION = "projectsveltos.io/template";
const LUA_ANNOTATION = "projectsveltos.io/lua";

/** What one policyRef names for one match (or for all of them together). */
export interface Reference {
  readonly policyRef: Pick<PolicyRef, "optional">;
  readonly ref: ObjectRef;
}

/** What is known of a referenced object: that it is there, that it isn't, or why nobody knows. */
export type Found = { readonly object?: KubeObject; readonly unknown?: undefined } | { readonly unknown: Unknown };

export function objectOf(found: Found): KubeObject | undefined {
  return found.unknown ? undefined : found.object;
}

export function referenceKey(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** The policyRefs of a trigger, their templates compiled once. */
export interface CompiledRefs {
  readonly refs: readonly { policyRef: PolicyRef; namespace: Template; name: Template; path: Template }[];
}

/** @throws {TemplateError} naming the field, where one is no template. */
export function compileReferences(trigger: EventTrigger): CompiledRefs {
  const compiled = trigger.policyRefs.map((policyRef, index) => {
    const compile = (part: "namespace" | "name" | "path") =>
      parseTemplate(`spec.policyRefs[${index}].${part}`, policyRef[part]);
    return { policyRef, namespace: compile("namespace"), name: compile("name"), path: compile("path") };
  });
  // Sveltos: all Local refs go before all Remote ones; within a group its order is random, ours is the spec's.
  const isLocal = ({ policyRef }: { policyRef: PolicyRef }) => policyRef.deploymentType === "Local";
  return { refs: [...compiled.filter(isLocal), ...compiled.filter((ref) => !isLocal(ref))] };
}

/**
 * Renders the references for one match; several to one object are one, as in Sveltos, and optional only if each of them is.
 * An absent namespace is the cluster's.
 *
 * @throws {TemplateError} for a field that can't be rendered: a path too, although it means nothing here.
 */
export function referencesOf(
  compiled: CompiledRefs,
  data: TemplateData,
  cluster: KubeObject,
  templates: RenderOptions,
): Reference[] {
  const references = new Map<string, Reference>();
  for (const { policyRef, namespace, name, path } of compiled.refs) {
    const ref: ObjectRef = {
      apiVersion: "v1",
      kind: policyRef.kind,
      // Sveltos: only a namespace that is not written at all is the cluster's.
      namespace: policyRef.namespace === "" ? namespaceOf(cluster) : namespace.render(data, templates),
      name: name.render(data, templates),
    };
    path.render(data, templates);
    const key = referenceKey(ref);
    const optional = policyRef.optional && (references.get(key)?.policyRef.optional ?? true);
    references.set(key, { policyRef: { optional }, ref });
  }
  return [...references.values()];
}

/** Reads every referenced object once, several at a time; the answers are in the order of the references. */
export async function readReferences(
  references: Iterable<Reference>,
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions = {},
): Promise<ReadonlyMap<string, Found>> {
  const refs = new Map<string, ObjectRef>();
  for (const { ref } of references) refs.set(referenceKey(ref), ref);
  const found = new Map<string, Found>();
  await eachInFlight(READS_IN_FLIGHT, [...refs], async ([key, ref]) => {
    found.set(key, await readContentObject(ref, reader, signal, options));
  });
  return new Map([...refs.keys()].map((key) => [key, found.get(key)!]));
}

/** Reads one ConfigMap or Secret of the management cluster. */
export async function readContentObject(
  { kind, namespace, name }: ObjectRef,
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions,
): Promise<Found> {
  // Asked for without a name or namespace, the API would give any.
  if (namespace === "" || name === "") return {};
  const impossible = impossibleRef({ namespace, name });
  if (impossible) return { unknown: impossible };
  const listing = await reader.list({ group: "", version: "v1", kind, namespace, name }, signal, options);
  return listing.unknown ? { unknown: listing.unknown } : { object: listing.objects[0] };
}

/**
 * Why no object can be what the reference names; undefined where one can be, or where its namespace is empty. What a template
 * takes from an annotation is what anybody wrote there, and is not to become another path of the API.
 */
export function impossibleRef({ namespace, name }: Pick<ObjectRef, "namespace" | "name">): Unknown | undefined {
  const problems = [
    ["namespace", namespace, namespace === "" || namespace === ANY ? undefined : validateNamespace(namespace)],
    ["name", name, validatePathSegment(name)],
  ] as const;
  for (const [part, text, problem] of problems) {
    if (!problem) continue;
    const message = `${part} "${inOneLine(text)}": ${problem}. Mend it where it comes from, or the field's template.`;
    return { reason: "BadRequest", message };
  }
  return undefined;
}

/** What a subject lacks of what it references; Sveltos skips a missing object only where the reference is optional. */
export function lackOf(
  subject: Subject,
  { ref, policyRef: { optional } }: Reference,
  found: Found,
  field: string,
): Lack | undefined {
  const lack = { subject, key: `${field} ${referenceKey(ref)}`, before: field };
  if (found.unknown) {
    const { reason, message } = found.unknown;
    // It may come out of the match alone, and then others must go on even where there are none at the moment.
    const isOwn = impossibleRef(ref) !== undefined;
    return { ...lack, reason, after: `: cannot read ${formatRef(ref)}: ${message}`, ...(isOwn ? { isOwn } : {}) };
  }
  if (!found.object) {
    const after = `: there is no ${formatRef(ref)}. What it gives stays as it is until there is one.`;
    return optional ? undefined : { ...lack, reason: "TemplateNotFound", after };
  }
  const refusal = refuseContent(found.object);
  return refusal ? { ...lack, reason: "InvalidTemplate", after: `: ${refusal}` } : undefined;
}

/** Why the object can't serve as content, or undefined where it can. */
function refuseContent(object: KubeObject): string | undefined {
  const name = formatRef(objectRef(object));
  if (object.kind === "Secret" && fieldAt(object, "type") !== TEMPLATE_SECRET_TYPE) {
    return `${name} must have type ${TEMPLATE_SECRET_TYPE} to be used as content`;
  }
  // Sveltos: of both annotations, template wins, and the content is no script.
  if (hasAnnotation(object, LUA_ANNOTATION) && !isSecondStage(object)) {
    return `${name} has annotation ${LUA_ANNOTATION}: content written in Lua is not supported; write a template, ` +
      `and annotate it ${INSTANTIATE_ANNOTATION} or ${SECOND_STAGE_ANNOTATION}`;
  }
  return undefined;
}

/** Whether the object's keys are templates of the match. Sveltos: the annotation's presence decides, whatever its value. */
export function isInstantiated(object: KubeObject): boolean {
  return hasAnnotation(object, INSTANTIATE_ANNOTATION);
}

/** Whether the object's keys, or what the first rendering gave for them, are templates of the templateResourceRefs. */
export function isSecondStage(object: KubeObject): boolean {
  return hasAnnotation(object, SECOND_STAGE_ANNOTATION);
}

function hasAnnotation(object: KubeObject, name: string): boolean {
  return fieldAt(object, "metadata", "annotations", name) !== undefined;
}
