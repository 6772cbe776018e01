/**
 * Matches → Desired: renders every template for every match as Sveltos does, and reads the text as the objects that it
 * would deploy. A match that fails is a value and concerns itself alone; a template that is none fails the trigger.
 */
import type { EventTrigger } from "../api/event_trigger.ts";
import { field } from "../json/json.ts";
import { type RenderOptions, TemplateError } from "../template/mod.ts";
import type { Desired, RenderedText } from "./content.ts";
import { ContentRendering } from "./content_rendering.ts";
import { compileDestination, refuseDestination } from "./destination.ts";
import { type Failure, type Note, TriggerFailure } from "./errors.ts";
import { explainAt } from "./explain.ts";
import { type CompiledGenerator, compileGenerators, DEFAULT_SVELTOS_NAMESPACE, runGenerators } from "./generators.ts";
import type { KeptRendering, KeptRenderings } from "./kept_renderings.ts";
import { OutputBudget, type PipelineLimits } from "./limits.ts";
import { overlay } from "./overlay.ts";
import { type CompiledPatch, compilePatches } from "./patching.ts";
import type { ObjectReader, ReadOptions } from "./reader.ts";
import {
  type CompiledRefs,
  compileReferences,
  type Found,
  lackOf,
  objectOf,
  readReferences,
  type Reference,
  referenceKey,
  referencesOf,
} from "./references.ts";
import { RenderWatch } from "./render_watch.ts";
import { failuresOf, forMatch, type Lack, type Subject, type SubjectInput, subjectsOf } from "./subject.ts";
import {
  type CompiledResourceRef,
  compileResourceRefs,
  type NamedResource,
  readResources,
  resourceRefsOf,
} from "./template_resources.ts";

export interface Rendering {
  readonly texts: readonly RenderedText[];
  /** Match by match, in each what its generators give first; then, once, what is no template. */
  readonly desired: readonly Desired[];
  /** Failures of single matches. */
  readonly failures: readonly Failure[];
  readonly notes: readonly Note[];
}

export interface RenderInput extends SubjectInput {
  readonly trigger: EventTrigger;
  /** The namespace of what generators make. */
  readonly sveltosNamespace?: string;
}

export interface RenderParts {
  readonly reader: ObjectReader;
  readonly templates: RenderOptions;
  readonly limits?: Partial<PipelineLimits>;
  /** What the trigger's last pass has kept; absent: everything is rendered anew. */
  readonly kept?: KeptRenderings;
}

/** The fields of a trigger that are templates, compiled once. */
interface Compiled {
  readonly generators: readonly CompiledGenerator[];
  readonly policyRefs: CompiledRefs;
  readonly resourceRefs: readonly CompiledResourceRef[];
  readonly patches: readonly CompiledPatch[];
}

/** A subject and what it names. */
interface Named {
  readonly subject: Subject;
  readonly resources: readonly NamedResource[];
  readonly references: readonly Reference[];
  /** What came of an equal match in the last pass. */
  readonly before?: KeptRendering;
}

/**
 * Renders. Order: match by match, in it reference by reference, in it the data keys sorted by byte; then, once, what is no
 * template. (Sveltos's own order of references and keys is random.) Generators run first, for all matches.
 *
 * @throws {TriggerFailure} for what concerns the whole trigger: a template that can't be parsed, or is not there.
 */
export async function renderMatches(
  input: RenderInput,
  parts: RenderParts,
  signal: AbortSignal,
  readOptions: ReadOptions = {},
): Promise<Rendering> {
  const { trigger, cluster, matches, sveltosNamespace = DEFAULT_SVELTOS_NAMESPACE } = input;
  if (matches.matches.length === 0) return { texts: [], desired: [], failures: [], notes: [] };
  const compiled = compile(trigger);
  const kept = parts.kept && isKept(trigger, compiled) ? parts.kept : undefined;
  kept?.begin({ spec: field(trigger.object, "spec")!, cluster, collectResources: input.source.collectResources });
  const watch = new RenderWatch(parts.templates, parts.limits);
  const { templates } = watch;
  const budget = new OutputBudget(trigger.name, parts.limits);
  const context = { trigger, cluster, sveltosNamespace };
  const generated = await runGenerators(
    compiled.generators,
    subjectsOf(input),
    context,
    { ...parts, templates, budget },
    signal,
    readOptions,
  );
  const reader = overlay(parts.reader, generated.objects);
  const failures: Failure[] = [...generated.failures];
  // Anew: Sveltos's generators see other maps than its profiles, so that what they change in them is not seen here.
  const subjects = subjectsOf(input, watch.clusterChanges)
    .filter(({ match }) => generated.outputs.has(match?.index ?? -1));
  const isDeliverable = deliverability(trigger, templates, failures);
  const deliverable = subjects.filter((subject) =>
    kept?.of(subject.match) ?? watch.during(subject, failures, () => isDeliverable(subject))
  );
  const named = deliverable.flatMap((subject): Named[] => {
    const before = kept?.of(subject.match);
    if (before) return [{ subject, resources: [], references: before.references, before }];
    const names = watch.during(subject, failures, () => nameAll(compiled, subject, input, templates, failures));
    return names ? [{ subject, ...names }] : [];
  });
  const read = await readReferences(named.flatMap(({ references }) => references), reader, signal, readOptions);
  const found = kept ? kept.recogniseFound(read) : read;
  const lacks = lacksOf(trigger, named, found);
  failures.push(...failuresOf(lacks, named.map(({ subject }) => subject)));
  const { bySubject, failures: unread } = await readResources(trigger, named, reader, signal, readOptions);
  failures.push(...unread);
  const lacking = new Set(lacks.map(({ subject }) => subject));
  const complete = named.filter(({ subject }) => !lacking.has(subject) && bySubject.has(subject));
  const content = new ContentRendering(input, templates, found, compiled.patches, failures, budget, watch);
  for (const { subject, references, before } of complete) {
    if (before && isMadeOf(before, found)) content.repeat(subject, before);
    else content.render(subject, references, bySubject.get(subject)!);
  }
  const rendering = { ...content.finish(generated), failures };
  if (kept && watch.clusterChanges.count > 0) {
    // What a template changes in `.Cluster` is seen by the matches after it: nobody knows by which of those before.
    kept.clear();
    if (named.some(({ before }) => before)) return await renderMatches(input, parts, signal, readOptions);
  } else kept?.keep(content.kept(complete));
  return rendering;
}

