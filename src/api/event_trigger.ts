/** EventTrigger (`lib.projectsveltos.io/v1beta1`): for which clusters, from which templates, read and checked. */
import { field, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { EVENT_TRIGGER_FIELDS } from "./fields.ts";
import { ManifestError, ManifestErrors, type Warning } from "./field_error.ts";
import { type KubeObject, nameOf, objectRef, refuseTenant } from "./object.ts";
import { checkFields, type CheckOptions, listOf, textOf } from "./read_fields.ts";

export interface PolicyRef {
  readonly kind: "ConfigMap" | "Secret";
  /** A template; empty: the source cluster's namespace. */
  readonly namespace: string;
  /** A template. */
  readonly name: string;
  /** A template without effect: it means something for Flux sources only. Sveltos fails where it can't be rendered. */
  readonly path: string;
  /** Both reach the management cluster here; Local ones come first, as in Sveltos. */
  readonly deploymentType: "Local" | "Remote";
  /** A missing object is skipped instead of failing the trigger. */
  readonly optional: boolean;
}

/** An object of the management cluster that the second rendering sees by its identifier. */
export interface TemplateResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** A template; where it is or renders to nothing, the destination cluster's namespace. */
  readonly namespace: string;
  /** A template. */
  readonly name: string;
  readonly identifier: string;
  /** A missing object is left out instead of failing the match. */
  readonly optional: boolean;
  /** Sveltos: templates don't see the object's status then. */
  readonly ignoreStatusChanges: boolean;
}

/** A ConfigMap or Secret that is rendered as a whole into another one, in Sveltos's namespace. */
export interface Generator {
  readonly kind: "ConfigMap" | "Secret";
  /** A template; empty: the source cluster's namespace. */
  readonly namespace: string;
  /** A template. */
  readonly name: string;
  /** The name of what is generated: a template. */
  readonly nameFormat: string;
  /** Without its source nothing is generated, instead of failing the trigger. */
  readonly optional: boolean;
}

