/**
 * Desired → patched: a trigger's patches, their texts rendered as Sveltos renders them (over the destination cluster and the
 * match's templateResourceRefs), applied to the documents of a match. A patch that fails, fails its match.
 */
import type { EventTrigger, ObjectTarget } from "../api/event_trigger.ts";
import { formatRef, objectRef } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import { parseTemplate, type Template, TemplateError } from "../template/mod.ts";
import { TriggerFailure } from "./errors.ts";
import { explainAt } from "./explain.ts";
import { compileTarget, TargetError } from "./object_target.ts";
import { applyPatches, type Patch, PatchError, readPatch } from "./patches.ts";
import { secondStageFunctions } from "./second_stage.ts";

/** A patch whose text is a template. */
export interface CompiledPatch {
  readonly field: string;
  readonly template: Template;
  readonly target: ObjectTarget | undefined;
}

/** @throws {TriggerFailure} for a text that is no template, and a target that is none. */
export function compilePatches(trigger: EventTrigger): CompiledPatch[] {
  return trigger.patches.map(({ patch, target }, index) => {
    const field = `EventTrigger ${trigger.name} spec.patches[${index}]`;
    try {
      compileTarget(target);
      return { field, template: parseTemplate("patch", patch, secondStageFunctions), target };
    } catch (error) {
      if (error instanceof TargetError) {
        throw new TriggerFailure("read", "InvalidTarget", `${field}.target.${error.message}`, { cause: error });
      }
      if (!(error instanceof TemplateError)) throw error;
      throw new TriggerFailure("render", "TemplateError", `${field}.patch: ${explainAt(error)}`, { cause: error });
    }
  });
}

/**
 * The patches for one match, read.
 *
 * @throws {PatchError} naming the patch, for a text that can't be rendered or is none.
 */
export function renderPatches(compiled: readonly CompiledPatch[], render: (template: Template) => string): Patch[] {
  return compiled.map(({ field, template, target }) => {
    try {
      return readPatch(render(template), target);
    } catch (error) {
      if (error instanceof PatchError) throw new PatchError(`${field}.patch: ${error.message}`, { cause: error });
      if (!(error instanceof TemplateError)) throw error;
      throw new PatchError(`${field}.patch: ${explainAt(error)}`, { cause: error });
    }
  });
}

/** The object with all patches that are for it. @throws {PatchError} naming the object. */
export function patchObject(object: JsonObject, patches: readonly Patch[]): JsonObject {
  if (patches.length === 0) return object;
  try {
    const patched = applyPatches(object, patches);
    const { apiVersion, kind } = objectRef(patched);
    if (apiVersion === "" || kind === "") throw new PatchError("the patched object has no apiVersion or no kind");
    return patched;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new PatchError(`spec.patches over ${formatRef(objectRef(object))}: ${error.message}`, { cause: error });
  }
}
