/** Mode `pipeline`: selection, aggregation and rendering of one trigger over given objects, without gates. */
import { readEventSource } from "../../../src/api/event_source.ts";
import type { EventTrigger } from "../../../src/api/event_trigger.ts";
import { type KubeObject, nameOf } from "../../../src/api/object.ts";
import { field, isJsonObject, type Json, type JsonObject } from "../../../src/json/json.ts";
import { aggregate, type Matches } from "../../../src/reconcile/aggregate.ts";
import { TriggerFailure } from "../../../src/reconcile/errors.ts";
import type { ObjectReader } from "../../../src/reconcile/reader.ts";
import { renderMatches } from "../../../src/reconcile/render.ts";
import { labelQueryOf, predicateOf, select } from "../../../src/reconcile/select.ts";
import { createLuaSandbox } from "../../../src/sandbox/mod.ts";
import type { Answer, Case } from "../case.ts";

const sandbox = createLuaSandbox({}, { seconds: () => Math.floor(Date.now() / 1000) });
const world = { now: () => new Date(), randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };
const DEFAULT_CLUSTER = {
  apiVersion: "lib.projectsveltos.io/v1beta1",
  kind: "SveltosCluster",
  metadata: { name: "mgmt", namespace: "mgmt", labels: { "cluster-api": "enabled" } },
} as KubeObject;

export async function pipeline(input: Case): Promise<Answer> {
  const answer: JsonObject = {};
  try {
    return await run(input, answer);
  } catch (error) {
    const stage = error instanceof TriggerFailure ? error.failure.stage : "select";
    const named = stage === "select" || stage === "aggregate" ? "select/aggregate" : stage;
    return { ...answer, error: (error as Error).message, stage: named };
  }
}

async function run(input: Case, answer: JsonObject): Promise<Answer> {
  const source = readEventSource(field(input, "eventSource") as KubeObject, { lenient: true });
  const objects = (field(input, "objects") ?? []) as KubeObject[];
  const listings = source.selectors.map((selector) => {
    const query = labelQueryOf(selector);
    if ("reason" in query) throw new TriggerFailure("select", query.reason, query.message);
    const listed = objects.filter((object) => {
      const ofKind = object.kind === selector.kind &&
        object.apiVersion === (selector.group === "" ? selector.version : `${selector.group}/${selector.version}`);
      return ofKind && predicateOf(query)(object);
    });
    return { selector, query, objects: listed };
  });
  const selection = select(source, listings, sandbox);
  answer.selected = selection.objects.length;
  if (selection.messages.length > 0) answer.evaluateMessages = [...selection.messages];
  const matches = aggregate(source, selection, sandbox);
  Object.assign(answer, reportOf(matches, source.collectResources));
  const trigger = triggerOf(input);
  const templates = templatesOf(input);
  const rendering = await renderMatches(
    { trigger: { ...trigger, policyRefs: templates.map(refTo) }, source, cluster: clusterOf(input), matches },
    { reader: readerOf(templates), templates: { world } },
    AbortSignal.timeout(60_000),
  );
  const [failure] = rendering.failures;
  answer.rendered = rendering.texts.map(({ origin, matchIndex, text }) => ({
    for: matchIndex,
    source: `${origin.template.kind} ${origin.template.namespace}/${origin.template.name}`,
    key: origin.key,
    text,
  }));
  if (failure) throw new TriggerFailure(failure.stage, failure.reason, failure.message);
  answer.documents = rendering.desired.map(({ object }) => object);
  answer.documentsOf = rendering.desired.map(({ origin, matchIndex }) => ({ for: matchIndex, key: origin.key }));
  return { ok: true, ...answer };
}

function reportOf({ matches, message }: Matches, collectResources: boolean): JsonObject {
  return {
    message,
    matchingResources: matches.map(({ ref }) => ({ ...ref })) as unknown as Json,
    aggregated: collectResources ? matches.map(({ object }) => object) : [],
  };
}

function triggerOf(input: Case): EventTrigger {
  const object = field(input, "eventTrigger") as KubeObject;
  return {
    object,
    name: nameOf(object),
    sourceClusterSelector: {},
    clusterSetRefs: [],
    eventSourceName: "",
    oneForEvent: field(field(object, "spec"), "oneForEvent") === true,
    policyRefs: [],
    templateResourceRefs: [],
    generators: [],
    stopMatchingBehavior: "WithdrawPolicies",
    syncMode: "Continuous",
    patches: [],
    driftExclusions: [],
    extraLabels: {},
    extraAnnotations: {},
    warnings: [],
    differences: [],
  };
}

function templatesOf(input: Case): KubeObject[] {
  const many = field(input, "configMaps");
  const one = field(input, "configMap");
  const given = Array.isArray(many) ? many : one === undefined ? [] : [one];
  return given.filter(isJsonObject).map((object) => ({ apiVersion: "v1", kind: "ConfigMap", ...object } as KubeObject));
}

function refTo(object: KubeObject): EventTrigger["policyRefs"][number] {
  const namespace = field(object.metadata as Json, "namespace");
  return {
    kind: object.kind as "ConfigMap" | "Secret",
    namespace: typeof namespace === "string" ? namespace : "",
    name: nameOf(object),
    path: "",
    optional: false,
  } as EventTrigger["policyRefs"][number];
}

function clusterOf(input: Case): KubeObject {
  const cluster = field(input, "cluster");
  return isJsonObject(cluster) ? cluster as KubeObject : DEFAULT_CLUSTER;
}

/** Answers reads of the given templates alone. */
function readerOf(templates: readonly KubeObject[]): ObjectReader {
  const reader: Pick<ObjectReader, "list"> = {
    list: (query) => {
      const objects = templates.filter((object) => {
        const { namespace, name, kind } = refTo(object);
        return kind === query.kind && namespace === query.namespace && name === query.name;
      });
      return Promise.resolve({ objects });
    },
  };
  return reader as ObjectReader;
}
