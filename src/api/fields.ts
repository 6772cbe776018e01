/**
 * Every field of EventSource and EventTrigger, in one table: its type, the default that the API server fills in, and what
 * Moonferry makes of it. The CRDs in `k8s/crds` and both readers follow this table; nothing unsupported is ever ignored.
 */
import type { Json } from "../json/json.ts";

/** What becomes of a field that is set to something else than its default. */
export type Treatment =
  | "acted"
  /** Refused by name: it would change the outcome, and does not yet. `instead` says what to do. */
  | "refused"
  /** Without effect in Sveltos as well; a warning says so. `instead` says why. */
  | "inert";

export type FieldType = "string" | "boolean" | "integer" | "integer-or-string" | "object" | "list" | "map";

export interface FieldSpec {
  readonly type: FieldType;
  readonly treatment: Treatment;
  /** The default of the CRD: a field that equals it counts as absent. */
  readonly default?: Json;
  readonly required?: boolean;
  readonly enum?: readonly string[];
  /** The value must not be empty. */
  readonly nonEmpty?: boolean;
  readonly instead?: string;
  /** Acted on, but on purpose not quite as in Sveltos: in what. */
  readonly differs?: string;
  /** Fields of an object, or of each element of a list. Absent: known as a whole only. */
  readonly fields?: FieldTable;
  /** Type of the elements of a list, or of the values of a map, that are no objects. */
  readonly elements?: FieldType;
}

export type FieldTable = Readonly<Record<string, FieldSpec>>;

const text: FieldSpec = { type: "string", treatment: "acted" };

