/**
 * Scenarios: a folder with a `moonferry-test.yaml` that says what goes in, step by step, and what must come out. They run
 * on the very pipeline that `plan` and `apply` use, on a scratch folder as the cluster.
 */
import { formatRef, type KubeObject, objectKey, objectRef, qualifiedKind } from "../api/object.ts";
import { equalJson, field, isJsonObject, type Json, type JsonObject, setField } from "../json/json.ts";
import { outputPath } from "../manifests/applier.ts";
import { LoadError, loadManifests } from "../manifests/load.ts";
import { FolderReader } from "../manifests/reader.ts";
import { applyPlan } from "../reconcile/apply.ts";
import { isReservedKey } from "../reconcile/marks.ts";
import { compute } from "../reconcile/reconcile.ts";
import { readYaml, YamlError } from "../yaml/read.ts";
import { writeYaml } from "../yaml/write.ts";
import type { Options } from "./args.ts";
import type { Environment } from "./environment.ts";
import { findTriggers, openInput, planAll } from "./pipeline.ts";
import type { CombinedPlan } from "./print.ts";

export const SCENARIO_FILE = "moonferry-test.yaml";

/** What a scenario file may say; anything else is refused by name. */
interface Scenario {
  readonly folder: string;
  readonly name: string;
  readonly mgmtLabels: Record<string, string>;
  readonly allowedKinds?: string[];
  readonly createNamespaces: boolean;
  readonly inputs: string[];
  readonly steps: Step[];
}

interface Step {
  readonly name: string;
  /** Files whose objects join those that are there, or replace them. */
  readonly put: string[];
  /** Files whose objects appear on the output side, made by somebody else. */
  readonly foreign: string[];
  /** Files with what somebody changes in outputs: maps are merged, null takes a key away. */
  readonly edit: string[];
  /** Objects taken away: `Kind[.group] [namespace/]name`. */
  readonly remove: string[];
  readonly expect: Expectation;
}

interface Expectation {
  /** A file: the documents that are rendered, in order. */
  readonly rendered?: string;
  /** A file: every object on the output side after the step, marks left out, in any order. */
  readonly outputs?: string;
  /** Changes that are held: exactly these. */
  readonly held: { object: string; gate: string }[];
  /** A piece of each error there must be: as many errors as pieces. */
  readonly errors: string[];
  /** A piece of each note that there must be; others may be there too. */
  readonly notes: string[];
  readonly changes?: { create?: number; update?: number; delete?: number };
}

/** A scenario file that can't be used; the message names file and field. */
export class ScenarioError extends Error {
  override name = "ScenarioError";
}

export interface StepResult {
  readonly step: string;
  /** What differs from what was expected; empty where it passed. */
  readonly differences: readonly string[];
}

export interface ScenarioResult {
  readonly name: string;
  readonly folder: string;
  readonly steps: readonly StepResult[];
}

/** Every folder at or below `path` that holds a scenario file, in order. @throws {ScenarioError} where there is none. */
export async function findScenarios(path: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string) => {
    const entries: Deno.DirEntry[] = [];
    for await (const entry of Deno.readDir(folder)) entries.push(entry);
    if (entries.some(({ name, isFile }) => isFile && name === SCENARIO_FILE)) found.push(folder);
    for (const { name, isDirectory } of entries) {
      if (isDirectory && !name.startsWith(".")) await walk(`${folder.replace(/\/$/, "")}/${name}`);
    }
  };
  try {
    await walk(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new ScenarioError(`${path}: no such folder`);
    throw error;
  }
  if (found.length === 0) throw new ScenarioError(`${path}: there is no ${SCENARIO_FILE} in this folder or below it`);
  return found.sort();
}

