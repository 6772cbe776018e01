/**
 * Matches → Desired: renders every template for every match as Sveltos does, and reads the text as the objects that it
 * would deploy. A match that fails is a value and concerns itself alone; a template that is none fails the trigger.
 */
import type { EventTrigger } from "../api/event_trigger.ts";
import { formatRef, type KubeObject, type ObjectRef, objectRef } from "../api/object.ts";
import { field, type JsonObject } from "../json/json.ts";
import { WatchedWorld } from "./change_times.ts";
import { functionTable } from "../template/functions/table.ts";
import { parseTemplate, type RenderOptions, type Template, TemplateError } from "../template/mod.ts";
import {
  type CompiledKey,
  compileKeys,
  contentOf,
  type Desired,
  readDocuments,
  type RenderedText,
  renderFailure,
  subresourcesOf,
} from "./content.ts";
import { compileDestination, refuseDestination } from "./destination.ts";
import { type Failure, type Note, TriggerFailure } from "./errors.ts";
import { explainAt } from "./explain.ts";
import {
  type CompiledGenerator,
  compileGenerators,
  DEFAULT_SVELTOS_NAMESPACE,
  type Generated,
  runGenerators,
} from "./generators.ts";
import type { KeptContent, KeptRendering, KeptRenderings } from "./kept_renderings.ts";
import type { Origin } from "./origin.ts";
import { type Patch, PatchError } from "./patches.ts";
import { type CompiledPatch, compilePatches, patchObject, renderPatches } from "./patching.ts";
import { OutputBudget, type PipelineLimits } from "./limits.ts";
import { overlay } from "./overlay.ts";
import type { ObjectReader, ReadOptions } from "./reader.ts";
import {
  type CompiledRefs,
  compileReferences,
  type Found,
  isInstantiated,
  isSecondStage,
  lackOf,
  readReferences,
  type Reference,
  referenceKey,
  referencesOf,
} from "./references.ts";
import { SecondStage, secondStageFunctions } from "./second_stage.ts";
import { failuresOf, forMatch, type Lack, type Subject, type SubjectInput, subjectsOf } from "./subject.ts";
import {
  type CompiledResourceRef,
  compileResourceRefs,
  type NamedResource,
  readResources,
  resourceRefsOf,
  type Resources,
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
  const watch = new RenderWatch(parts.templates);
  const { templates } = watch;
  const budget = new OutputBudget(trigger.name, parts.limits);
  const context = { trigger, cluster, sveltosNamespace };
  const generated = await runGenerators(
    compiled.generators,
    subjectsOf(input),
    context,
    { ...parts, budget },
    signal,
    readOptions,
  );
  const reader = overlay(parts.reader, generated.objects);
  const failures: Failure[] = [...generated.failures];
  // Anew: Sveltos's generators see other maps than its profiles, so that what they change in them is not seen here.
  const subjects = subjectsOf(input, watch.clusterChanges)
    .filter(({ match }) => generated.outputs.has(match?.index ?? -1));
  const isDeliverable = deliverability(trigger, templates, failures);
  const named = subjects.flatMap((subject): Named[] => {
    const before = kept?.of(subject.match);
    if (before) return [{ subject, resources: [], references: before.references, before }];
    return watch.during(subject, failures, () => {
      if (!isDeliverable(subject)) return [];
      const names = nameAll(compiled, subject, input, templates, failures);
      return names ? [{ subject, ...names }] : [];
    });
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

/** Notes whose rendering was not made of its own data alone, or had something to say: it is made anew each time. */
class RenderWatch {
  readonly templates: RenderOptions;
  readonly clusterChanges = { count: 0 };
  readonly #world: WatchedWorld | undefined;
  readonly #passing = new Set<number>();

  constructor(templates: RenderOptions) {
    this.#world = templates.world && new WatchedWorld(templates.world);
    this.templates = { ...templates, world: this.#world };
  }

  /** What `render` gives; `said` are the lists in which it tells what went wrong, or is worth knowing. */
  during<T>({ match }: Pick<Subject, "match">, said: readonly unknown[], render: () => T): T {
    const asked = this.#world?.asked, before = said.length;
    const result = render();
    if (this.#world?.asked !== asked || said.length !== before) this.note(match?.index ?? -1);
    return result;
  }

  note(matchIndex: number): void {
    this.#passing.add(matchIndex);
  }

  mayKeep(matchIndex: number): boolean {
    return !this.#passing.has(matchIndex);
  }
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

/** The content of the referenced objects, rendered subject by subject; what is no template is kept for the end, once. */
class ContentRendering {
  /** A text, and what it was read as before where it was not rendered now. */
  readonly #texts: { text: RenderedText; before?: readonly Desired[] }[] = [];
  readonly #contents = new Map<number, KeptContent[]>();
  readonly #notes: Note[] = [];
  readonly #first = new Map<string, readonly CompiledKey[]>();
  readonly #second = new Map<string, readonly CompiledKey[]>();
  readonly #plain = new Map<string, KubeObject>();
  /** By index of the match; those of the first are for what is no template as well. */
  readonly #patches = new Map<number, readonly Patch[]>();

  constructor(
    readonly input: RenderInput,
    readonly templates: RenderOptions,
    readonly found: ReadonlyMap<string, Found>,
    readonly compiledPatches: readonly CompiledPatch[],
    readonly failures: Failure[],
    readonly budget: OutputBudget,
    readonly watch: RenderWatch,
  ) {}

  /** Takes what came of an equal match for what comes of this one. */
  repeat({ match }: Subject, { references, contents }: KeptRendering): void {
    const matchIndex = match!.index;
    for (const { ref } of references) this.#contentOf(ref);
    for (const { text, desired } of contents) {
      this.budget.addText(text.text.length);
      const isThere = text.matchIndex === matchIndex;
      this.#texts.push(
        isThere
          ? { text, before: desired }
          : { text: { ...text, matchIndex }, before: desired.map((one) => ({ ...one, matchIndex })) },
      );
    }
  }

  /** What the next pass may take: of matches that have all they ask for, and nothing to say. */
  kept(complete: readonly Named[]): Map<JsonObject, KeptRendering> {
    const renderings = new Map<JsonObject, KeptRendering>();
    for (const { subject: { match }, references } of complete) {
      if (!match || !this.watch.mayKeep(match.index)) continue;
      const found = references.map(({ ref }) => objectOf(this.found.get(referenceKey(ref))!));
      renderings.set(match.object, { references, found, contents: this.#contents.get(match.index) ?? [] });
    }
    return renderings;
  }

  /** The object, where it is a template of the match; what is none is noted down for the end. */
  #contentOf(ref: ObjectRef): KubeObject | undefined {
    const object = objectOf(this.found.get(referenceKey(ref))!);
    if (!object) return undefined;
    if (isInstantiated(object) || isSecondStage(object)) return object;
    this.#plain.set(referenceKey(ref), object);
    return undefined;
  }

  render(subject: Subject, references: readonly Reference[], resources: Resources): void {
    const { trigger, cluster } = this.input;
    let stage: SecondStage | undefined;
    const second = () =>
      stage ??= new SecondStage(cluster, trigger.templateResourceRefs.length > 0 ? resources : undefined);
    if (!this.#preparePatches(subject, second)) return;
    this.watch.during(subject, this.failures, () => {
      for (const { ref } of references) {
        const object = this.#contentOf(ref);
        if (object) this.#renderObject(object, subject, second);
      }
    });
  }

  /** All that was rendered, and then what is no template. */
  finish({ outputs, notes }: Generated): Pick<Rendering, "texts" | "desired" | "notes"> {
    const trigger = this.input.trigger.name;
    for (const object of this.#plain.values()) {
      for (const [key, text] of contentOf(object)) {
        if (text.includes("{{")) this.#note("NotInstantiated", notInstantiated(object, key));
        const origin = { trigger, template: objectRef(object), key };
        this.budget.addText(text.length);
        this.#texts.push({ text: { origin, matchIndex: -1, text, subresources: subresourcesOf(object) } });
      }
    }
    const documents = new Map<number, Desired[]>();
    for (const { text, before } of this.#texts) {
      const desired = before ? this.#counted(before) : this.#patch(text, this.#documentsOf(text));
      const { matchIndex } = text;
      add(documents, matchIndex, ...desired);
      add(this.#contents, matchIndex, { text, desired });
    }
    const indexes = new Set(
      [...outputs.keys(), ...documents.keys()].filter((index) => index >= 0).sort((a, b) => a - b),
    );
    const desired = [...indexes, -1].flatMap((index) => [...outputs.get(index) ?? [], ...documents.get(index) ?? []]);
    return { texts: this.#texts.map(({ text }) => text), desired, notes: [...notes, ...this.#notes] };
  }

  #documentsOf(text: RenderedText): Desired[] {
    const failed = this.failures.length, notes: Note[] = [];
    const desired = readDocuments(text, this.failures, notes);
    if (this.failures.length !== failed || notes.length > 0) this.watch.note(text.matchIndex);
    for (const { reason, message } of notes) this.#note(reason, message);
    return this.#counted(desired);
  }

  #counted<T extends readonly Desired[]>(desired: T): T {
    this.budget.addObjects(desired.length);
    return desired;
  }

  /** False, and a failure of the match, where a patch can't be rendered or read. */
  #preparePatches({ match }: Subject, second: () => SecondStage): boolean {
    const index = match?.index ?? -1;
    if (this.compiledPatches.length === 0) return true;
    try {
      const patches = renderPatches(this.compiledPatches, second().forObject(this.templates));
      this.#patches.set(index, patches);
      if (!this.#patches.has(-1)) this.#patches.set(-1, patches);
      return true;
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      const forWhom = match ? ` for ${formatRef(match.ref)}` : "";
      this.failures.push({
        stage: "render",
        reason: "InvalidPatch",
        message: `${error.message}${forWhom}`,
        match: match?.ref,
      });
      return false;
    }
  }

  #patch({ origin, matchIndex }: RenderedText, desired: readonly Desired[]): Desired[] {
    const patches = this.#patches.get(matchIndex) ?? [];
    try {
      return desired.map((item) => ({ ...item, object: patchObject(item.object, patches) }));
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      const message = `EventTrigger ${origin.trigger} ${error.message}`;
      this.failures.push({ stage: "render", reason: "InvalidPatch", message, match: origin.match });
      return [];
    }
  }

  #renderObject(object: KubeObject, subject: Subject, second: () => SecondStage): void {
    const match = subject.match?.ref;
    const secondStage = isSecondStage(object) ? second().forObject(this.templates) : undefined;
    for (const { key, template } of this.#templatesOf(object)) {
      const origin = {
        trigger: this.input.trigger.name,
        ...(match ? { match } : {}),
        template: objectRef(object),
        key,
      };
      const text = isInstantiated(object)
        ? this.#renderBoth(template, subject, origin, secondStage)
        : this.#renderKey(origin, 2, false, () => secondStage!(template));
      if (text === undefined) continue;
      const matchIndex = subject.match?.index ?? -1;
      this.budget.addText(text.length);
      this.#texts.push({ text: { origin, matchIndex, text, subresources: subresourcesOf(object) } });
    }
  }

  #templatesOf(object: KubeObject): readonly CompiledKey[] {
    const isFirst = isInstantiated(object);
    const cache = isFirst ? this.#first : this.#second;
    const id = referenceKey(objectRef(object));
    let keys = cache.get(id);
    if (!keys) {
      keys = isFirst ? compileKeys(object, functionTable) : compileKeys(object, secondStageFunctions, 2);
      cache.set(id, keys);
    }
    return keys;
  }

  /** What the first rendering gives is the template of the second, where there is one. */
  #renderBoth(
    template: Template,
    subject: Subject,
    origin: Origin,
    secondStage: ((template: Template) => string) | undefined,
  ): string | undefined {
    const text = this.#renderKey(origin, 1, false, () => template.render(subject.data, this.templates));
    if (text === undefined || !secondStage) return text;
    return this.#renderKey(origin, 2, true, () => secondStage(parseTemplate(origin.key, text, secondStageFunctions)));
  }

  #renderKey(origin: Origin, stage: 1 | 2, wasRendered: boolean, render: () => string): string | undefined {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.failures.push(renderFailure(origin, error, { stage, wasRendered }));
      return undefined;
    }
  }

  #note(reason: string, message: string): void {
    if (!this.#notes.some((note) => note.message === message)) this.#notes.push({ reason, message });
  }
}

function objectOf(found: Found): KubeObject | undefined {
  return found.unknown ? undefined : found.object;
}

function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, ...values: Value[]): void {
  const list = lists.get(key);
  if (list) list.push(...values);
  else lists.set(key, values);
}

function notInstantiated(object: KubeObject, key: string): string {
  return `${formatRef(objectRef(object))} key "${key}" holds "{{" but is used as it is: annotate the object ` +
    `projectsveltos.io/instantiate: ok to have it rendered`;
}
