/**
 * Snapshot → Selection: which of the listed objects an EventSource selects, selector by selector, exactly as Sveltos's
 * agent does (semantics §2), without de-duplication and in API order. Pure, given a sandbox.
 */
import type { EventSource, LabelFilter, ResourceSelector } from "../api/event_source.ts";
import { formatRef, type KubeObject, labelsOf, nameOf, namespaceOf, objectRef } from "../api/object.ts";
import { CelError, type CelLimits, type CelRule, compileRule } from "../cel/mod.ts";
import { fieldAt } from "../json/json.ts";
import { LuaError, type LuaSandbox } from "../sandbox/mod.ts";
import { readEvaluate } from "../sandbox/results.ts";
import { type Failure, type Note, TriggerFailure } from "./errors.ts";
import { formatLabelSelector, type LabelRequirement, matchesLabels, parseLabelSelector } from "./label_selector.ts";
import { SelectionBudget } from "./limits.ts";
import type { ObjectQuery } from "./reader.ts";
import type { SelectorListing } from "./snapshot.ts";

export interface SelectorResult {
  readonly selector: ResourceSelector;
  /** How many objects matched kind, labels, namespace and name. */
  readonly listed: number;
  /** What is left of them after CEL and Lua. */
  readonly objects: readonly KubeObject[];
}

export interface Selection {
  readonly selectors: readonly SelectorResult[];
  /** All selected objects, selector after selector; an object that two selectors select is here twice. */
  readonly objects: readonly KubeObject[];
  /** The `message` of each per-object `evaluate` that gave one, in order. */
  readonly messages: readonly string[];
  /** How many evaluations of a CEL rule failed on an object, which counts as "no match" (semantics §2.2). */
  readonly celFailures: number;
  /** Of each rule that failed: on how many objects, and why on the first. */
  readonly notes: readonly Note[];
  /** Rules that are no CEL at all. Sveltos takes them for false; a plan takes them for incomplete input. */
  readonly ruleErrors: readonly Failure[];
}

/**
 * The query that finds a selector's candidates. Label filters and selector are ANDed as text, as Sveltos sends them to
 * the API server: `Equal` with value `a,y` therefore asks for `key=a` and for the label `y`.
 */
