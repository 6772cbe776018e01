/** Renders the matches of a pipeline over a world in memory, as `render` does, with what tests ask about. */
import { readEventSource } from "../../src/api/event_source.ts";
import { readEventTrigger } from "../../src/api/event_trigger.ts";
import { type KubeObject, nameOf, objectRef } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Matches } from "../../src/reconcile/aggregate.ts";
import { TriggerFailure } from "../../src/reconcile/errors.ts";
import { type Rendering, renderMatches } from "../../src/reconcile/render.ts";
import { object, type World } from "./world.ts";

export const TEMPLATE_WORLD = {
  now: () => new Date(0),
  randomBytes: (count: number) => new Uint8Array(count),
};

/** The cluster that matches come from and outputs go to. */
export const CLUSTER: KubeObject = object(`
apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata: {namespace: mgmt, name: mgmt, labels: {env: "a&b", zone: one}}
spec: {shard: 3}
status: {ready: true}`);

/** Services `web` and `db` of namespace `shop`, with port 80 and 5432. */
export const MATCHES: Matches = matchesOf(
  { apiVersion: "v1", kind: "Service", metadata: { namespace: "shop", name: "web" }, spec: { port: 80 } },
  { apiVersion: "v1", kind: "Service", metadata: { namespace: "shop", name: "db" }, spec: { port: 5432 } },
);

export function matchesOf(...objects: JsonObject[]): Matches {
  const matches = objects.map((object, index) => ({ index, object, ref: objectRef(object) }));
  return { matches, message: "", printed: "" };
}

export interface RenderingOptions {
  /** Fields of the EventTrigger's spec; `oneForEvent` is true unless said. */
  readonly trigger: JsonObject;
  readonly collectResources?: boolean;
  readonly matches?: Matches;
  readonly sveltosNamespace?: string;
  readonly cluster?: KubeObject;
}

/** @throws {TriggerFailure} */
export async function render(world: World, options: RenderingOptions): Promise<Rendering> {
  const { matches = MATCHES, collectResources = true, sveltosNamespace, cluster = CLUSTER } = options;
  const trigger = readEventTrigger({
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "EventTrigger",
    metadata: { name: "t" },
    spec: {
      sourceClusterSelector: { matchLabels: { env: "x" } },
      eventSourceName: "s",
      oneForEvent: true,
      ...options.trigger,
    },
  });
  const source = readEventSource({
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "EventSource",
    metadata: { name: "s" },
    spec: { collectResources },
  });
  const parts = { reader: world, templates: { world: TEMPLATE_WORLD } };
  return await renderMatches(
    { trigger, source, cluster, matches, sveltosNamespace },
    parts,
    new AbortController().signal,
  );
}

/** What became of a rendering, in short: `web: text` or `all: text`, and the messages of its failures. */
export interface Summary {
  readonly texts: readonly string[];
  readonly failures: readonly string[];
}

export function summarise({ texts, failures }: Rendering): Summary {
  return {
    texts: texts.map(({ origin, text }) => `${origin.match?.name ?? "all"}: ${text}`),
    failures: failures.map(({ message }) => message),
  };
}

/** The failure of the whole trigger that `rendering` ends with. */
export async function triggerFailure(rendering: Promise<Rendering>): Promise<TriggerFailure["failure"]> {
  try {
    await rendering;
  } catch (error) {
    if (error instanceof TriggerFailure) return error.failure;
    throw error;
  }
  throw new Error("no failure of the trigger");
}

/** A ConfigMap of namespace mgmt. */
export function configMap(name: string, data: Record<string, string>, ...annotations: string[]): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "mgmt", name, ...annotated(annotations) },
    data,
  };
}

/** A Secret of namespace mgmt that holds content. */
export function secret(name: string, data: Record<string, string>, ...annotations: string[]): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "addons.projectsveltos.io/cluster-profile",
    metadata: { namespace: "mgmt", name, ...annotated(annotations) },
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, btoa(text)])),
  };
}

function annotated(names: readonly string[]): JsonObject {
  if (names.length === 0) return {};
  return { annotations: Object.fromEntries(names.map((name) => [`projectsveltos.io/${name}`, "ok"])) };
}

export const refTo = (name: string, more: JsonObject = {}): JsonObject => ({
  kind: "ConfigMap",
  namespace: "mgmt",
  name,
  ...more,
});

export const namesOf = (objects: readonly { readonly object: JsonObject }[]): string[] =>
  objects.map(({ object }) => `${object.kind} ${nameOf(object)}`);