/** Whether what comes of a match is made of nothing but the match, what it references, and the basis. */
function isKept({ oneForEvent }: EventTrigger, { generators, resourceRefs, patches }: Compiled): boolean {
  return oneForEvent && generators.length === 0 && resourceRefs.length === 0 && patches.length === 0;
}

function isMadeOf({ references, found: before }: KeptRendering, found: ReadonlyMap<string, Found>): boolean {
  return references.every(({ ref }, index) => objectOf(found.get(referenceKey(ref))!) === before[index]);
}

function compile(trigger: EventTrigger): Compiled {
  return {
    generators: compileGenerators(trigger),
    policyRefs: orTriggerFailure(trigger, () => compileReferences(trigger)),
    resourceRefs: orTriggerFailure(trigger, () => compileResourceRefs(trigger)),
    patches: compilePatches(trigger),
  };
}

/** What `compileField` gives. Its templates are named for the fields that they stand in. */
function orTriggerFailure<T>(trigger: EventTrigger, compileField: () => T): T {
  try {
    return compileField();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `EventTrigger ${trigger.name} ${error.templateName}: ${explainAt(error)}`;
    throw new TriggerFailure("render", "TemplateError", message, { cause: error });
  }
}

/** Says whose outputs go to the management cluster; what goes elsewhere is a failure of its match. */
function deliverability(
  trigger: EventTrigger,
  templates: RenderOptions,
  failures: Failure[],
): (subject: Subject) => boolean {
  const destination = orTriggerFailure(trigger, () => compileDestination(trigger));
  return (subject) => {
    const failure = orFailure(
      trigger,
      subject,
      failures,
      () => refuseDestination(trigger, destination, subject.data, templates, subject.match?.ref) ?? "deliverable",
    );
    if (failure && failure !== "deliverable") failures.push(failure);
    return failure === "deliverable";
  };
}

/** What `render` gives; undefined, and a failure of the match, where a field can't be rendered. */
function orFailure<T>(
  trigger: EventTrigger,
  subject: Subject,
  failures: Failure[],
  render: () => T,
): T | undefined {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `EventTrigger ${trigger.name} ${error.templateName}${forMatch(subject)}: ${explainAt(error)}`;
    failures.push({ stage: "render", reason: "TemplateError", message, match: subject.match?.ref });
    return undefined;
  }
}

function nameAll(
  compiled: Compiled,
  subject: Subject,
  { trigger, cluster }: RenderInput,
  templates: RenderOptions,
  failures: Failure[],
): Pick<Named, "resources" | "references"> | undefined {
  const { resourceRefs, policyRefs } = compiled;
  // Outputs go to the cluster that the matches come from, so that is the destination whose data the names may use.
  const resources = orFailure(
    trigger,
    subject,
    failures,
    () => resourceRefsOf(resourceRefs, subject.data, cluster, templates),
  );
  const references = orFailure(
    trigger,
    subject,
    failures,
    () => referencesOf(policyRefs, subject.data, cluster, templates),
  );
  return resources && references ? { resources, references } : undefined;
}

function lacksOf(trigger: EventTrigger, named: readonly Named[], found: ReadonlyMap<string, Found>): Lack[] {
  const place = `EventTrigger ${trigger.name} spec.policyRefs`;
  return named.flatMap(({ subject, references }) =>
    references.flatMap((reference) => lackOf(subject, reference, found.get(referenceKey(reference.ref))!, place) ?? [])
  );
}