/** An ObjectReference of which each field is a template. */
export interface ClusterTemplate {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Which objects a patch or an exclusion is for; every part is a Go regular expression for the whole, or empty. */
export interface ObjectTarget {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** In the API's query syntax; empty: any. */
  readonly labelSelector: string;
  readonly annotationSelector: string;
}

export interface PatchSpec {
  /** JSON patch or merge patch; a template over the destination cluster and the templateResourceRefs. */
  readonly patch: string;
  /** Absent: a merge patch is for the object that it names. */
  readonly target?: ObjectTarget;
}

export interface DriftExclusion {
  /** JSON pointers of what is left as it is found. */
  readonly paths: readonly string[];
  /** Absent: every object. */
  readonly target?: ObjectTarget;
}

export type SyncMode = "OneTime" | "Continuous" | "ContinuousWithDriftDetection" | "DryRun";

export interface EventTrigger {
  readonly object: KubeObject;
  readonly name: string;
  /** A metav1.LabelSelector, as written. */
  readonly sourceClusterSelector: JsonObject;
  /** Names of ClusterSets, whose selected clusters add to those of the selector. */
  readonly clusterSetRefs: readonly string[];
  /** Absent: outputs go to the cluster that the matches come from. */
  readonly destinationCluster?: ClusterTemplate;
  /** A metav1.LabelSelector, as written; absent where it is empty. */
  readonly destinationClusterSelector?: JsonObject;
  /** A template over cluster data. */
  readonly eventSourceName: string;
  readonly oneForEvent: boolean;
  readonly policyRefs: readonly PolicyRef[];
  readonly templateResourceRefs: readonly TemplateResourceRef[];
  /** Those of Secrets before those of ConfigMaps, as Sveltos runs them. */
  readonly generators: readonly Generator[];
  readonly stopMatchingBehavior: "WithdrawPolicies" | "LeavePolicies";
  readonly syncMode: SyncMode;
  readonly patches: readonly PatchSpec[];
  readonly driftExclusions: readonly DriftExclusion[];
  readonly extraLabels: Readonly<Record<string, string>>;
  readonly extraAnnotations: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
  /** Fields that mean, on purpose, not quite what they mean in Sveltos. */
  readonly differences: readonly Warning[];
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
  const tenant = refuseTenant(object);
  if (tenant) problems.push([tenant.field, tenant.problem]);
  const errors = [...report.errors, ...problems.map(([path, problem]) => new ManifestError(ref, path, problem))];
  if (errors.length > 0) throw new ManifestErrors(errors);
  const selector = field(spec, "sourceClusterSelector");
  return {
    object,
    name: nameOf(object),
    sourceClusterSelector: isJsonObject(selector) ? selector : {},
    clusterSetRefs: listOf(spec, "clusterSetRefs").filter((name) => typeof name === "string"),
    ...destinationOf(spec),
    eventSourceName: textOf(spec, "eventSourceName"),
    oneForEvent: field(spec, "oneForEvent") === true,
    policyRefs: listOf(spec, "policyRefs").map((entry): PolicyRef => ({
      kind: textOf(entry, "kind") as PolicyRef["kind"],
      namespace: textOf(entry, "namespace"),
      name: textOf(entry, "name"),
      path: textOf(entry, "path"),
      deploymentType: textOf(entry, "deploymentType") === "Local" ? "Local" : "Remote",
      optional: field(entry, "optional") === true,
    })),
    templateResourceRefs: listOf(spec, "templateResourceRefs").map(templateResourceRef),
    generators: [...generatorsOf(spec, "Secret"), ...generatorsOf(spec, "ConfigMap")],
    stopMatchingBehavior: textOf(spec, "stopMatchingBehavior") === "LeavePolicies"
      ? "LeavePolicies"
      : "WithdrawPolicies",
    syncMode: (textOf(spec, "syncMode") || "Continuous") as SyncMode,
    patches: listOf(spec, "patches").map((entry) => ({ patch: textOf(entry, "patch"), ...targetOf(entry) })),
    driftExclusions: listOf(spec, "driftExclusions").map((entry) => ({
      paths: listOf(entry, "paths").filter((path) => typeof path === "string"),
      ...targetOf(entry),
    })),
    extraLabels: strings(field(spec, "extraLabels")),
    extraAnnotations: strings(field(spec, "extraAnnotations")),
    warnings: report.warnings,
    differences: report.differences,
  };
}

/** What a field table can't say. */
function checkSpec(spec: Json): [string, string][] {
  const problems: [string, string][] = [];
  for (const [index, entry] of listOf(spec, "driftExclusions").entries()) {
    for (const [at, path] of listOf(entry, "paths").entries()) {
      if (typeof path === "string" && path.startsWith("/")) continue;
      problems.push([`spec.driftExclusions[${index}].paths[${at}]`, `a JSON pointer begins with /, found "${path}"`]);
    }
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
  for (const [index, entry] of listOf(spec, "templateResourceRefs").entries()) {
    const kind = textOf(field(entry, "resource"), "kind");
    if (kind === "") problems.push([`spec.templateResourceRefs[${index}].resource.kind`, "required"]);
  }
  return problems;
}

function destinationOf(spec: Json): Pick<EventTrigger, "destinationCluster" | "destinationClusterSelector"> {
  const selector = field(spec, "destinationClusterSelector"), reference = field(spec, "destinationCluster");
  const part = (name: keyof ClusterTemplate) => reference === undefined ? "" : textOf(reference, name);
  const cluster = {
    apiVersion: part("apiVersion"),
    kind: part("kind"),
    namespace: part("namespace"),
    name: part("name"),
  };
  return {
    ...(Object.values(cluster).every((value) => value === "") ? {} : { destinationCluster: cluster }),
    ...(isJsonObject(selector) && Object.keys(selector).length > 0 ? { destinationClusterSelector: selector } : {}),
  };
}

function targetOf(entry: Json): { target?: ObjectTarget } {
  const target = field(entry, "target");
  if (!isJsonObject(target)) return {};
  return {
    target: {
      group: textOf(target, "group"),
      version: textOf(target, "version"),
      kind: textOf(target, "kind"),
      namespace: textOf(target, "namespace"),
      name: textOf(target, "name"),
      labelSelector: textOf(target, "labelSelector"),
      annotationSelector: textOf(target, "annotationSelector"),
    },
  };
}

function templateResourceRef(entry: Json): TemplateResourceRef {
  const resource = field(entry, "resource");
  return {
    apiVersion: textOf(resource, "apiVersion"),
    kind: textOf(resource, "kind"),
    namespace: textOf(resource, "namespace"),
    name: textOf(resource, "name"),
    identifier: textOf(entry, "identifier"),
    optional: field(entry, "optional") === true,
    ignoreStatusChanges: field(entry, "ignoreStatusChanges") === true,
  };
}

function generatorsOf(spec: Json, kind: Generator["kind"]): Generator[] {
  return listOf(spec, kind === "Secret" ? "secretGenerator" : "configMapGenerator").map((entry) => ({
    kind,
    namespace: textOf(entry, "namespace"),
    name: textOf(entry, "name"),
    nameFormat: textOf(entry, "nameFormat"),
    optional: field(entry, "optional") === true,
  }));
}

function strings(value: Json | undefined): Record<string, string> {
  const map: Record<string, string> = {};
  if (!isJsonObject(value)) return map;
  for (const [key, entry] of Object.entries(value)) if (typeof entry === "string") map[key] = entry;
  return map;
}
