/**
 * How far triggers reach: what they may have read and written whatever the objects are, as the rights of `run` must allow. It
 * asks the pipeline's own questions of a reader that notes them, and runs no script and no template. Pure.
 */
import type { EventTrigger } from "../api/event_trigger.ts";
import type { ObjectRef } from "../api/object.ts";
import { ANY } from "../api/right.ts";
import { type RenderOptions, templateData, TemplateError } from "../template/mod.ts";
import { type SourceCluster, SVELTOS_GROUP } from "./clusters.ts";
import { subresourcesOf } from "./content.ts";
import { selectDestination } from "./destination.ts";
import type { Failure } from "./errors.ts";
import { vanishedQuery } from "./generation.ts";
import { namespaceQuery, targetQuery } from "./live.ts";
import { listOwned, ownedQuery, type Sweep } from "./owned.ts";
import { type Listing, type ObjectQuery, type ObjectReader, queryKey, type ReadOptions } from "./reader.ts";
import { compileReferences, readReferences, type Reference, referencesOf } from "./references.ts";
import { readInputs, readSnapshot, type Snapshot, triggerQuery } from "./snapshot.ts";
import { withinNamespaces } from "./source_namespaces.ts";
import { compileResourceRefs, type NamedResource, readResources, resourceRefsOf } from "./template_resources.ts";

/** A question that may be asked; {@link ANY} stands for a namespace or a name that is not known beforehand. */
export interface Reading {
  readonly query: ObjectQuery;
  readonly options: Pick<ReadOptions, "once">;
  /** Whose question it is: `EventSource push-model spec.resourceSelectors[1]`. */
  readonly why: string;
  /** Why it is asked of all namespaces, where it could be asked of fewer, and what would make it so. */
  readonly wide?: string;
}

/** Objects of a kind that may be made, changed and deleted. */
export interface Writing {
  /** Its version is empty where the API's preferred one is meant. */
  readonly kind: Pick<ObjectQuery, "group" | "version" | "kind">;
  /** {@link ANY}: in all namespaces. */
  readonly namespace: string;
  readonly subresources: readonly string[];
  /** Made where it is missing, and never touched again. */
  readonly unowned?: boolean;
  readonly why: string;
  readonly wide?: string;
}

export interface Reach {
  readonly readings: readonly Reading[];
  readonly writings: readonly Writing[];
  /** Why it may be incomplete: sentences for people. */
  readonly problems: readonly string[];
}

export interface ReachOptions {
  readonly managementLabels: Readonly<Record<string, string>>;
  readonly sourceNamespaces?: readonly string[];
  readonly createNamespaces: boolean;
  readonly allowedKinds: readonly string[];
  readonly sweep: Sweep;
  readonly templates: RenderOptions;
}

const NARROW_SOURCES = "name the namespaces with --source-namespaces";
const NARROW_TARGETS = "name the namespaces with --target-namespaces";

/** The reach of the named triggers, and of what is done for all of them together. Failures of reading are problems. */
export async function reachOf(
  triggers: readonly string[],
  reader: ObjectReader,
  options: ReachOptions,
  signal: AbortSignal,
): Promise<Reach> {
  const notes = new Notes(reader);
  await notes.as("which EventTriggers there are").list(triggerQuery(), signal);
  const subresources = new Set<string>();
  for (const trigger of triggers) {
    for (const name of await noteTrigger(trigger, notes, options, signal)) subresources.add(name);
  }
  await noteOutputs(notes, options, [...subresources].sort(), signal);
  return { readings: notes.readings, writings: notes.writings, problems: notes.problems };
}

/** A reader that notes what it is asked, and answers for what says how far a trigger reaches; all else is empty. */
class Notes {
  readonly readings: Reading[] = [];
  readonly writings: Writing[] = [];
  readonly problems: string[] = [];

  constructor(readonly reader: ObjectReader) {}

