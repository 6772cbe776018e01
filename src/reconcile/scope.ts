/**
 * Which triggers are ours to handle: those that `--trigger-selector` names, or all; and beside Sveltos none, until somebody
 * says which. A trigger that is not ours is left as it is, and so is what came of it: another may be at work there.
 */
import { formatRef, type KubeObject, labelsOf, nameOf, objectRef } from "../api/object.ts";
import { listNames, type Note } from "./errors.ts";
import { type LabelRequirement, matchesLabels, parseLabelSelector } from "./label_selector.ts";
import { isHandledBySveltos, MAX_LISTED } from "./report.ts";

/** A label selector, as it was written and as it is understood. */
export interface TriggerSelector {
  readonly text: string;
  readonly requirements: readonly LabelRequirement[];
}

export interface TriggerScope {
  /** Absent: all triggers. */
  readonly selector?: TriggerSelector;
  /**
   * What to do where Sveltos handles triggers and there is no selector: handle none (whoever writes), say so (whoever only
   * shows), or nothing (where Sveltos can't be, as in a folder).
   */
  readonly besideSveltos: "hold" | "tell" | "ignore";
}

export const ALL_TRIGGERS: TriggerScope = { besideSveltos: "ignore" };

/** @throws {LabelSelectorError} for text that is no selector. */
export function readTriggerSelector(text: string): TriggerSelector {
  return { text, requirements: parseLabelSelector(text) };
}

/** Whether the selector, where there is one, names the trigger. */
export function isInScope(trigger: KubeObject, { selector }: TriggerScope): boolean {
  return selector === undefined || matchesLabels(selector.requirements, labelsOf(trigger));
}

/** The first trigger that Sveltos handles, where that is a reason to handle none. */
export function sveltosTriggerIn(triggers: readonly KubeObject[], scope: TriggerScope): KubeObject | undefined {
  return scope.selector === undefined && scope.besideSveltos !== "ignore"
    ? triggers.find(isHandledBySveltos)
    : undefined;
}

/** Why nothing is done, or would be, beside Sveltos. */
export function besideSveltosText(trigger: KubeObject): string {
  return `Sveltos handles EventTrigger ${
    nameOf(trigger)
  } (its finalizer or its status is there): no trigger is handled ` +
    "until --trigger-selector says which are Moonferry's, by a label that Sveltos's triggers do not have";
}

/** What is said of a trigger that is not ours but has outputs that are. */
export function outOfScopeNote(trigger: string, { selector }: TriggerScope, owned: readonly KubeObject[]): Note {
  const names = listNames(owned.map((object) => formatRef(objectRef(object))), MAX_LISTED);
  return {
    reason: "NotSelected",
    message:
      `EventTrigger ${trigger} does not match --trigger-selector ${selector?.text}. What came of it before stays as ` +
      `it is, neither updated nor withdrawn: ${names}`,
  };
}
