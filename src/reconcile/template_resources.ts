/**
 * The templateResourceRefs of a trigger: which objects of the management cluster they name for each match, and their
 * content by identifier, for the second rendering. Each is read as a dependency: when it changes, the trigger renders again.
 */
import type { EventTrigger, TemplateResourceRef } from "../api/event_trigger.ts";
import { formatRef, groupOf, type KubeObject, namespaceOf, type ObjectRef, versionOf } from "../api/object.ts";
import { parseTemplate, type RenderOptions, type Template, type TemplateData } from "../template/mod.ts";
import { renderClusterTemplate } from "./cluster_template.ts";
import type { Failure } from "./errors.ts";
import { eachInFlight, READS_IN_FLIGHT } from "./in_flight.ts";
import type { KindFacts, Listing, ObjectQuery, ObjectReader, ReadOptions, Unknown } from "./reader.ts";
import { impossibleRef } from "./references.ts";
import { forMatch, type Subject } from "./subject.ts";

/** More names than these in one namespace are read as that namespace's objects: one watch instead of many. */
const MANY_NAMES = 16;

export interface CompiledResourceRef {
  readonly spec: TemplateResourceRef;
  readonly namespace: Template;
  readonly name: Template;
}

/** What one templateResourceRef names for one match. */
export interface NamedResource {
  readonly spec: TemplateResourceRef;
  readonly ref: ObjectRef;
}

/** The objects of one match, by identifier; optional ones that are missing are left out. */
export type Resources = ReadonlyMap<string, KubeObject>;

/** @throws {TemplateError} for a field that is no template. */
export function compileResourceRefs(trigger: EventTrigger): CompiledResourceRef[] {
  return trigger.templateResourceRefs.map((spec, index) => {
    const field = `spec.templateResourceRefs[${index}]`;
    return {
      spec,
      namespace: parseTemplate(`${field}.namespace`, spec.namespace),
      name: parseTemplate(`${field}.name`, spec.name),
    };
  });
}

/**
 * Renders the references for one match: first with what the match's templates see, then what that leaves of a template with
 * the data of the destination cluster, whose namespace also stands in for one that either leaves empty.
 *
 * @throws {TemplateError} for a field that can't be rendered.
 */
export function resourceRefsOf(
  compiled: readonly CompiledResourceRef[],
  data: TemplateData,
  destination: KubeObject,
  templates: RenderOptions,
): NamedResource[] {
  return compiled.map(({ spec, namespace, name }) => ({
    spec,
    ref: {
      apiVersion: spec.apiVersion,
      kind: spec.kind,
      namespace: renderClusterTemplate(namespace.name, namespace.render(data, templates), destination) ||
        namespaceOf(destination),
      name: renderClusterTemplate(name.name, name.render(data, templates), destination),
    },
  }));
}

/** A subject and what its templateResourceRefs name. */
export interface ResourceRequest {
  readonly subject: Subject;
  readonly resources: readonly NamedResource[];
}

/**
 * Reads what all requests name, each object once. A subject that lacks one, or has one that can't be read, is not among the
 * answers: it has a failure instead.
 */
export async function readResources(
  trigger: Pick<EventTrigger, "name">,
  requests: readonly ResourceRequest[],
  reader: ObjectReader,
  signal: AbortSignal,
  options: ReadOptions = {},
): Promise<{ bySubject: ReadonlyMap<Subject, Resources>; failures: Failure[] }> {
  const reading = new ResourceReading(reader, signal, options);
  const refs = requests.flatMap(({ resources }) => resources.map(({ ref }) => ref));
  await reading.plan(refs);
  await reading.readAhead(refs);
  const bySubject = new Map<Subject, Resources>();
  const failures: Failure[] = [];
  for (const { subject, resources } of requests) {
    const found = new Map<string, KubeObject>();
    const problems: { reason: string; message: string }[] = [];
    for (const { spec, ref } of resources) {
      const answer = await reading.read(ref);
      if ("unknown" in answer) {
        const { reason, message } = answer.unknown;
        problems.push({ reason, message: `cannot read ${formatRef(ref)}: ${message}` });
      } else if (answer.object) {
        found.set(spec.identifier, spec.ignoreStatusChanges ? withoutStatus(answer.object) : answer.object);
      } else if (!spec.optional) {
        const message = `there is no ${formatRef(ref)} (identifier ${spec.identifier}). What is rendered with it ` +
          "stays as it is until there is one.";
        problems.push({ reason: "ResourceNotFound", message });
      }
    }
    if (problems.length === 0) bySubject.set(subject, found);
    failures.push(...problems.map(({ reason, message }): Failure => ({
      stage: "read",
      reason,
      message: `EventTrigger ${trigger.name} spec.templateResourceRefs${forMatch(subject)}: ${message}`,
      match: subject.match?.ref,
    })));
  }
  return { bySubject, failures };
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _left, ...rest } = object;
  return rest as KubeObject;
}