const labelSelector: FieldTable = {
  matchLabels: { type: "map", treatment: "acted", elements: "string" },
  matchExpressions: {
    type: "list",
    treatment: "acted",
    fields: {
      key: { ...text, required: true },
      operator: { ...text, required: true, enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
      values: { type: "list", treatment: "acted", elements: "string" },
    },
  },
};

const objectReference: FieldTable = {
  apiVersion: text,
  kind: text,
  namespace: text,
  name: text,
  uid: text,
  resourceVersion: text,
  fieldPath: text,
};

const SANDBOX = "Lua without files, processes or environment, and with limits of time and memory";

export const EVENT_SOURCE_FIELDS: FieldTable = {
  resourceSelectors: {
    type: "list",
    treatment: "acted",
    fields: {
      group: { ...text, required: true },
      version: { ...text, required: true },
      kind: {
        ...text,
        required: true,
        nonEmpty: true,
        differs:
          "a kind that is not served freezes the trigger; in Sveltos it is an empty list, and outputs are withdrawn",
      },
      labelFilters: {
        type: "list",
        treatment: "acted",
        fields: {
          key: { ...text, required: true },
          operation: { ...text, required: true, enum: ["Equal", "Different", "Has", "DoesNotHave"] },
          value: text,
        },
      },
      selector: { type: "object", treatment: "acted", fields: labelSelector },
      namespace: text,
      name: text,
      evaluate: { ...text, differs: SANDBOX },
      evaluateCEL: {
        type: "list",
        treatment: "acted",
        fields: {
          name: { ...text, required: true },
          rule: {
            ...text,
            required: true,
            differs: "what is no CEL freezes the trigger instead of being false, as does a rule that costs too much",
          },
        },
      },
    },
  },
  aggregatedSelection: { ...text, differs: SANDBOX },
  collectResources: { type: "boolean", treatment: "acted", default: false },
  messagingMatchCriteria: {
    type: "list",
    treatment: "refused",
    instead: "CloudEvents are not supported; select Kubernetes objects with resourceSelectors",
    fields: { subject: text, cloudEventSource: text, cloudEventType: text, cloudEventSubject: text },
  },
};

const generator: FieldTable = {
  namespace: text,
  name: { ...text, required: true, nonEmpty: true },
  nameFormat: { ...text, required: true, nonEmpty: true },
  optional: {
    type: "boolean",
    treatment: "acted",
    default: false,
    differs: "a missing source is skipped with a note; Sveltos fails all the same",
  },
};
const GENERATED = "what two matches make under one name with different content is held; in Sveltos the last one wins";

/** Which objects a patch or an exclusion is for. */
const objectTarget: FieldTable = {
  group: text,
  version: text,
  kind: text,
  namespace: text,
  name: text,
  labelSelector: text,
  annotationSelector: text,
};

const opaque = (instead: string): FieldSpec => ({ type: "list", treatment: "refused", instead });
const checks = opaque("health checks are not supported; watch the outputs with your monitoring");

export const EVENT_TRIGGER_FIELDS: FieldTable = {
  sourceClusterSelector: { type: "object", treatment: "acted", required: true, fields: labelSelector },
  clusterSetRefs: { type: "list", treatment: "acted", elements: "string" },
  destinationClusterSelector: { type: "object", treatment: "acted", fields: labelSelector },
  destinationCluster: { type: "object", treatment: "acted", fields: objectReference },
  oneForEvent: { type: "boolean", treatment: "acted" },
  profileNameFormat: {
    ...text,
    treatment: "inert",
    instead: "it names the ClusterProfile that Sveltos makes; Moonferry makes none",
  },
  eventSourceName: { ...text, required: true, nonEmpty: true },
  configMapGenerator: { type: "list", treatment: "acted", differs: GENERATED, fields: generator },
  secretGenerator: { type: "list", treatment: "acted", differs: GENERATED, fields: generator },
  syncMode: {
    ...text,
    default: "Continuous",
    differs: "DryRun holds every change and writes no ClusterReport; OneTime remembers in memory what it has delivered",
    enum: ["OneTime", "Continuous", "ContinuousWithDriftDetection", "DryRun"],
  },
  tier: {
    type: "integer",
    treatment: "refused",
    default: 100,
    instead: "tiers are not supported; let only one EventTrigger give an object",
  },
  continueOnConflict: {
    type: "boolean",
    treatment: "refused",
    default: false,
    instead: "leave it out: a conflict never stops the other outputs",
  },
  maxUpdate: {
    type: "integer-or-string",
    treatment: "inert",
    instead: "it paces updates over several clusters; there is one here",
  },
  stopMatchingBehavior: {
    ...text,
    default: "WithdrawPolicies",
    differs: "what the trigger says when a match goes counts; kept on the outputs, so that it outlives the trigger",
    enum: ["WithdrawPolicies", "LeavePolicies"],
  },
  reloader: {
    type: "boolean",
    treatment: "refused",
    default: false,
    instead: "reloading workloads is not supported; use a reloader in the cluster",
  },
  dependsOn: {
    ...opaque("dependencies between profiles are not supported; put dependent objects in one template"),
    elements: "string",
  },
  templateResourceRefs: {
    type: "list",
    treatment: "acted",
    fields: {
      resource: { type: "object", treatment: "acted", required: true, fields: objectReference },
      identifier: { ...text, required: true },
      optional: { type: "boolean", treatment: "acted", default: false },
      ignoreStatusChanges: {
        type: "boolean",
        treatment: "acted",
        default: false,
        differs: "any change renders again; where nothing comes of it, nothing is written",
      },
      watchFields: {
        type: "list",
        treatment: "inert",
        elements: "string",
        instead: "any change of the resource renders again here",
      },
    },
  },
  policyRefs: {
    type: "list",
    treatment: "acted",
    differs: "in the order of the spec, keys sorted; Sveltos's order is random",
    fields: {
      namespace: text,
      name: text,
      kind: {
        ...text,
        differs: "ConfigMap and Secret alone; Flux sources are refused",
        enum: ["GitRepository", "OCIRepository", "Bucket", "ConfigMap", "Secret"],
      },
      path: {
        ...text,
        treatment: "inert",
        instead: "a path means something for Flux sources only",
      },
      deploymentType: { ...text, default: "Remote", enum: ["Local", "Remote"] },
      optional: { type: "boolean", treatment: "acted", default: false },
      tier: { type: "integer", treatment: "inert", default: 100, instead: "Sveltos drops it from EventTriggers" },
      skipNamespaceCreation: {
        type: "boolean",
        treatment: "inert",
        default: false,
        instead: "Sveltos drops it from EventTriggers; Moonferry creates namespaces with --create-namespaces alone",
      },
      force: { type: "boolean", treatment: "inert", default: false, instead: "Sveltos drops it from EventTriggers" },
      remoteURL: {
        type: "object",
        treatment: "refused",
        instead: "remoteURL does not work in an EventTrigger, in Sveltos neither; put the content in a ConfigMap",
      },
    },
  },
  helmCharts: opaque(
    "Helm charts are not supported; deploy them with Sveltos or Flux, or render them into a ConfigMap",
  ),
  kustomizationRefs: opaque("kustomizations are not supported; build them into a ConfigMap"),
  preDeployChecks: checks,
  validateHealths: checks,
  preDeleteChecks: checks,
  postDeleteChecks: checks,
  patches: {
    type: "list",
    treatment: "acted",
    differs: "a merge patch without a target passes over objects that it does not name, where kustomize fails",
    fields: {
      patch: {
        ...text,
        required: true,
        nonEmpty: true,
        differs: "merge patches but for lists of objects of Kubernetes' own kinds and $ directives, which are refused",
      },
      target: { type: "object", treatment: "acted", fields: objectTarget },
    },
  },
  patchesFrom: opaque("Sveltos loses it on its way to a profile; write the patches into spec.patches"),
  driftExclusions: {
    type: "list",
    treatment: "acted",
    differs: "honoured with Continuous too; an excluded path keeps the value that is found",
    fields: {
      paths: { type: "list", treatment: "acted", required: true, elements: "string" },
      target: { type: "object", treatment: "acted", fields: objectTarget },
    },
  },
  cloudEventAction: {
    ...text,
    treatment: "refused",
    default: "Create",
    instead: "CloudEvents are not supported; leave it out",
  },
  extraLabels: { type: "map", treatment: "acted", elements: "string" },
  extraAnnotations: { type: "map", treatment: "acted", elements: "string" },
};