  /** The reader, whose questions are asked on somebody's account. */
  as(why: string, wide?: string, readsContents = false): ObjectReader {
    return {
      kindOf: (group, version, kind, signal) => this.reader.kindOf(group, version, kind, signal),
      list: async (query, signal, options = {}): Promise<Listing> => {
        const isWide = !query.namespace || query.namespace === ANY;
        this.readings.push({
          query,
          options: options.once ? { once: true } : {},
          why,
          ...(wide !== undefined && isWide ? { wide } : {}),
        });
        // Contents are read for their annotations; nothing that is selected is read at all.
        const isAnswered = query.group === SVELTOS_GROUP || (readsContents && isKnown(query));
        return isAnswered ? await this.reader.list(query, signal, options) : { objects: [] };
      },
    };
  }
}

function isKnown({ namespace, name }: ObjectQuery): boolean {
  return Boolean(namespace && name) && namespace !== ANY && name !== ANY;
}

/** @returns the subresources that the trigger's contents name. */
async function noteTrigger(
  name: string,
  notes: Notes,
  options: ReachOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const place = `EventTrigger ${name}`;
  const asked = notes.as(place);
  const { managementLabels, sourceNamespaces } = options;
  let snapshot = await readSnapshot({ trigger: name }, asked, { managementLabels, sourceNamespaces }, signal);
  const { trigger, cluster } = snapshot;
  if (!trigger || !cluster) {
    notes.problems.push(...problemsOf(place, snapshot.failures));
    return [];
  }
  // Whether the management cluster is selected, ready or paused right now says nothing about what it takes when it is.
  if (!snapshot.source && snapshot.failures.length === 0) {
    await selectDestination(trigger, cluster, { reader: asked, signal, read: {} });
    snapshot = {
      ...snapshot,
      ...await readInputs(trigger, cluster, snapshot.notes, asked, { sourceNamespaces }, signal),
    };
  }
  notes.problems.push(...problemsOf(place, snapshot.failures));
  await noteSelectors(snapshot, notes, signal);
  return await noteContents(trigger, cluster, notes, options, signal);
}

function problemsOf(place: string, failures: readonly Failure[]): string[] {
  return failures.map(({ message }) => message.startsWith("Event") ? message : `${place}: ${message}`);
}

/** Each selector's question gets its name, and what it has selected may be asked for once it is gone. */
async function noteSelectors({ source, listings }: Snapshot, notes: Notes, signal: AbortSignal): Promise<void> {
  if (!source) return;
  for (const { selector, query } of listings) {
    const why = `EventSource ${source.name} spec.resourceSelectors[${source.selectors.indexOf(selector)}]`;
    const wide = "it names no namespace: give the selector one, or " + NARROW_SOURCES;
    const key = queryKey(query);
    for (const [index, reading] of notes.readings.entries()) {
      if (queryKey(reading.query) !== key || !reading.why.startsWith("EventTrigger ")) continue;
      notes.readings[index] = { ...reading, why, ...(query.namespace ? {} : { wide }) };
    }
    const vanished = vanishedQuery(selector, selector.namespace || ANY, selector.name || ANY);
    await notes.as(why, wide).list(vanished, signal, { fresh: true, once: true });
  }
}

/** What policyRefs, generators and templateResourceRefs name; a part that is a template may become anything. */
async function noteContents(
  trigger: EventTrigger,
  cluster: SourceCluster,
  notes: Notes,
  options: ReachOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const { templates, sourceNamespaces } = options;
  const place = `EventTrigger ${trigger.name} spec.`;
  const names = new Set<string>();
  const wide = `its namespace is a template: ${NARROW_SOURCES}`;
  const noted = (field: string, reads: boolean) =>
    withinNamespaces(notes.as(place + field, wide, reads), sourceNamespaces);
  const spread = <T extends { readonly ref: ObjectRef }>(named: T) => inNamespaces(named, sourceNamespaces);
  try {
    for (const { field, reference } of contentRefs(trigger, cluster, templates)) {
      const found = await readReferences(spread(reference), noted(field, true), signal);
      for (const answer of found.values()) {
        if (answer.unknown) notes.problems.push(`${place}${field}: ${answer.unknown.message}`);
        else for (const name of answer.object ? subresourcesOf(answer.object) : []) names.add(name);
      }
    }
    const resources = resourceRefsOf(
      compileResourceRefs({ ...trigger, templateResourceRefs: trigger.templateResourceRefs.map(withAny) }),
      templateData({}),
      cluster.object,
      templates,
    ).flatMap(spread);
    await noteResources(trigger, resources, noted("templateResourceRefs", false), notes, signal);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    notes.problems.push(`EventTrigger ${trigger.name} ${error.templateName}: ${error.message}`);
  }
  return [...names];
}

