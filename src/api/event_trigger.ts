/** EventTrigger (`lib.projectsveltos.io/v1beta1`): for which clusters, from which templates, read and checked. */
import { field, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { EVENT_TRIGGER_FIELDS } from "./fields.ts";
import { ManifestError, ManifestErrors, type Warning } from "./field_error.ts";
import { annotationsOf, type KubeObject, nameOf, objectRef } from "./object.ts";
import { checkFields, type CheckOptions, listOf, textOf } from "./read_fields.ts";

export interface PolicyRef {
  readonly kind: "ConfigMap" | "Secret";
  /** A template; empty: the source cluster's namespace. */
  readonly namespace: string;
  /** A template. */
  readonly name: string;
  /** Both reach the management cluster here; Local ones come first, as in Sveltos. */
  readonly deploymentType: "Local" | "Remote";
  /** A missing object is skipped instead of failing the trigger. */
  readonly optional: boolean;
}

export interface EventTrigger {
  readonly object: KubeObject;
  readonly name: string;
  /** A metav1.LabelSelector, as written. */
  readonly sourceClusterSelector: JsonObject;
  /** A template over cluster data. */
  readonly eventSourceName: string;
  readonly oneForEvent: boolean;
  readonly policyRefs: readonly PolicyRef[];
  readonly stopMatchingBehavior: "WithdrawPolicies" | "LeavePolicies";
  readonly extraLabels: Readonly<Record<string, string>>;
  readonly extraAnnotations: Readonly<Record<string, string>>;
  /** The plan hash that somebody has put on it (`moonferry.dev/confirm`). */
  readonly confirm?: string;
  readonly warnings: readonly Warning[];
}

/**
 * Reads an EventTrigger.
 *
 * @throws {ManifestErrors} with everything that is wrong with it, or that is not supported.
 */
export function readEventTrigger(object: KubeObject, options: CheckOptions = {}): EventTrigger {
  const ref = objectRef(object);
  const spec = field(object, "spec") ?? {};
  const report = checkFields(ref, spec, "spec", EVENT_TRIGGER_FIELDS, options);
  const problems = report.errors.length > 0 ? [] : checkSpec(spec);
  const errors = [...report.errors, ...problems.map(([path, problem]) => new ManifestError(ref, path, problem))];
  if (errors.length > 0) throw new ManifestErrors(errors);
  const selector = field(spec, "sourceClusterSelector");
  const confirm = annotationsOf(object)["moonferry.dev/confirm"];
  return {
    object,
    name: nameOf(object),
    sourceClusterSelector: isJsonObject(selector) ? selector : {},
    eventSourceName: textOf(spec, "eventSourceName"),
    oneForEvent: field(spec, "oneForEvent") === true,
    policyRefs: listOf(spec, "policyRefs").map((entry): PolicyRef => ({
      kind: textOf(entry, "kind") as PolicyRef["kind"],
      namespace: textOf(entry, "namespace"),
      name: textOf(entry, "name"),
      deploymentType: textOf(entry, "deploymentType") === "Local" ? "Local" : "Remote",
      optional: field(entry, "optional") === true,
    })),
    stopMatchingBehavior: textOf(spec, "stopMatchingBehavior") === "LeavePolicies"
      ? "LeavePolicies"
      : "WithdrawPolicies",
    extraLabels: strings(field(spec, "extraLabels")),
    extraAnnotations: strings(field(spec, "extraAnnotations")),
    ...(confirm === undefined ? {} : { confirm }),
    warnings: report.warnings,
  };
}

/** What a field table can't say. */
function checkSpec(spec: Json): [string, string][] {
  const problems: [string, string][] = [];
  const mode = textOf(spec, "syncMode");
  if (mode !== "" && mode !== "Continuous") {
    problems.push(["spec.syncMode", `${mode} is not supported yet; Continuous (the default) repairs drift as well`]);
  }
  const destination = field(spec, "destinationCluster");
  if (isJsonObject(destination) && Object.keys(destination).length > 0 && !isManagementCluster(destination)) {
    const problem =
      "other clusters as destination are not supported yet; leave it out to write to the management cluster";
    problems.push(["spec.destinationCluster", problem]);
  }
  for (const [index, entry] of listOf(spec, "policyRefs").entries()) {
    const path = `spec.policyRefs[${index}]`;
    const kind = textOf(entry, "kind");
    if (kind === "") problems.push([`${path}.kind`, "required: ConfigMap or Secret"]);
    else if (kind !== "ConfigMap" && kind !== "Secret") {
      problems.push([`${path}.kind`, `${kind} (a Flux source) is not supported; put the content in a ConfigMap`]);
    }
    if (textOf(entry, "name") === "") problems.push([`${path}.name`, "required"]);
  }
  return problems;
}

function isManagementCluster(reference: JsonObject): boolean {
  return textOf(reference, "kind") === "SveltosCluster" && textOf(reference, "namespace") === "mgmt" &&
    textOf(reference, "name") === "mgmt";
}

function strings(value: Json | undefined): Record<string, string> {
  const map: Record<string, string> = {};
  if (!isJsonObject(value)) return map;
  for (const [key, entry] of Object.entries(value)) if (typeof entry === "string") map[key] = entry;
  return map;
}
