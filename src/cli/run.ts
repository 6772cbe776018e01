/** `run`: the reconcile loop for ever, on a cluster's watches or on a folder's files. */
import { MOST_STOPS } from "../controller/breaker.ts";
import { Loop, type Report, RESYNC_MILLISECONDS } from "../controller/loop.ts";
import { WorkQueue } from "../controller/queue.ts";
import { watchFolders } from "../manifests/watch.ts";
import { formatRef } from "../api/object.ts";
import { DryApplier } from "../reconcile/dry_applier.ts";
import { reportOf } from "../reconcile/report.ts";
import { LineWriter } from "../telemetry/line_writer.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import { type Election, LeaseLost, openElection } from "./elect.ts";
import { confirmOnTerminal, requireOutput } from "./apply.ts";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { requireFirstSync } from "./first_sync.ts";
import { type Input, InputError, openInput, planAll, reconcileOptions } from "./pipeline.ts";
import { type OpenedPlanner, openPlanner } from "./planning.ts";
import { type RunTelemetry, startTelemetry } from "./run_telemetry.ts";
import { countsLine, type Paint, painter, planTable, plural } from "./print.ts";
import { terminalText } from "./terminal_text.ts";

/** For the last lines of the log, where somebody reads them. */
const FLUSH_MILLISECONDS = 500;

export async function runCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  requireOutput(options);
  const { terminal } = environment;
  if (!options.yes && !options.dryRun && terminal.canAsk && !(await previewAndAsk(options, environment, paint))) {
    terminal.err("Nothing was written.\n");
    return EXIT.error;
  }
  // A log that nobody reads must not keep the loop, the lease or the end of the process waiting.
  const lines = terminal.errEventually &&
    new LineWriter(terminal.errEventually, (lost) => log.warn(`${lost} lines of the log were lost: nobody read them`));
  const log = createLog({
    format: options.logFormat ?? (terminal.errIsTerminal ? "text" : "json"),
    level: options.verbose ? "debug" : "info",
    now: () => new Date(),
    write: (line) => lines ? lines.put(`${terminalText(line)}\n`) : terminal.err(`${line}\n`),
    paint: (level, text) => level === "error" ? paint("red", text) : level === "warn" ? paint("magenta", text) : text,
  });
  // What is not there can't be watched. Who only looks makes nothing.
  if (options.outputDir !== undefined && !options.dryRun) await makeFolder(options.outputDir);
  const stop = new AbortController();
  const signal = AbortSignal.any([environment.signal, stop.signal]);
  let loop: Loop | undefined;
  let refresh: (() => void) | undefined;
  let telemetry: RunTelemetry | undefined;
  let election: Election | undefined;
  let planner: OpenedPlanner | undefined;
  const input = await openInput(options, { ...environment, signal }, {
    onEvent: (event) => {
      loop?.notice(event);
      // Triggers can be listed again: those that were deleted meanwhile are known by their outputs alone. Of each that was
      // asked for by its name as well, it is told once more.
      if (event.query.kind === "EventTrigger" && !event.query.name && !event.object) refresh?.();
    },
    onWatchState: (message, isLost) => isLost ? log.warn(message) : log.info(message),
    // Nobody can say before there is a loop.
    isNeeded: (query) => loop?.isNeeded(query) ?? true,
    onStatusProblem: (message) => log.warn(message),
    // Who only looks needs no lease.
    ...(options.dryRun ? {} : { writeRefusal: () => election?.leadership.refusal() }),
  });
  try {
    const queue = new WorkQueue(realClock);
    const { triggers, luaRest: restMilliseconds } = options;
    const loopOptions = { ...reconcileOptions(options), triggers, restMilliseconds };
    const isLeader = () => !input.lease || election?.leadership.isLeader === true;
    telemetry = await startTelemetry(options, { input, queue, loop: () => loop, isLeader });
    const applier = options.dryRun ? new DryApplier() : input.applier!;
    planner = openPlanner(options, input, environment, log);
    loop = new Loop(input.parts, applier, loopOptions, queue, observerOf(log, input, options, telemetry), planner);
    log.info(`running on ${input.description}${options.dryRun ? ", writing nothing" : ""}`);
    if (telemetry) log.info(`listening on ${telemetry.address}`);
    refresh = refresher(loop, input, signal, log);
    if (input.lease) {
      election = openElection(input.lease, options, environment, log, () => stop.abort());
      loop.standBy();
    }
    await Promise.all([
      runLoop(loop, queue, input, signal, refresh, log),
      input.watches ? requireFirstSync(input.parts.reader, environment.clock, signal) : undefined,
      election?.takePart(loop, signal),
    ]);
    await election?.leave();
    log.info("stopped");
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    log.error(`${error.message}: another replica may lead by now, so this process ends at once`);
    // It has no time to let those finish who read metrics.
    telemetry = undefined;
    return EXIT.error;
  } finally {
    stop.abort();
    planner?.close();
    input.close();
    await telemetry?.close();
    await lines?.flush(FLUSH_MILLISECONDS);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new InputError(`--output-dir ${path}: no folder, and none can be made there: ${messageOf(error)}`);
  }
}