/** Runs a scenario's steps one after the other, each on what the one before has left. */
export async function runScenario(folder: string, options: Options, environment: Environment): Promise<ScenarioResult> {
  const scenario = await readScenario(folder);
  const scratch = await environment.makeScratchFolder();
  try {
    const inputs = new Map<string, KubeObject>();
    await put(inputs, scenario, scenario.inputs);
    const results: StepResult[] = [];
    for (const step of scenario.steps) {
      await put(inputs, scenario, step.put);
      for (const text of step.remove) removeObject(inputs, text, scenario);
      await writeObjects(`${scratch}/in`, inputs.values());
      const foreign = new Map<string, KubeObject>();
      await put(foreign, scenario, step.foreign);
      await writeObjects(`${scratch}/out`, foreign.values(), true);
      await editOutputs(`${scratch}/out`, scenario, step);
      results.push({ step: step.name, differences: await runStep(scenario, step, scratch, options, environment) });
    }
    return { name: scenario.name, folder, steps: results };
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function runStep(
  scenario: Scenario,
  step: Step,
  scratch: string,
  options: Options,
  environment: Environment,
): Promise<string[]> {
  const stepOptions: Options = {
    ...options,
    files: [`${scratch}/in`],
    outputDir: `${scratch}/out`,
    managementLabels: scenario.mgmtLabels,
    allowedKinds: scenario.allowedKinds ?? options.allowedKinds,
    createNamespaces: scenario.createNamespaces,
  };
  const input = await openInput(stepOptions, environment);
  const { signal } = environment;
  const differences: string[] = [];
  const { expect } = step;
  const triggers = await findTriggers(input.parts.reader, stepOptions, signal);
  if (expect.rendered !== undefined) {
    const rendered: JsonObject[] = [];
    for (const trigger of triggers) {
      const { rendering } = await compute({ trigger }, input.parts, stepOptions, signal);
      rendered.push(...(rendering?.desired ?? []).map(({ object }) => object));
    }
    differences.push(...compareLists("rendered", await readObjects(scenario, [expect.rendered]), rendered));
  }
  const combined = await planAll(input, stepOptions, signal);
  differences.push(...comparePlan(expect, combined));
  for (const { plan } of combined.reconciliations) {
    for (const { change, status, message } of await applyPlan(plan, input.applier!, signal)) {
      if (status !== "done") {
        differences.push(`${change.action} ${formatRef(change.target)}: ${status} ${message}`.trimEnd());
      }
    }
  }
  if (expect.outputs !== undefined) {
    const live = new FolderReader({ inputs: [], outputDir: `${scratch}/out` });
    await live.load();
    const wanted = await readObjects(scenario, [expect.outputs]);
    differences.push(...compareSets(wanted, live.objects().map(withoutMarks)));
  }
  return differences;
}

function comparePlan(expect: Expectation, { reconciliations }: CombinedPlan): string[] {
  const differences: string[] = [];
  const plans = reconciliations.map(({ plan }) => plan);
  const held = plans.flatMap((plan) => plan.held.map(({ change, gate }) => `${formatRef(change.target)} by ${gate}`))
    .sort();
  const wanted = expect.held.map(({ object, gate }) => `${object} by ${gate}`).sort();
  if (!equalJson(held, wanted)) differences.push(`held: wanted ${list(wanted)}, found ${list(held)}`);
  const messages = plans.flatMap((plan) => plan.failures.map(({ message }) => message));
  const missing = expect.errors.filter((piece) => !messages.some((message) => message.includes(piece)));
  const surprising = messages.filter((message) => !expect.errors.some((piece) => message.includes(piece)));
  differences.push(...missing.map((piece) => `errors: none says "${piece}"; found ${list(messages)}`));
  differences.push(...surprising.map((message) => `errors: not expected: ${message}`));
  const notes = plans.flatMap((plan) => plan.notes.map(({ message }) => message));
  const unsaid = expect.notes.filter((piece) => !notes.some((note) => note.includes(piece)));
  differences.push(...unsaid.map((piece) => `notes: none says "${piece}"; found ${list(notes)}`));
  for (const [action, count] of Object.entries(expect.changes ?? {})) {
    const found = plans.reduce(
      (sum, plan) => sum + plan.changes.filter((change) => change.action === action).length,
      0,
    );
    if (found !== count) differences.push(`changes: wanted ${count} to ${action}, found ${found}`);
  }
  return differences;
}

function compareLists(what: string, wanted: readonly JsonObject[], found: readonly JsonObject[]): string[] {
  if (wanted.length !== found.length) return [`${what}: wanted ${wanted.length} documents, found ${found.length}`];
  return wanted.flatMap((object, index) =>
    equalJson(object, found[index]!) ? [] : [`${what}: document ${index + 1} (${nameForMessage(object)}) differs`]
  );
}

function compareSets(wanted: readonly JsonObject[], found: readonly JsonObject[]): string[] {
  const key = (object: JsonObject) => objectKey(objectRef(object));
  const there = new Map(found.map((object) => [key(object), object]));
  const asked = new Set(wanted.map(key));
  return [
    ...wanted.flatMap((object) => {
      const other = there.get(key(object));
      if (!other) return [`outputs: ${nameForMessage(object)} is missing`];
      return equalJson(object, other) ? [] : [`outputs: ${nameForMessage(object)} differs`];
    }),
    ...found.filter((object) => !asked.has(key(object))).map((object) =>
      `outputs: ${nameForMessage(object)} is too many`
    ),
  ];
}

function nameForMessage(object: JsonObject): string {
  return formatRef(objectRef(object));
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join("; ");
}

/** The object as its template gave it: our marks taken off, and the maps that they alone had filled. */
function withoutMarks(object: KubeObject): JsonObject {
  const metadata: JsonObject = { ...object.metadata };
  for (const name of ["labels", "annotations"]) {
    const map = metadata[name];
    if (!isJsonObject(map)) continue;
    const rest = Object.fromEntries(Object.entries(map).filter(([key]) => !isReservedKey(key)));
    if (Object.keys(rest).length > 0) metadata[name] = rest;
    else delete metadata[name];
  }
  return { ...object, metadata };
}

async function put(objects: Map<string, KubeObject>, scenario: Scenario, files: readonly string[]): Promise<void> {
  for (const object of await readObjects(scenario, files)) {
    objects.set(objectKey(objectRef(object)), object as KubeObject);
  }
}

async function readObjects(scenario: Scenario, files: readonly string[]): Promise<JsonObject[]> {
  try {
    const paths = files.map((file) => `${scenario.folder}/${file}`);
    return (await loadManifests(paths)).map(({ object }) => object);
  } catch (error) {
    if (error instanceof LoadError) throw new ScenarioError(`${scenario.folder}/${SCENARIO_FILE}: ${error.message}`);
    throw error;
  }
}

function removeObject(objects: Map<string, KubeObject>, text: string, scenario: Scenario): void {
  for (const [key, object] of objects) {
    const ref = objectRef(object);
    const name = ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`;
    if (text === `${ref.kind} ${name}` || text === `${qualifiedKind(ref)} ${name}`) {
      objects.delete(key);
      return;
    }
  }
  throw new ScenarioError(`${scenario.folder}/${SCENARIO_FILE}: remove: there is no ${text}`);
}

async function writeObjects(folder: string, objects: Iterable<KubeObject>, keepOthers = false): Promise<void> {
  if (!keepOthers) await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  for (const object of objects) {
    const path = `${folder}/${outputPath(objectRef(object))}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, writeYaml(object));
  }
}

/** Changes outputs as a person or a controller would, marks and all else left as they are. */
async function editOutputs(folder: string, scenario: Scenario, step: Step): Promise<void> {
  if (step.edit.length === 0) return;
  const live = new FolderReader({ inputs: [], outputDir: folder });
  await live.load();
  const edited = (await readObjects(scenario, step.edit)).map((edit) => {
    const there = live.objects().find((object) => objectKey(objectRef(object)) === objectKey(objectRef(edit)));
    if (there) return merged(there, edit) as KubeObject;
    throw new ScenarioError(`${scenario.folder}/${SCENARIO_FILE}: edit: there is no output ${nameForMessage(edit)}`);
  });
  await writeObjects(folder, edited, true);
}

/** A merge patch (RFC 7396). */
function merged(value: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result: JsonObject = isJsonObject(value) ? { ...value } : {};
  for (const [key, entry] of Object.entries(patch)) {
    if (entry === null) delete result[key];
    else setField(result, key, merged(field(result, key), entry));
  }
  return result;
}

async function readScenario(folder: string): Promise<Scenario> {
  const file = `${folder}/${SCENARIO_FILE}`;
  let document: Json;
  try {
    document = readYaml(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof YamlError) throw new ScenarioError(`${file}:${error.line}:${error.column}: ${error.message}`);
    throw error;
  }
  const top = record(document, file, "", ["name", "mgmtLabels", "allowedKinds", "createNamespaces", "inputs", "steps"]);
  const steps = top.steps;
  if (!Array.isArray(steps) || steps.length === 0) throw new ScenarioError(`${file}: steps: wanted a list of steps`);
  return {
    folder,
    name: text(top.name, file, "name"),
    mgmtLabels: isJsonObject(top.mgmtLabels)
      ? Object.fromEntries(Object.entries(top.mgmtLabels).map(([key, value]) => [key, text(value, file, "mgmtLabels")]))
      : {},
    allowedKinds: top.allowedKinds === undefined ? undefined : texts(top.allowedKinds, file, "allowedKinds"),
    createNamespaces: flag(top.createNamespaces, file, "createNamespaces"),
    inputs: texts(top.inputs, file, "inputs"),
    steps: steps.map((step, index) => readStep(step, file, `steps[${index}]`)),
  };
}

function readStep(value: Json, file: string, path: string): Step {
  const step = record(value, file, path, ["name", "put", "foreign", "edit", "remove", "expect"]);
  const expect = record(step.expect ?? {}, file, `${path}.expect`, [
    "rendered",
    "outputs",
    "held",
    "errors",
    "notes",
    "changes",
  ]);
  const optional = (json: Json | undefined, name: string) => json === undefined ? undefined : text(json, file, name);
  const held = expect.held ?? [];
  if (!Array.isArray(held)) throw new ScenarioError(`${file}: ${path}.expect.held: wanted a list of {object, gate}`);
  const counts = record(expect.changes ?? {}, file, `${path}.expect.changes`, ["create", "update", "delete"]);
  return {
    name: text(step.name, file, `${path}.name`),
    put: texts(step.put, file, `${path}.put`),
    foreign: texts(step.foreign, file, `${path}.foreign`),
    edit: texts(step.edit, file, `${path}.edit`),
    remove: texts(step.remove, file, `${path}.remove`),
    expect: {
      rendered: optional(expect.rendered, `${path}.expect.rendered`),
      outputs: optional(expect.outputs, `${path}.expect.outputs`),
      held: held.map((item, index) => ({
        object: text(field(item, "object"), file, `${path}.expect.held[${index}].object`),
        gate: text(field(item, "gate"), file, `${path}.expect.held[${index}].gate`),
      })),
      notes: texts(expect.notes, file, `${path}.expect.notes`),
      errors: texts(expect.errors, file, `${path}.expect.errors`),
      changes: expect.changes === undefined ? undefined : counts as Expectation["changes"],
    },
  };
}

function record(value: Json, file: string, path: string, known: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw new ScenarioError(`${file}: ${path || "the document"}: wanted a map`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ScenarioError(`${file}: ${path ? `${path}.` : ""}${unknown}: unknown; known are ${known.join(", ")}`);
  }
  return value;
}

function text(value: Json | undefined, file: string, path: string): string {
  if (typeof value !== "string" || value === "") throw new ScenarioError(`${file}: ${path}: wanted a text`);
  return value;
}

function flag(value: Json | undefined, file: string, path: string): boolean {
  if (value !== undefined && typeof value !== "boolean") {
    throw new ScenarioError(`${file}: ${path}: wanted true or false`);
  }
  return value === true;
}

function texts(value: Json | undefined, file: string, path: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ScenarioError(`${file}: ${path}: wanted a list of texts`);
  return value.map((item, index) => text(item, file, `${path}[${index}]`));
}
