/** The content that matches reference, rendered for them one by one; what is no template is kept for the end, once. */
import { formatRef, type KubeObject, type ObjectRef, objectRef } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
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
import type { Failure, Note } from "./errors.ts";
import type { Generated } from "./generators.ts";
import type { KeptContent, KeptRendering } from "./kept_renderings.ts";
import type { OutputBudget } from "./limits.ts";
import type { Origin } from "./origin.ts";
import { type Patch, PatchError } from "./patches.ts";
import { type CompiledPatch, patchObject, renderPatches } from "./patching.ts";
import { type Found, isInstantiated, isSecondStage, objectOf, type Reference, referenceKey } from "./references.ts";
import type { Rendering, RenderInput } from "./render.ts";
import type { RenderWatch } from "./render_watch.ts";
import { SecondStage, secondStageFunctions } from "./second_stage.ts";
import type { Subject } from "./subject.ts";
import type { Resources } from "./template_resources.ts";

/** The content of the referenced objects, rendered subject by subject; what is no template is kept for the end, once. */
export class ContentRendering {
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
  kept(
    complete: readonly { readonly subject: Subject; readonly references: readonly Reference[] }[],
  ): Map<JsonObject, KeptRendering> {
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

function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, ...values: Value[]): void {
  const list = lists.get(key);
  if (list) list.push(...values);
  else lists.set(key, values);
}

function notInstantiated(object: KubeObject, key: string): string {
  return `${formatRef(objectRef(object))} key "${key}" holds "{{" but is used as it is: annotate the object ` +
    `projectsveltos.io/instantiate: ok to have it rendered`;
}