export function labelQueryOf(selector: ResourceSelector): ObjectQuery | Failure {
  const parts = selector.labelFilters.map(filterText);
  try {
    if (selector.selector) {
      const text = formatLabelSelector(selector.selector);
      if (text !== "") parts.push(text);
    }
    const labelSelector = parts.join(",");
    parseLabelSelector(labelSelector);
    return {
      group: selector.group,
      version: selector.version,
      kind: selector.kind,
      namespace: selector.namespace,
      name: selector.name,
      labelSelector,
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return {
      stage: "select",
      reason: "InvalidSelector",
      message: `spec.resourceSelectors (${selector.kind}): label selector "${parts.join(",")}" is not valid: ${text}`,
    };
  }
}

function filterText(filter: LabelFilter): string {
  switch (filter.operation) {
    case "Equal":
      return `${filter.key}=${filter.value}`;
    case "Different":
      return `${filter.key}!=${filter.value}`;
    case "Has":
      return filter.key;
    case "DoesNotHave":
      return `!${filter.key}`;
  }
}

/** A rule that is CEL, and where it stands. */
interface PlacedRule {
  readonly path: string;
  readonly rule: CelRule;
}

/**
 * Selects.
 *
 * @param budget For all calls for one pass of a trigger together.
 * @throws {TriggerFailure} where a Lua `evaluate` fails: that fails the whole EventSource, as in Sveltos. So does a CEL rule
 * that takes more than it may, since nobody knows whether it holds, and so do all of them that take more together.
 */
export function select(
  source: EventSource,
  listings: readonly SelectorListing[],
  sandbox: LuaSandbox,
  limits?: Partial<CelLimits>,
  budget = new SelectionBudget(),
): Selection {
  const messages: string[] = [];
  const ruleErrors: Failure[] = [];
  const failing = new Map<PlacedRule, { first: KubeObject; count: number }>();
  const selectors = listings.map(({ selector, query, objects }, index): SelectorResult => {
    const candidates = objects.filter(predicateOf(query));
    // Once for all objects.
    const rules = (selector.evaluateCEL ?? []).flatMap(({ name, rule }, at): PlacedRule[] => {
      const path = `EventSource ${source.name} spec.resourceSelectors[${index}].evaluateCEL[${at}] (${name})`;
      const compiled = compileOrFail(rule, limits);
      if (!(compiled instanceof CelError)) return [{ path, rule: compiled }];
      ruleErrors.push({ stage: "select", reason: "CelError", message: `${path}: ${compiled.message}` });
      return [];
    });
    const kept = candidates.filter((object) => {
      const byCel = matchesAnyRule(rules, object, budget, (rule) => {
        const known = failing.get(rule);
        failing.set(rule, { first: known?.first ?? object, count: (known?.count ?? 0) + 1 });
      });
      if (byCel) return true;
      // Sveltos: CEL and Lua are OR-ed; Lua decides alone where no rule is true (semantics §2.1, §11.1.1).
      if (selector.evaluate !== "") {
        return matchesLua(source, index, selector.evaluate, object, sandbox, budget, messages);
      }
      return selector.evaluateCEL === undefined;
    });
    return { selector, listed: candidates.length, objects: kept };
  });
  return {
    selectors,
    objects: selectors.flatMap((result) => result.objects),
    messages,
    celFailures: [...failing.values()].reduce((sum, { count }) => sum + count, 0),
    notes: [...failing].map(([rule, { first, count }]) => ({
      reason: "CelFailed",
      message: whyFalse(rule, first, count),
    })),
    ruleErrors,
  };
}

function whyFalse({ path, rule }: PlacedRule, first: KubeObject, count: number): string {
  const objects = count === 1 ? "one object" : `${count} objects`;
  return `${path}: fails on ${objects}, which counts as no match; on ${formatRef(objectRef(first))}: ${
    reasonOf(rule, first)
  }`;
}

function reasonOf(rule: CelRule, object: KubeObject): string {
  try {
    rule.evaluate(object);
    return "it holds";
  } catch (error) {
    if (error instanceof CelError) return error.reason;
    throw error;
  }
}

/** The query as a predicate, so that a folder's objects are filtered just as the API server would. */
export function predicateOf(query: ObjectQuery): (object: KubeObject) => boolean {
  const requirements: LabelRequirement[] = parseLabelSelector(query.labelSelector ?? "");
  const apiVersion = query.group === "" ? query.version : `${query.group}/${query.version}`;
  return (object) =>
    object.apiVersion === apiVersion && object.kind === query.kind &&
    (!query.namespace || namespaceOf(object) === query.namespace) &&
    (!query.name || nameOf(object) === query.name) &&
    (fieldAt(object, "metadata", "deletionTimestamp") ?? null) === null &&
    matchesLabels(requirements, labelsOf(object));
}

function compileOrFail(rule: string, limits?: Partial<CelLimits>): CelRule | CelError {
  try {
    return compileRule(rule, limits);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

function matchesAnyRule(
  rules: readonly PlacedRule[],
  object: KubeObject,
  budget: SelectionBudget,
  onFailure: (rule: PlacedRule) => void,
): boolean {
  // Sveltos: the first CEL rule that holds wins; rules are OR-ed, and one that fails is false.
  return rules.some((placed) => {
    const { path, rule } = placed;
    budget.require("celSteps", path);
    try {
      const holds = rule.test(object, (steps) => budget.add("celSteps", steps));
      if (holds === undefined) onFailure(placed);
      return holds === true;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      const message = `${path} for ${formatRef(objectRef(object))}: ${error.message}`;
      throw new TriggerFailure("select", "CelError", message, { cause: error });
    }
  });
}

function matchesLua(
  source: EventSource,
  index: number,
  text: string,
  object: KubeObject,
  sandbox: LuaSandbox,
  budget: SelectionBudget,
  messages: string[],
): boolean {
  const name = `EventSource ${source.name} resourceSelectors[${index}].evaluate`;
  budget.require("luaMilliseconds", name);
  try {
    const result = sandbox.evaluate({ text, name }, { global: "obj", value: object });
    budget.add("luaMilliseconds", result.cost.milliseconds);
    const { matching, message } = readEvaluate(result.value, name);
    if (message !== "") messages.push(message);
    return matching;
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    throw new TriggerFailure("select", "LuaError", `${error.message} (for ${formatRef(objectRef(object))})`, {
      cause: error,
      traceback: error.traceback,
      isOutOfTime: error.isOutOfTime,
    });
  }
}
