/**
 * ConfigMap and Secret generators (semantics §6.9): for each match, a source object is rendered as a whole, annotated or not,
 * into an object of Sveltos's namespace. It is an output like all others, and seen at once by what the trigger references.
 */
import { Buffer } from "node:buffer";
import type { EventTrigger, Generator } from "../api/event_trigger.ts";
import { annotationsOf, formatRef, type KubeObject, namespaceOf, type ObjectRef, objectRef } from "../api/object.ts";
import { type JsonObject, setField } from "../json/json.ts";
import {
  bytesOf,
  parseTemplate,
  type RenderOptions,
  replaceStrayBytes,
  type Template,
  TemplateError,
} from "../template/mod.ts";
import { functionTable } from "../template/functions/table.ts";
import { type CompiledKey, compileKeys, type Desired, renderFailure } from "./content.ts";
import { type Failure, type Note, TriggerFailure } from "./errors.ts";
import { explainAt } from "./explain.ts";
import { findClashes } from "./generator_clashes.ts";
import { DOMAIN } from "./marks.ts";
import type { Origin } from "./origin.ts";
import type { OutputBudget } from "./limits.ts";
import type { ObjectReader, ReadOptions } from "./reader.ts";
import { type Found, lackOf, readContentObject, referenceKey, TEMPLATE_SECRET_TYPE } from "./references.ts";
import { failuresOf, forMatch, type Lack, type Subject } from "./subject.ts";

/** Where Sveltos puts what it makes, unless its installation says otherwise. */
export const DEFAULT_SVELTOS_NAMESPACE = "projectsveltos";

/** Of the source's annotations these are not copied: they speak of the source alone, and would mislead on another object. */
const NOT_COPIED = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "projectsveltos.io/owner-kind",
  "projectsveltos.io/owner-name",
];

export interface CompiledGenerator {
  readonly generator: Generator;
  /** `spec.configMapGenerator[0]`. */
  readonly field: string;
  readonly namespace: Template;
  readonly name: Template;
  readonly nameFormat: Template;
}

/** What the generators of a trigger give. */
export interface Generated {
  /** By index of the match (-1: all together); those of which a generator failed, or that clash, are missing. */
  readonly outputs: ReadonlyMap<number, readonly Desired[]>;
  /** The generated objects in order; of two with one name, which are equal or of one match, the later counts, as in Sveltos. */
  readonly objects: readonly KubeObject[];
  readonly failures: readonly Failure[];
  readonly notes: readonly Note[];
}

/** @throws {TriggerFailure} for a field that is no template. */
export function compileGenerators(trigger: EventTrigger): CompiledGenerator[] {
  const counts = new Map<string, number>();
  return trigger.generators.map((generator) => {
    const list = generator.kind === "Secret" ? "secretGenerator" : "configMapGenerator";
    const index = counts.get(list) ?? 0;
    counts.set(list, index + 1);
    const field = `spec.${list}[${index}]`;
    const compile = (name: "namespace" | "name" | "nameFormat") => {
      try {
        return parseTemplate(name, generator[name]);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        const message = `EventTrigger ${trigger.name} ${field}.${name}: ${explainAt(error)}`;
        throw new TriggerFailure("render", "TemplateError", message, { cause: error });
      }
    };
    return {
      generator,
      field,
      namespace: compile("namespace"),
      name: compile("name"),
      nameFormat: compile("nameFormat"),
    };
  });
}

export interface GeneratorInput {
  readonly trigger: Pick<EventTrigger, "name">;
  readonly cluster: KubeObject;
  /** The namespace of what is generated. */
  readonly sveltosNamespace: string;
}

export interface GeneratorParts {
  readonly reader: ObjectReader;
  readonly templates: RenderOptions;
  readonly budget: OutputBudget;
}

/**
 * Runs the generators for each subject, one subject after the other. Matches that give one name to different objects fail.
 *
 * @throws {TriggerFailure} where a source is no template, or every subject lacks it.
 */
export async function runGenerators(
  compiled: readonly CompiledGenerator[],
  subjects: readonly Subject[],
  input: GeneratorInput,
  parts: GeneratorParts,
  signal: AbortSignal,
  read: ReadOptions = {},
): Promise<Generated> {
  const run = new GeneratorRun(input, parts, signal, read);
  const outputs = new Map<number, readonly Desired[]>();
  for (const subject of subjects) {
    const desired = await run.outputsOf(subject, compiled);
    if (desired) outputs.set(subject.match?.index ?? -1, desired);
  }
  const lacks = failuresOf(run.lacks, subjects);
  const clashes = findClashes(input.trigger.name, outputs);
  for (const index of clashes.matches) outputs.delete(index);
  return {
    outputs,
    objects: [...outputs.values()].flat().map(({ object }) => object as KubeObject),
    failures: [...run.failures, ...lacks, ...clashes.failures],
    notes: run.notes,
  };
}

class GeneratorRun {
  readonly failures: Failure[] = [];
  readonly lacks: Lack[] = [];
  readonly notes: Note[] = [];
  readonly #found = new Map<string, Found>();
  readonly #keys = new Map<string, readonly CompiledKey[]>();