function* contentRefs(
  trigger: EventTrigger,
  cluster: SourceCluster,
  templates: RenderOptions,
): Generator<{ readonly field: string; readonly reference: Reference }> {
  const { policyRefs, generators } = trigger;
  // A generator reads its source by the same rules as a policyRef its content.
  const sources = generators.map((generator) => ({ ...generator, path: "", deploymentType: "Remote" as const }));
  const fields = [
    ...policyRefs.map((ref, index) => ({ field: `policyRefs[${index}]`, ref })),
    ...sources.map((ref) => ({ field: ref.kind === "Secret" ? "secretGenerator" : "configMapGenerator", ref })),
  ];
  for (const { field, ref } of fields) {
    const compiled = compileReferences({ ...trigger, policyRefs: [{ ...withAny(ref), path: "" }] });
    for (const reference of referencesOf(compiled, templateData({}), cluster.object, templates)) {
      yield { field, reference };
    }
  }
}

/** The reference with whatever is a template in it replaced. */
function withAny<T extends { readonly namespace: string; readonly name: string }>(ref: T): T {
  const part = (text: string) => text.includes("{{") ? ANY : text;
  return { ...ref, namespace: part(ref.namespace), name: part(ref.name) };
}

/** One for each namespace that may be read, where it may be any of them. */
function inNamespaces<T extends { readonly ref: ObjectRef }>(named: T, namespaces: readonly string[] | undefined): T[] {
  if (named.ref.namespace !== ANY || namespaces === undefined) return [named];
  return namespaces.map((namespace) => ({ ...named, ref: { ...named.ref, namespace } }));
}

async function noteResources(
  trigger: EventTrigger,
  resources: readonly NamedResource[],
  reader: ObjectReader,
  notes: Notes,
  signal: AbortSignal,
): Promise<void> {
  // Whether they are there makes no difference.
  const optional = resources.map((resource) => ({ ...resource, spec: { ...resource.spec, optional: true } }));
  const subject = { data: templateData({}) };
  const { failures } = await readResources(trigger, [{ subject, resources: optional }], reader, signal);
  notes.problems.push(...failures.map(({ message }) => message));
}

/** What is looked for, made and taken away on everybody's account. */
async function noteOutputs(
  notes: Notes,
  { sweep, allowedKinds, createNamespaces }: ReachOptions,
  subresources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { instance, targetNamespaces } = sweep;
  const wide = `who the consumers are is not said: ${NARROW_TARGETS}`;
  const namespaces = targetNamespaces ?? [ANY];
  for (const qualified of allowedKinds) {
    const why = `outputs of kind ${qualified}`;
    const reader = notes.as(why, wide);
    await listOwned(qualified, sweep, reader, signal);
    const { labelSelector: _marks, ...kind } = ownedQuery(qualified, instance);
    const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
    const facts = await notes.reader.kindOf(kind.group, kind.version, kind.kind, signal);
    const isClusterScoped = "scope" in facts && facts.scope === "cluster";
    for (const namespace of isClusterScoped ? [""] : namespaces) {
      await reader.list(targetQuery({ apiVersion, kind: kind.kind, namespace, name: ANY }), signal, { once: true });
      notes.writings.push({ kind, namespace, subresources, why, ...(namespace === ANY ? { wide } : {}) });
    }
  }
  if (!createNamespaces) return;
  const why = "namespaces that outputs need (--create-namespaces)";
  for (const name of namespaces) await notes.as(why).list(namespaceQuery(name), signal, { once: true });
  const kind = { group: "", version: "v1", kind: "Namespace" };
  notes.writings.push({ kind, namespace: "", subresources: [], unowned: true, why });
}
