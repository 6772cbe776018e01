/** What `run` tells machines: metrics of each pass, health and readiness, served where `--listen` says. */
import type { Loop, Report } from "../controller/loop.ts";
import type { WorkQueue } from "../controller/queue.ts";
import { checkKubeconfigSecret } from "../reconcile/payload.ts";
import { isCredential } from "../reconcile/gates/payload.ts";
import { isFatal } from "../reconcile/errors.ts";
import { BlockMeter } from "../telemetry/block_meter.ts";
import type { PassSample, WatchSample } from "../telemetry/metrics.ts";
import type { Options } from "./args.ts";
import type { Input } from "./pipeline.ts";
import { InputError } from "./pipeline.ts";
import { VERSION } from "./version.ts";

/** A watch that has heard nothing for so long is not going to: its dead connections are replaced after 90 s. */
export const HEALTH_LIMIT_MILLISECONDS = 10 * 60_000;

export interface RunTelemetry {
  /** Where it listens, for people. */
  readonly address: string;
  passed(report: Report): void;
  close(): Promise<void>;
}

/** What is asked of the running loop. */
export interface RunState {
  readonly input: Input;
  readonly queue: WorkQueue;
  readonly loop: () => Loop | undefined;
  readonly isLeader: () => boolean;
}

/** Undefined without `--listen`. @throws {InputError} where it can't listen. */
export async function startTelemetry(options: Options, state: RunState): Promise<RunTelemetry | undefined> {
  if (!options.listen) return undefined;
  const [{ Metrics }, { serveTelemetry }] = await Promise.all([
    import("../telemetry/metrics.ts"),
    import("../telemetry/server.ts"),
  ]);
  const meter = new BlockMeter();
  const watches = () => state.input.watches?.() ?? [];
  const metrics = new Metrics({
    watches,
    queueDepth: () => state.queue.depth,
    isLeader: state.isLeader,
    memory: () => Deno.memoryUsage().rss,
    longestBlock: () => meter.takeLongest(),
    version: VERSION,
  });
  const { hostname, port } = options.listen;
  try {
    const server = serveTelemetry(hostname, port, {
      metrics,
      health: () => healthOf(watches()),
      readiness: () => readinessOf(state, watches()),
    });
    return {
      address: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${server.port}`,
      passed: (report) => {
        metrics.passed(sampleOf(report, options));
        if (isOver(report)) metrics.forget(report.trigger);
      },
      close: async () => {
        meter.stop();
        await server.close();
      },
    };
  } catch (error) {
    meter.stop();
    throw new InputError(`cannot listen on ${hostname}:${port}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Whether the trigger is gone, and with it all that it gave. */
function isOver({ reconciliation: { computation, plan, isWaiting }, outcomes }: Report): boolean {
  const isDone = isWaiting !== true && outcomes.every(({ status }) => status === "done" || status === "unchanged");
  return computation.snapshot.state === "deleted" && isDone && plan.held.length === 0 && plan.counts.frozen === 0;
}

/**
 * What a new process may mend, a line each. A server that answers, be it that a right is missing or that it is too busy, would
 * answer a new process just so, which would have forgotten what this one has seen.
 */
export function healthOf(watches: readonly Pick<WatchSample, "kind" | "silence">[]): string[] {
  return watches.filter(({ silence }) => silence > HEALTH_LIMIT_MILLISECONDS)
    .map(({ kind, silence }) => `the watch of ${kind} has heard nothing for ${Math.round(silence / 1000)} s`);
}

/** What is not known of all that is watched, a line for each kind; and whether anything was looked at yet. */
export function readinessOf(
  { loop, isLeader }: { readonly loop: () => Pick<Loop, "passes"> | undefined; readonly isLeader: () => boolean },
  watches: readonly Pick<WatchSample, "kind" | "isKnown">[],
): string[] {
  const unknown = watches.filter(({ isKnown }) => !isKnown)
    .map(({ kind }) => `what the API server has of ${kind} is not known`);
  const isFresh = isLeader() && (loop()?.passes ?? 0) === 0 && watches.length === 0;
  return isFresh ? ["nothing was looked at yet"] : [...new Set(unknown)];
}

/** What the metrics are told of a pass. */
export function sampleOf(
  { trigger, reconciliation, outcomes, took, waited, sinceChange }: Report,
  options: Pick<Options, "dryRun">,
): PassSample {
  const { plan, computation } = reconciliation;
  const written = outcomes.filter(({ status }) => status === "done");
  const result = plan.failures.some(isFatal)
    ? "failed"
    : computation.snapshot.selection === "frozen"
    ? "frozen"
    : plan.held.length > 0
    ? "held"
    : "ok";
  const count = (items: readonly string[]) =>
    new Map([...Map.groupBy(items, (item) => item)].map(([k, v]) => [k, v.length]));
  const script = computation.matches?.cost ?? computation.failedScriptCost;
  const firstExpiry = firstExpiryOf(reconciliation);
  return {
    trigger,
    result,
    seconds: took / 1000,
    waitSeconds: waited / 1000,
    ...(written.length > 0 && sinceChange !== undefined ? { delaySeconds: sinceChange / 1000 } : {}),
    writes: outcomes.filter(({ status }) => status !== "planned" && status !== "postponed").map((
      { change: { action }, status },
    ) => ({
      action,
      status,
    })),
    held: count(plan.held.map(({ gate }) => gate)),
    frozen: plan.counts.frozen,
    outputs: plan.counts.unchanged + plan.counts.create + plan.counts.update,
    failures: plan.failures.length,
    ...(options.dryRun ? { wouldChange: count(plan.changes.map(({ action }) => action)) } : {}),
    celFailures: computation.selection?.celFailures ?? 0,
    ...(script ? { script } : {}),
    ...(firstExpiry === undefined ? {} : { firstExpiry: firstExpiry / 1000 }),
  };
}

/** What does not change from pass to pass is read once. */
const expiries = new WeakMap<object, number | undefined>();

/** The earliest expiry among the credentials that the trigger gives. */
function firstExpiryOf({ computation: { rendering } }: Report["reconciliation"]): number | undefined {
  let first: number | undefined;
  for (const { object } of rendering?.desired ?? []) {
    if (!expiries.has(object)) {
      expiries.set(object, isCredential(object) ? checkKubeconfigSecret(object).expires : undefined);
    }
    const expires = expiries.get(object);
    if (expires !== undefined && (first === undefined || expires < first)) first = expires;
  }
  return first;
}
