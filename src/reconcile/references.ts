/**
 * Which ConfigMaps and Secrets a trigger's policyRefs name for each match, and what became of reading them. Names and
 * namespaces may be templates, so a reference is known only once the matches are.
 */
import type { EventTrigger, PolicyRef } from "../api/event_trigger.ts";
import { formatRef, type KubeObject, nameOf, namespaceOf, type ObjectRef } from "../api/object.ts";
import { fieldAt } from "../json/json.ts";
import { parseTemplate, type Template, type TemplateData, TemplateError, type TemplateWorld } from "../template/mod.ts";
import { functionTable } from "../template/functions/table.ts";
import type { Failure } from "./errors.ts";
import type { ObjectReader, ReadOptions } from "./reader.ts";

/** Sveltos refuses to take templates from Secrets of any other type. */
export const TEMPLATE_SECRET_TYPE = "addons.projectsveltos.io/cluster-profile";
export const INSTANTIATE_ANNOTATION = "projectsveltos.io/instantiate";
const SECOND_STAGE_ANNOTATIONS = ["projectsveltos.io/template", "projectsveltos.io/lua"];

/** What one policyRef names for one match (or for all of them together). */
export interface Reference {
  readonly policyRef: PolicyRef;
  readonly ref: ObjectRef;
}

/** The referenced objects by {@link referenceKey}; a missing key was asked for and does not exist. */
export type TemplateObjects = ReadonlyMap<string, KubeObject>;

export function referenceKey(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** The policyRefs of a trigger, their name and namespace compiled once. */
export interface CompiledRefs {
  readonly refs: readonly { policyRef: PolicyRef; namespace: Template; name: Template }[];
}

/** @throws {TemplateError} naming the field, where one is no template. */
export function compileReferences(trigger: EventTrigger): CompiledRefs {
  const compiled = trigger.policyRefs.map((policyRef) => ({
    policyRef,
    namespace: parseTemplate("namespace", policyRef.namespace, functionTable),
    name: parseTemplate("name", policyRef.name, functionTable),
  }));
  // Sveltos: all Local refs go before all Remote ones; within a group its order is random, ours is the spec's.
  const isLocal = ({ policyRef }: { policyRef: PolicyRef }) => policyRef.deploymentType === "Local";
  return { refs: [...compiled.filter(isLocal), ...compiled.filter((ref) => !isLocal(ref))] };
}

/** Renders the references for one match; identical ones collapse, as in Sveltos. An absent namespace is the cluster's. */
export function referencesOf(
  compiled: CompiledRefs,
  data: TemplateData,
  cluster: KubeObject,
  world: TemplateWorld,
): Reference[] {
  const seen = new Set<string>();
  const references: Reference[] = [];
  for (const { policyRef, namespace, name } of compiled.refs) {
    const ref: ObjectRef = {
      apiVersion: "v1",
      kind: policyRef.kind,
      namespace: namespace.render(data, world) || namespaceOf(cluster),
      name: name.render(data, world),
    };
    const key = `${policyRef.deploymentType} ${referenceKey(ref)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    references.push({ policyRef, ref });
  }
  return references;
}

/** Reads every referenced object once. What can't be read (as opposed to: is not there) is a failure of the trigger. */
export async function readTemplateObjects(
  trigger: EventTrigger,
  references: Iterable<Reference>,
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions = {},
): Promise<{ objects: TemplateObjects; failures: Failure[] }> {
  const wanted = new Map<string, ObjectRef>();
  for (const { ref } of references) wanted.set(referenceKey(ref), ref);
  const objects = new Map<string, KubeObject>();
  const failures: Failure[] = [];
  for (const [key, ref] of wanted) {
    const query = { group: "", version: "v1", kind: ref.kind, namespace: ref.namespace, name: ref.name };
    const listing = await reader.list(query, signal, options);
    if (listing.unknown) {
      failures.push({
        stage: "read",
        reason: listing.unknown.reason,
        message: `EventTrigger ${trigger.name} spec.policyRefs: cannot read ${
          formatRef(ref)
        }: ${listing.unknown.message}`,
      });
    } else if (listing.objects[0]) {
      objects.set(key, listing.objects[0]);
    }
  }
  return { objects, failures };
}

/** Why the object can't serve as content, or undefined where it can. */
export function refuseTemplateObject(object: KubeObject): string | undefined {
  if (object.kind === "Secret" && fieldAt(object, "type") !== TEMPLATE_SECRET_TYPE) {
    return `Secret ${namespaceOf(object)}/${
      nameOf(object)
    } must have type ${TEMPLATE_SECRET_TYPE} to be used as content`;
  }
  for (const annotation of SECOND_STAGE_ANNOTATIONS) {
    if (fieldAt(object, "metadata", "annotations", annotation) === undefined) continue;
    return `${object.kind} ${namespaceOf(object)}/${
      nameOf(object)
    } has annotation ${annotation}: second-stage content ` +
      `is not supported; write the template for this trigger and annotate it ${INSTANTIATE_ANNOTATION}`;
  }
  return undefined;
}

/** Whether the object's keys are templates. Sveltos: the annotation's presence decides, whatever its value. */
export function isInstantiated(object: KubeObject): boolean {
  return fieldAt(object, "metadata", "annotations", INSTANTIATE_ANNOTATION) !== undefined;
}

export function isTemplateError(error: unknown): error is TemplateError {
  return error instanceof TemplateError;
}