  constructor(
    readonly input: GeneratorInput,
    readonly parts: GeneratorParts,
    readonly signal: AbortSignal,
    readonly read: ReadOptions,
  ) {}

  /** Undefined where one of the generators failed for the subject. */
  async outputsOf(subject: Subject, compiled: readonly CompiledGenerator[]): Promise<Desired[] | undefined> {
    const desired: Desired[] = [];
    for (const generator of compiled) {
      const output = await this.#outputOf(subject, generator);
      if (output === "failed") return undefined;
      if (output !== "skipped") desired.push(output);
    }
    return desired;
  }

  async #outputOf(subject: Subject, compiled: CompiledGenerator): Promise<Desired | "failed" | "skipped"> {
    const { generator, field } = compiled;
    const ref = this.#sourceOf(subject, compiled);
    if (!ref) return "failed";
    const found = await this.#find(ref);
    const place = `EventTrigger ${this.input.trigger.name} ${field}`;
    const lack = lackOf(subject, { ref, policyRef: generator }, found, place);
    if (lack) {
      this.lacks.push(lack);
      return "failed";
    }
    const source = found.unknown ? undefined : found.object;
    if (!source) {
      this.#note(`${place}: there is no ${formatRef(ref)}, which is optional: nothing is generated from it`);
      return "skipped";
    }
    const name = this.#field(subject, compiled, "nameFormat");
    const data = name === undefined ? undefined : this.#render(subject, source);
    if (name === undefined || data === undefined) return "failed";
    const target = { kind: generator.kind, namespace: this.input.sveltosNamespace, name };
    this.parts.budget.addObjects(1);
    return {
      object: generatedObject(source, target, data),
      origin: { ...this.#origin(subject, source), key: "" },
      matchIndex: subject.match?.index ?? -1,
      subresources: [],
    };
  }

  #sourceOf(subject: Subject, compiled: CompiledGenerator): ObjectRef | undefined {
    const { generator } = compiled;
    const namespace = generator.namespace === ""
      ? namespaceOf(this.input.cluster)
      : this.#field(subject, compiled, "namespace");
    const name = namespace === undefined ? undefined : this.#field(subject, compiled, "name");
    if (namespace === undefined || name === undefined) return undefined;
    return { apiVersion: "v1", kind: generator.kind, namespace, name };
  }

  async #find(ref: ObjectRef): Promise<Found> {
    const key = referenceKey(ref);
    let found = this.#found.get(key);
    if (!found) this.#found.set(key, found = await readContentObject(ref, this.parts.reader, this.signal, this.read));
    return found;
  }

  /** A field of the generator, rendered; undefined where it can't be. */
  #field(subject: Subject, compiled: CompiledGenerator, name: "namespace" | "name" | "nameFormat"): string | undefined {
    try {
      return compiled[name].render(subject.data, this.parts.templates);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const place = `EventTrigger ${this.input.trigger.name} ${compiled.field}.${name}${forMatch(subject)}`;
      const message = `${place}: ${explainAt(error)}`;
      this.failures.push({ stage: "render", reason: "TemplateError", message, match: subject.match?.ref });
      return undefined;
    }
  }

  /** The data keys, rendered; undefined where one can't be. */
  #render(subject: Subject, source: KubeObject): [string, string][] | undefined {
    const id = referenceKey(objectRef(source));
    let keys = this.#keys.get(id);
    if (!keys) this.#keys.set(id, keys = compileKeys(source, functionTable));
    const data: [string, string][] = [];
    for (const { key, template } of keys) {
      try {
        const text = template.render(subject.data, this.parts.templates);
        this.parts.budget.addText(text.length);
        data.push([key, text]);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        this.failures.push(renderFailure({ ...this.#origin(subject, source), key }, error, { stage: 1 }));
        return undefined;
      }
    }
    return data;
  }

  #origin(subject: Subject, source: KubeObject): Omit<Origin, "key"> {
    const match = subject.match?.ref;
    return { trigger: this.input.trigger.name, ...(match ? { match } : {}), template: objectRef(source) };
  }

  #note(message: string): void {
    if (this.notes.some((note) => note.message === message)) return;
    this.notes.push({ reason: "GeneratorSkipped", message });
  }
}

/** The object as Sveltos writes it, but for its own labels and some annotations ({@link NOT_COPIED}). */
function generatedObject(
  source: KubeObject,
  { kind, namespace, name }: Pick<ObjectRef, "kind" | "namespace" | "name">,
  data: readonly [string, string][],
): KubeObject {
  const annotations: JsonObject = {};
  for (const [key, value] of Object.entries(annotationsOf(source))) {
    if (!NOT_COPIED.includes(key) && !key.startsWith(`${DOMAIN}/`)) setField(annotations, key, value);
  }
  const content: JsonObject = {};
  for (const [key, text] of data) {
    const value = kind === "Secret" ? Buffer.from(bytesOf(text)).toString("base64") : replaceStrayBytes(text);
    setField(content, key, value);
  }
  return {
    apiVersion: "v1",
    kind,
    metadata: { name, namespace, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    ...(kind === "Secret" ? { type: TEMPLATE_SECRET_TYPE } : {}),
    ...(data.length > 0 ? { data: content } : {}),
  };
}