type Answer = { readonly object?: KubeObject } | { readonly unknown: Unknown };

/** One pass of reading: facts of a kind and each query are asked for once. */
class ResourceReading {
  readonly #kinds = new Map<string, Promise<KindFacts | Unknown>>();
  readonly #listings = new Map<string, Promise<Listing>>();
  /** Kinds and namespaces that are read as a whole. */
  readonly #whole = new Set<string>();

  constructor(
    readonly reader: ObjectReader,
    readonly signal: AbortSignal,
    readonly options: ReadOptions,
  ) {}

  /** Decides what is read as a whole. */
  async plan(refs: readonly ObjectRef[]): Promise<void> {
    const names = new Map<string, Set<string>>();
    for (const ref of refs) {
      const facts = await this.#factsOf(ref);
      if (!("scope" in facts)) continue;
      const key = placeKey(ref, namespaceIn(ref, facts));
      names.set(key, (names.get(key) ?? new Set()).add(ref.name));
    }
    for (const [key, distinct] of names) if (distinct.size > MANY_NAMES) this.#whole.add(key);
  }

  /** Reads ahead, several at a time: what is read then is there. */
  async readAhead(refs: readonly ObjectRef[]): Promise<void> {
    await eachInFlight(READS_IN_FLIGHT, refs, async (ref) => void await this.read(ref));
  }

  async read(ref: ObjectRef): Promise<Answer> {
    const facts = await this.#factsOf(ref);
    if (!("scope" in facts)) return { unknown: facts };
    // Asked for without a name or namespace, the API would give any.
    if (ref.name === "" || (facts.scope === "namespaced" && ref.namespace === "")) return {};
    const namespace = namespaceIn(ref, facts);
    const impossible = impossibleRef({ namespace, name: ref.name });
    if (impossible) return { unknown: impossible };
    const place = placeKey(ref, namespace);
    const isWhole = this.#whole.has(place);
    const base = { group: groupOf(ref.apiVersion), version: versionOf(ref.apiVersion), kind: ref.kind, namespace };
    const listing = await this.#list(
      isWhole ? place : `${place}/${ref.name}`,
      isWhole ? base : { ...base, name: ref.name },
    );
    if (listing.unknown) return { unknown: listing.unknown };
    return { object: listing.objects.find(({ metadata }) => metadata.name === ref.name) };
  }

  #list(key: string, query: ObjectQuery): Promise<Listing> {
    let listing = this.#listings.get(key);
    if (!listing) this.#listings.set(key, listing = this.reader.list(query, this.signal, this.options));
    return listing;
  }

  #factsOf({ apiVersion, kind }: ObjectRef): Promise<KindFacts | Unknown> {
    const key = `${apiVersion} ${kind}`;
    let facts = this.#kinds.get(key);
    if (!facts) {
      facts = this.reader.kindOf(groupOf(apiVersion), versionOf(apiVersion), kind, this.signal);
      this.#kinds.set(key, facts);
    }
    return facts;
  }
}

/** Empty for a cluster-scoped kind, whatever namespace its reference has. */
function namespaceIn({ namespace }: ObjectRef, { scope }: KindFacts): string {
  return scope === "cluster" ? "" : namespace;
}

function placeKey({ apiVersion, kind }: ObjectRef, namespace: string): string {
  return `${apiVersion} ${kind} ${namespace}`;
}
