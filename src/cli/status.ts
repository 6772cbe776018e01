/** `status`: the view for three in the morning, from marks, conditions and reports alone. It writes nothing and plans nothing. */
import { formatRef, type KubeObject, nameOf } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import { stringifyJson } from "../json/json.ts";
import { listNames } from "../reconcile/errors.ts";
import { type Inventory, type InventoryOutput, type InventoryTrigger, takeInventory } from "../reconcile/inventory.ts";
import { listOwned } from "../reconcile/owned.ts";
import { DOMAIN } from "../reconcile/marks.ts";
import type { ObjectQuery, ObjectReader } from "../reconcile/reader.ts";
import { isInScope } from "../reconcile/scope.ts";
import { triggerQuery, unlistedTriggers } from "../reconcile/snapshot.ts";
import { writeYaml } from "../yaml/write.ts";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { InputError, missingTriggerText, openInput, scopeOf } from "./pipeline.ts";
import { type Paint, plural } from "./print.ts";

const DAY = 86_400_000;
/** A credential that expires sooner is painted. */
const SOON = 7 * DAY;
const MAX_OUTPUTS = 20;

export async function statusCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  await requireOutputs(options);
  const input = await openInput(options, environment);
  try {
    const { reader } = input.parts;
    const unknown: string[] = [];
    const ours = await readOurs(reader, options, environment.signal);
    const inventory = takeInventory({
      instance: options.instance,
      ...ours,
      reports: await readAll(reader, REPORTS, environment.signal, unknown),
    });
    requireTriggers(options, inventory.triggers);
    const shown = { ...inventory, triggers: inventory.triggers.filter(isShown(options, ours.triggers)) };
    const now = environment.world.now().getTime();
    environment.terminal.out(textOf(shown, options, now, paint));
    for (const message of unknown) environment.terminal.err(`moonferry: ${message}\n`);
    return exitCodeOf(shown);
  } finally {
    input.close();
  }
}

/** @throws {InputError} where a folder's outputs are not where they are looked for: none is not what was asked for. */
async function requireOutputs({ files, outputDir }: Options): Promise<void> {
  if (files.length === 0) return;
  if (outputDir === undefined) throw new InputError("status -f needs --output-dir DIR, the folder of the outputs");
  try {
    await Deno.stat(outputDir);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(`--output-dir ${outputDir}: no such folder; apply and run make it`);
  }
}

/** @throws {InputError} where `--trigger` names one that is not there, and has left nothing. */
function requireTriggers(options: Options, triggers: readonly InventoryTrigger[]): void {
  const names = triggers.map(({ name }) => name);
  const missing = options.triggers?.find((name) => !names.includes(name));
  if (missing !== undefined) throw new InputError(missingTriggerText(missing, names));
}

/**
 * `--trigger` names them. `--trigger-selector` leaves out what is another Deployment's: what it does not name, unless outputs of
 * this instance are left of it. Of a trigger that is gone nobody knows the labels.
 */
function isShown(options: Options, triggers: readonly KubeObject[]): (trigger: InventoryTrigger) => boolean {
  const scope = scopeOf(options);
  const others = new Set(triggers.filter((trigger) => !isInScope(trigger, scope)).map(nameOf));
  return ({ name, outputs }) => (options.triggers?.includes(name) ?? true) && (outputs.length > 0 || !others.has(name));
}

const REPORTS: ObjectQuery = { group: "", version: "v1", kind: "ConfigMap", labelSelector: `${DOMAIN}/report` };

/**
 * The triggers, and everything of this instance's among the allowed kinds.
 *
 * @throws {InputError} where either can't be read: half an inventory is none.
 */
export async function readOurs(
  reader: ObjectReader,
  options: Options,
  signal: AbortSignal,
): Promise<{ triggers: readonly KubeObject[]; owned: readonly KubeObject[] }> {
  const triggers = await reader.list(triggerQuery(), signal);
  // Without the kind there are no triggers; what they left behind is all the more worth a look.
  if (triggers.unknown && triggers.unknown.reason !== "KindNotServed") {
    throw new InputError(unlistedTriggers(triggers.unknown));
  }
  const owned: KubeObject[] = [];
  for (const kind of options.allowedKinds) {
    const listing = await listOwned(kind, options, reader, signal);
    if (listing.unknown?.reason === "KindNotServed") continue;
    if (listing.unknown) throw new InputError(`Cannot list ${kind}: ${listing.unknown.message}`);
    owned.push(...listing.objects);
  }
  return { triggers: triggers.objects ?? [], owned };
}

/** Nothing, and why, where it can't be read. */
async function readAll(reader: ObjectReader, query: ObjectQuery, signal: AbortSignal, unknown: string[]) {
  const listing = await reader.list(query, signal);
  if (listing.unknown) unknown.push(`no reports: ${listing.unknown.message}`);
  return listing.objects ?? [];
}

function exitCodeOf({ triggers, broken }: Inventory): ExitCode {
  const isBad = ({ ready, held, exists, outputs }: InventoryTrigger) =>
    (ready && ready.status !== "True") || held !== undefined || (!exists && outputs.length > 0);
  return broken.length > 0 || triggers.some(isBad) ? EXIT.held : EXIT.ok;
}

