/** What `render`, `plan`, `apply` and `run` share: opening the input, finding the triggers, making their plans. */
import { nameOf } from "../api/object.ts";
import type { WatchEvent } from "../controller/dependencies.ts";
import { FolderApplier } from "../manifests/applier.ts";
import { FolderReader } from "../manifests/reader.ts";
import type { LeaseStore } from "../controller/leadership.ts";
import type { Applier } from "../reconcile/apply.ts";
import { listOwned } from "../reconcile/owned.ts";
import { readMarks } from "../reconcile/marks.ts";
import { type Parts, reconcile, type ReconcileOptions, type Reconciliation } from "../reconcile/reconcile.ts";
import { withoutRivals } from "../reconcile/rivals.ts";
import { isInScope, type TriggerScope } from "../reconcile/scope.ts";
import type { ObjectQuery, ObjectReader } from "../reconcile/reader.ts";
import type { TriggerReport } from "../reconcile/report.ts";
import { triggerQuery, unlistedTriggers } from "../reconcile/snapshot.ts";
import { createLuaSandbox } from "../sandbox/mod.ts";
import type { WatchSample } from "../telemetry/metrics.ts";
import type { Options } from "./args.ts";
import { collectorCaller } from "./collector.ts";
import type { Environment } from "./environment.ts";
import { type CombinedPlan, combinePlans } from "./print.ts";

/** An error that the user can mend, its message complete: printed as it is, exit code 1. */
export class InputError extends Error {
  override name = "InputError";
}

/** What a command works on. */
export interface Input {
  readonly parts: Parts;
  /** Absent where there is nowhere to write to (`-f` without `--output-dir`). */
  readonly applier?: Applier;
  /** How the watches stand; absent for a folder. */
  readonly watches?: () => readonly WatchSample[];
  /** Where reports go; absent for a folder. */
  readonly status?: { publish(report: TriggerReport): void };
  /** Where the lease of leader election is kept; absent where there is no election. */
  readonly lease?: LeaseStore;
  readonly description: string;
  /** Folder and files of `-f`, for watching; empty for a cluster. */
  readonly paths: readonly string[];
  /** Takes in what has changed on disk; a cluster's watches need no telling. @throws {LoadError} */
  refresh(): Promise<void>;
  close(): void;
}

export interface OpenHooks {
  readonly onEvent?: (event: WatchEvent) => void;
  readonly onWatchState?: (message: string, isLost: boolean) => void;
  readonly isNeeded?: (query: ObjectQuery) => boolean;
  readonly onStatusProblem?: (message: string) => void;
  readonly writeRefusal?: () => string | undefined;
}

/** Opens the folder or the cluster that the options name. @throws {Error} whose message says what is wrong. */
export async function openInput(options: Options, environment: Environment, hooks: OpenHooks = {}): Promise<Input> {
  const { world, signal } = environment;
  const templates = { world, limits: options.template };
  const sandbox = createLuaSandbox(options.lua, {
    seconds: () => Math.floor(world.now().getTime() / 1000),
    hurryCollector: collectorCaller(),
  });
  if (options.files.length === 0) {
    const cluster = await environment.openCluster({ options, signal, ...hooks });
    const { reader, applier, status, lease, description } = cluster;
    return {
      parts: { reader, sandbox, cel: options.cel, templates, limits: options.limits },
      applier,
      status,
      watches: cluster.watches,
      lease,
      description,
      paths: [],
      refresh: () => Promise.resolve(),
      close: () => cluster.close(),
    };
  }
  const { files, outputDir } = options;
  const stdin = () => environment.terminal.readStdin();
  const onWarning = (message: string) => environment.terminal.err(`moonferry: ${message}\n`);
  const reader = new FolderReader({ inputs: files, outputDir, stdin, onWarning });
  await reader.load();
  const applier = outputDir === undefined ? undefined : new FolderApplier(outputDir, reader);
  const paths = [...files.filter((path) => path !== "-"), ...(outputDir === undefined ? [] : [outputDir])];
  const where = outputDir === undefined ? "" : `, output in ${outputDir}`;
  const description = `${files.join(", ")}${where}`;
  return {
    parts: { reader, sandbox, cel: options.cel, templates, limits: options.limits },
    applier,
    description,
    paths,
    refresh: () => reader.load(),
    close() {},
  };
}

