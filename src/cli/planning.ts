/** How `run` plans: in a thread of its own where the environment has one, so that nothing waits for a script. */
import type { PlanSettings } from "../controller/plan_messages.ts";
import { planHere, type Planner } from "../controller/planner.ts";
import { WorkerPlanner } from "../controller/worker_planner.ts";
import type { Log } from "../telemetry/log.ts";
import type { Options } from "./args.ts";
import type { Environment } from "./environment.ts";
import { type Input, reconcileOptions } from "./pipeline.ts";

/** What the planning thread makes its parts of. */
export interface PlanParts extends PlanSettings, Pick<Options, "lua" | "cel" | "limits" | "template"> {}

export interface OpenedPlanner extends Planner {
  close(): void;
}

export function openPlanner(options: Options, input: Input, environment: Environment, log: Log): OpenedPlanner {
  const { openPlanWorker } = environment;
  const settings = reconcileOptions(options);
  if (!openPlanWorker) {
    log.warn("scripts and watches share a thread: add Moonferry's folders src and lua to Deno's --allow-read");
    return { ...planHere(input.parts, settings), close() {} };
  }
  const { lua, cel, limits, template } = options;
  const parts: PlanParts = { options: settings, lua, cel, limits, template };
  return new WorkerPlanner(parts, openPlanWorker);
}