function textOf(inventory: Inventory, options: Options, now: number, paint: Paint): string {
  if (options.output === "json") return `${stringifyJson(documentOf(inventory), 2)}\n`;
  if (options.output === "yaml") return writeYaml(documentOf(inventory));
  const { triggers, broken } = inventory;
  const blocks = triggers.map((trigger) => triggerBlock(trigger, now, options.verbose, paint));
  if (triggers.length === 0) blocks.push("no EventTrigger, and nothing of Moonferry's\n");
  if (broken.length > 0) {
    const list = broken.map((ref) => `  ${formatRef(ref)}`);
    blocks.push([paint("red", "marks that don't agree, so nobody owns these:"), ...list].join("\n") + "\n");
  }
  return blocks.join("\n");
}

function triggerBlock(trigger: InventoryTrigger, now: number, verbose: boolean, paint: Paint): string {
  const { name, exists, suspended, ready, held, outputs } = trigger;
  const namespaces = new Set(outputs.map(({ target }) => target.namespace));
  const state = !exists
    ? paint("red", outputs.length > 0 ? "GONE, its outputs are orphans" : "gone")
    : suspended !== "none"
    ? paint("magenta", `suspended (${suspended})`)
    : ready === undefined
    ? paint("dim", "no status")
    : ready.status === "True"
    ? paint("green", "Ready")
    : paint("red", `not ready: ${ready.reason}${sinceText(ready.since, now)}`);
  const head = `${paint("bold", `EventTrigger ${name}`)}  ${state}  ` +
    `${plural(outputs.length, "output")} in ${plural(namespaces.size, "namespace")}`;
  const lines = [head];
  if (ready && ready.status !== "True" && ready.message !== held?.message) {
    lines.push(`  ${ready.message.split("\n")[0]}`);
  }
  if (held) lines.push(`  ${paint("magenta", `held${sinceText(held.since, now)}`)}: ${held.message}`);
  for (const [namespace, group] of Map.groupBy(outputs, ({ target }) => target.namespace)) {
    lines.push(`  ${paint("cyan", namespace || "(cluster)")}  ${plural(group.length, "output")}`);
    const shown = verbose ? group : group.slice(0, MAX_OUTPUTS);
    lines.push(...table(shown.map((output) => outputCells(output, now, paint))));
    if (shown.length < group.length) lines.push(`    … ${group.length - shown.length} more (--verbose)`);
  }
  return lines.join("\n") + "\n";
}

/** How many paused Clusters an output's line names. */
const NAMED = 3;

function pausedText(clusters: readonly string[]): string {
  const named = listNames(clusters.map((cluster) => cluster.replace(/^Cluster\S* /, "Cluster ")), NAMED);
  return `${named} ${clusters.length > 1 ? "are" : "is"} paused`;
}

function outputCells(output: InventoryOutput, now: number, paint: Paint): string[] {
  const { target, match, clusterProfile, created, expires, suspended, onStop, paused, isSveltos } = output;
  const left = expires === undefined ? undefined : expires - now;
  const expiry = left === undefined
    ? ""
    : left < 0
    ? paint("red", "EXPIRED")
    : paint(left < SOON ? "yellow" : "dim", `expires in ${duration(left)}`);
  const extra = [
    ...(suspended === "none" ? [] : [`suspended (${suspended})`]),
    ...(onStop === "leave" ? ["stays when its match goes"] : []),
    ...(paused === undefined ? [] : [`kept as it is: ${pausedText(paused)}`]),
    ...(isSveltos ? ["kept as it is: Sveltos's marks are on it"] : []),
  ];
  return [
    `    ${target.kind} ${target.name}`,
    clusterProfile ? `cluster ${clusterProfile}` : match ? `for ${formatRef(match)}` : "for all matches",
    created === undefined ? "" : `${duration(now - created)} old`,
    expiry,
    extra.join(", "),
  ];
}

// deno-lint-ignore no-control-regex -- colours take no room
const COLOUR = /\x1b\[[0-9;]*m/g;

function table(rows: readonly string[][]): string[] {
  const width = (text: string) => text.replace(COLOUR, "").length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column]!))));
  return rows.map((row) =>
    row.map((cell, column) => cell + " ".repeat(widths[column]! - width(cell))).join("  ").trimEnd()
  );
}

function sinceText(since: string | undefined, now: number): string {
  const start = since === undefined ? NaN : Date.parse(since);
  return Number.isNaN(start) ? "" : ` for ${duration(now - start)}`;
}

/** `3 d`, `5 h`, `12 min`, `40 s`. */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} d`;
  if (seconds >= 2 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return seconds >= 120 ? `${Math.floor(seconds / 60)} min` : `${seconds} s`;
}

function documentOf({ triggers, broken }: Inventory): JsonObject {
  const time = (value: number | undefined) => value === undefined ? {} : { time: new Date(value).toISOString() };
  const ref = ({ apiVersion, kind, namespace, name }: InventoryOutput["target"]) => ({
    apiVersion,
    kind,
    namespace,
    name,
  });
  return {
    triggers: triggers.map(({ name, exists, suspended, ready, held, outputs }) => ({
      name,
      exists,
      suspended,
      ...(ready ? { ready: { ...ready } } : {}),
      ...(held ? { held: { ...held } } : {}),
      outputs: outputs.map((output): JsonObject => ({
        object: ref(output.target),
        ...(output.match ? { match: ref(output.match) } : {}),
        ...(output.clusterProfile === undefined ? {} : { clusterProfile: output.clusterProfile }),
        ...(output.created === undefined ? {} : { created: time(output.created).time! }),
        ...(output.expires === undefined ? {} : { expires: time(output.expires).time! }),
        suspended: output.suspended,
        onStop: output.onStop,
        ...(output.paused === undefined ? {} : { paused: output.paused.join(", ") }),
        sveltos: output.isSveltos,
      })),
    })),
    broken: broken.map(ref),
  };
}
