/** EventSource (`lib.projectsveltos.io/v1beta1`): what is selected, read and checked. */
import { meantKind } from "./known_kinds.ts";
import { field, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { EVENT_SOURCE_FIELDS } from "./fields.ts";
import { ManifestError, ManifestErrors, type Warning } from "./field_error.ts";
import { type KubeObject, nameOf, objectRef, refuseTenant, validateLabelKey } from "./object.ts";
import { checkFields, type CheckOptions, listOf, textOf } from "./read_fields.ts";

export type LabelOperation = "Equal" | "Different" | "Has" | "DoesNotHave";

export interface LabelFilter {
  readonly key: string;
  readonly operation: LabelOperation;
  /** Empty where absent, which is a value of its own for Equal and Different. */
  readonly value: string;
}

export interface ResourceSelector {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly labelFilters: readonly LabelFilter[];
  /** A metav1.LabelSelector, as written. */
  readonly selector?: JsonObject;
  /** Empty: any. */
  readonly namespace: string;
  readonly name: string;
  /** Lua; empty: none. */
  readonly evaluate: string;
  /** Absent and empty differ: with an empty list nothing matches unless Lua says so (semantics §11.1.1). */
  readonly evaluateCEL?: readonly { readonly name: string; readonly rule: string }[];
}

export interface EventSource {
  readonly object: KubeObject;
  readonly name: string;
  readonly selectors: readonly ResourceSelector[];
  /** Lua; empty: none. */
  readonly aggregatedSelection: string;
  readonly collectResources: boolean;
  readonly warnings: readonly Warning[];
  /** Fields that mean, on purpose, not quite what they mean in Sveltos. */
  readonly differences: readonly Warning[];
}

/**
 * Reads an EventSource.
 *
 * @throws {ManifestErrors} with everything that is wrong with it, not just the first.
 */
export function readEventSource(object: KubeObject, options: CheckOptions = {}): EventSource {
  const ref = objectRef(object);
  const spec = field(object, "spec") ?? {};
  const report = checkFields(ref, spec, "spec", EVENT_SOURCE_FIELDS, options);
  const tenant = refuseTenant(object);
  const errors = [...report.errors, ...(tenant ? [new ManifestError(ref, tenant.field, tenant.problem)] : [])];
  if (errors.length > 0) throw new ManifestErrors(errors);
  const selectors = listOf(spec, "resourceSelectors").map(readSelector);
  const problems = options.lenient
    ? []
    : selectors.flatMap((selector, index) =>
      checkSelector(selector, `spec.resourceSelectors[${index}]`).map(([path, problem]) =>
        new ManifestError(ref, path, problem)
      )
    );
  if (problems.length > 0) throw new ManifestErrors(problems);
  return {
    object,
    name: nameOf(object),
    selectors,
    aggregatedSelection: textOf(spec, "aggregatedSelection"),
    collectResources: field(spec, "collectResources") === true,
    warnings: [...report.warnings, ...selectors.flatMap((selector, index) => lint(selector, index, nameOf(object)))],
    differences: report.differences,
  };
}

function readSelector(value: Json): ResourceSelector {
  const selector = field(value, "selector");
  const rules = field(value, "evaluateCEL");
  return {
    group: textOf(value, "group"),
    version: textOf(value, "version"),
    kind: textOf(value, "kind"),
    labelFilters: listOf(value, "labelFilters").map((filter) => ({
      key: textOf(filter, "key"),
      operation: textOf(filter, "operation") as LabelOperation,
      value: textOf(filter, "value"),
    })),
    ...(isJsonObject(selector) ? { selector } : {}),
    namespace: textOf(value, "namespace"),
    name: textOf(value, "name"),
    evaluate: textOf(value, "evaluate"),
    ...(Array.isArray(rules)
      ? { evaluateCEL: rules.map((rule) => ({ name: textOf(rule, "name"), rule: textOf(rule, "rule") })) }
      : {}),
  };
}

/** What the schema can't say. */
function checkSelector(selector: ResourceSelector, path: string): [string, string][] {
  const problems: [string, string][] = [];
  if (selector.group === "core") problems.push([`${path}.group`, `the core group is written ""`]);
  if (selector.version === "") problems.push([`${path}.version`, "required, found an empty text"]);
  if (/^[a-z]/.test(selector.kind)) {
    const guess = selector.kind[0]!.toUpperCase() + selector.kind.slice(1).replace(/s$/, "");
    problems.push([`${path}.kind`, `unknown kind "${selector.kind}"; did you mean "${guess}"?`]);
  } else {
    const meant = meantKind(selector.group, selector.kind);
    if (meant) problems.push([`${path}.kind`, `unknown kind "${selector.kind}"; did you mean "${meant}"?`]);
  }
  for (const [index, { key }] of selector.labelFilters.entries()) {
    const problem = validateLabelKey(key);
    if (problem) problems.push([`${path}.labelFilters[${index}].key`, `"${key}": ${problem}`]);
  }
  return problems;
}

/** What is allowed but probably not meant. */
function lint(selector: ResourceSelector, index: number, source: string): Warning[] {
  const path = `spec.resourceSelectors[${index}]`;
  const warnings: Warning[] = [];
  const warn = (field: string, message: string) =>
    void warnings.push({ field, message: `EventSource ${source} ${field}: ${message}` });
  for (const [at, { operation, value }] of selector.labelFilters.entries()) {
    if (value !== "" && (operation === "Has" || operation === "DoesNotHave")) {
      warn(`${path}.labelFilters[${at}].value`, `ignored with operation ${operation}`);
    }
  }
  if ((selector.evaluateCEL?.length ?? 0) > 1) {
    warn(`${path}.evaluateCEL`, "rules are OR-ed: write one rule with && if all must hold");
  }
  const isSecret = selector.group === "" && selector.kind === "Secret";
  if (isSecret && selector.namespace === "" && selector.labelFilters.length === 0 && !selector.selector) {
    warn(path, "selects every Secret of the cluster: whoever writes this EventSource can read them; name a namespace");
  }
  return warnings;
}
