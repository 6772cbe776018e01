/** Which objects a patch or a drift exclusion is for: Sveltos's target, regular expressions and selectors, as a predicate. */
import { RE2JS, RE2JSException } from "re2js";
import type { ObjectTarget } from "../api/event_trigger.ts";
import { annotationsOf, groupOf, labelsOf, objectRef, versionOf } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import { LabelSelectorError, matchesLabels, parseLabelSelector } from "./label_selector.ts";

/** A part of a target that is no regular expression, or no selector; the message names the part. */
export class TargetError extends Error {
  override name = "TargetError";
}

/**
 * The target as a predicate: an empty part matches anything, the others are regular expressions as Go reads them, for the
 * whole value (kustomize, which Sveltos patches with, anchors them), and all of them must match. Without a target every
 * object matches.
 *
 * @throws {TargetError}
 */
export function compileTarget(target: ObjectTarget | undefined): (object: JsonObject) => boolean {
  if (!target) return () => true;
  const matches = (["group", "version", "kind", "namespace", "name"] as const).map((part) => {
    const pattern = target[part] === "" ? undefined : compilePattern(part, target[part]);
    return { part, test: (value: string) => pattern === undefined || pattern.matcher(value).matches() };
  });
  const labels = compileSelector("labelSelector", target.labelSelector);
  const annotations = compileSelector("annotationSelector", target.annotationSelector);
  return (object) => {
    const { apiVersion, kind, namespace, name } = objectRef(object);
    const parts = { group: groupOf(apiVersion), version: versionOf(apiVersion), kind, namespace, name };
    return matches.every(({ part, test }) => test(parts[part])) &&
      matchesLabels(labels, labelsOf(object)) && matchesLabels(annotations, annotationsOf(object));
  };
}

function compilePattern(part: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new TargetError(`${part}: "${pattern}" is no regular expression: ${error.message}`);
  }
}

function compileSelector(part: string, text: string) {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    throw new TargetError(`${part}: "${text}": ${error.message}`);
  }
}