export function reconcileOptions(options: Options): ReconcileOptions {
  return {
    managementLabels: options.managementLabels,
    createNamespaces: options.createNamespaces,
    sveltosNamespace: options.sveltosNamespace,
    sourceNamespaces: options.sourceNamespaces,
    scope: scopeOf(options),
    gates: {
      instance: options.instance,
      allowedKinds: options.allowedKinds,
      targetNamespaces: options.targetNamespaces,
      allowKubeconfig: options.allowKubeconfig,
      checkPayload: options.checkPayload,
      adopt: options.adopt,
      isFolder: options.files.length > 0,
      confirm: options.confirm,
    },
  };
}

/** In a folder there is no Sveltos; and who only shows may do so beside it. */
export function scopeOf({ triggerSelector, command, dryRun, files }: Options): TriggerScope {
  const writes = (command === "run" && !dryRun) || command === "apply";
  return { selector: triggerSelector, besideSveltos: files.length > 0 ? "ignore" : writes ? "hold" : "tell" };
}

/**
 * The names of the triggers to work on, in order: those there are, and those that are gone but own outputs. One that the
 * selector does not name is among them only where it has outputs.
 *
 * @throws {InputError} where they can't be listed, or a trigger asked for by name is not there.
 */
export async function findTriggers(reader: ObjectReader, options: Options, signal: AbortSignal): Promise<string[]> {
  const scope = scopeOf(options);
  const listing = await reader.list(triggerQuery(), signal);
  if (listing.unknown) throw new InputError(unlistedTriggers(listing.unknown, options.files.length > 0));
  const names = new Set(listing.objects.filter((object) => isInScope(object, scope)).map(nameOf));
  if (listing.objects.length === 0 && options.files.length > 0) {
    throw new InputError(`${options.files.join(", ")}: there is no EventTrigger in these files`);
  }
  for (const kind of options.allowedKinds) {
    const owned = await listOwned(kind, options, reader, signal);
    for (const object of owned.objects ?? []) {
      const marks = readMarks(object);
      if (marks && marks !== "broken") names.add(marks.trigger);
    }
  }
  const missing = options.triggers?.find((name) => !names.has(name));
  if (missing !== undefined) {
    const outside = listing.objects.find((object) => nameOf(object) === missing);
    if (outside) {
      throw new InputError(`EventTrigger ${missing} does not match --trigger-selector ${scope.selector?.text}`);
    }
    throw new InputError(missingTriggerText(missing, [...names]));
  }
  return [...names].filter((name) => options.triggers?.includes(name) ?? true).sort();
}

/** That a trigger is not there, and which are. */
export function missingTriggerText(name: string, names: readonly string[]): string {
  return `there is no EventTrigger ${name}; there are: ${[...names].sort().join(", ") || "none"}`;
}

/** The plans of all triggers. `--confirm` may name the plan of one trigger or, where there are several, all of them. */
export async function planAll(input: Input, options: Options, signal: AbortSignal): Promise<CombinedPlan> {
  const names = await findTriggers(input.parts.reader, options, signal);
  const planWith = async (confirmAll: boolean, earlier?: CombinedPlan): Promise<CombinedPlan> => {
    const reconciliations: Reconciliation[] = [];
    for (const [index, trigger] of names.entries()) {
      const base = reconcileOptions(options);
      const confirm = confirmAll ? earlier!.reconciliations[index]!.plan.hash : base.gates.confirm;
      const settings = { ...base, gates: { ...base.gates, confirm } };
      reconciliations.push(await reconcile({ trigger }, input.parts, settings, signal));
    }
    return combinePlans(withoutRivals(reconciliations));
  };
  const combined = await planWith(false);
  const confirmsAll = options.confirm !== undefined && names.length > 1 && options.confirm === combined.hash;
  return confirmsAll ? await planWith(true, combined) : combined;
}