/** Reads the files anew and puts every trigger into the queue. */
function refresher(loop: Loop, input: Input, signal: AbortSignal, log: Log): () => Promise<void> {
  return async () => {
    try {
      await input.refresh();
    } catch (error) {
      // What can't be read is unknown until it can: nothing is written or deleted meanwhile.
      log.error(`cannot read the files: ${messageOf(error)}`);
    }
    try {
      await loop.enqueueAll(signal);
    } catch (error) {
      if (!signal.aborted) log.error(`cannot list triggers: ${messageOf(error)}`);
    }
  };
}

async function runLoop(
  loop: Loop,
  queue: WorkQueue,
  input: Input,
  signal: AbortSignal,
  refresh: () => void,
  log: Log,
): Promise<void> {
  const timer = setInterval(refresh, RESYNC_MILLISECONDS);
  signal.addEventListener("abort", () => queue.close(), { once: true });
  const watching = input.paths.length > 0
    ? watchFolders(await existing(input.paths), refresh, signal).catch((error) =>
      log.error(`cannot watch files: ${messageOf(error)}`)
    )
    : Promise.resolve();
  try {
    await loop.enqueueAll(signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
    await loop.work(signal);
    await watching;
  } finally {
    clearInterval(timer);
  }
}

/** The paths that are there: of what is only looked at, the output folder need not be. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const isThere = await Promise.all(paths.map((path) => Deno.stat(path).then(() => true, () => false)));
  return paths.filter((_, index) => isThere[index]);
}

/** Shows what the first pass would do. True: go on. */
async function previewAndAsk(options: Options, environment: Environment, paint: Paint): Promise<boolean> {
  const input = await openInput(options, environment);
  try {
    const combined = await planAll(input, options, environment.signal);
    environment.terminal.out(planTable(combined, paint, options.verbose));
    const changes = combined.reconciliations.reduce((count, { plan }) => count + plan.changes.length, 0);
    const question = `Start with ${plural(changes, "change")} on ${input.description}, and keep it so?`;
    return await confirmOnTerminal(environment, question);
  } finally {
    input.close();
  }
}

type Said = Map<string, { readonly state: string; readonly counts: string }>;

function observerOf(log: Log, { status }: Input, { dryRun }: Options, telemetry: RunTelemetry | undefined) {
  /** What was last said about a trigger: a state that lasts is said once. */
  const said: Said = new Map();
  return {
    reported: (report: Report) => {
      const { trigger, isStandby } = report;
      if (isStandby) {
        return log.debug(`standing by, not carried out: ${countsLine(report.reconciliation, painter(false))}`, {
          trigger,
        });
      }
      const { snapshot } = report.reconciliation.computation;
      // It may be another Deployment's: only what came of it here is worth a word, and its status is not ours.
      if (snapshot.isOutOfScope) {
        if (report.reconciliation.plan.counts.frozen > 0) sayReport(report, log, said);
        return;
      }
      sayReport(report, log, said);
      telemetry?.passed(report);
      // Who only looks leaves no trace.
      if (!dryRun) status?.publish(reportOf(report.reconciliation, report.outcomes));
    },
    failed: (trigger: string, error: unknown) =>
      log.error(`EventTrigger ${trigger}: unexpected error: ${messageOf(error)}`, { trigger }),
    unknown: (message: string) => log.warn(message),
  };
}

function restText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const rest = seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
  return `its script was stopped ${MOST_STOPS} times in a row: what changes in its input is looked at after ${rest} ` +
    "(--lua-rest), what changes in its EventSource or itself at once";
}

function sayReport({ trigger, reconciliation, outcomes, rests }: Report, log: Log, said: Said): void {
  const { plan } = reconciliation;
  for (const { change, status, message } of outcomes) {
    const fields = { trigger, action: change.action, object: formatRef(change.target) };
    if (status === "done") log.info(change.action === "delete" ? "deleted" : `${change.action}d`, fields);
    else if (status === "unchanged") log.debug("unchanged", fields);
    else if (status === "planned" || status === "postponed") continue;
    else if (status === "stale") log.debug(`overtaken: ${message}`, fields);
    else log.warn(`${status}: ${message}`, fields);
  }
  const planned = outcomes.filter(({ status }) => status === "planned").map(({ change: { action, target } }) => ({
    level: "info" as const,
    message: `would ${action}`,
    fields: { trigger, action, object: formatRef(target) },
  }));
  const lines = [
    ...planned,
    ...plan.failures.map(({ message, reason }) => ({ level: "error" as const, message, fields: { trigger, reason } })),
    ...plan.held.map(({ change, gate, reason, relax }) => ({
      level: "warn" as const,
      message: `held: ${reason}`,
      fields: { trigger, gate, action: change.action, object: formatRef(change.target), relax },
    })),
    ...plan.notes.map(({ message, reason }) => ({ level: "info" as const, message, fields: { trigger, reason } })),
    ...(rests === undefined ? [] : [{ level: "warn" as const, message: restText(rests), fields: { trigger } }]),
  ];
  const counts = countsLine(reconciliation, painter(false));
  const state = JSON.stringify(lines);
  if (said.get(trigger)?.state !== state) {
    for (const { level, message, fields } of lines) {
      log[level](message, fields);
    }
  }
  const isNews = outcomes.some(({ status }) => status !== "planned");
  if (said.get(trigger)?.counts !== counts || isNews) log.info(counts, { trigger });
  said.set(trigger, { state, counts });
}

const realClock = {
  setTimer(callback: () => void, milliseconds: number) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
