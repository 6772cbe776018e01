/** What runs in the planning thread of `run`: the parts of a plan with a clock and chance of its own, and no other world. */
import type { PlanCommand } from "../controller/plan_messages.ts";
import { servePlans } from "../controller/plan_server.ts";
import { createLuaSandbox } from "../sandbox/mod.ts";
import { collectorCaller } from "./collector.ts";
import type { PlanParts } from "./planning.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<PlanCommand>) => void;
  postMessage(message: unknown): void;
};

const world = {
  now: () => new Date(),
  randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
};

const hurryCollector = collectorCaller();

const serve = servePlans<PlanParts>(({ lua, cel, limits, template }) => ({
  sandbox: createLuaSandbox(lua, { seconds: () => Math.floor(world.now().getTime() / 1000), hurryCollector }),
  cel,
  limits,
  templates: { world, limits: template },
}), (reply) => scope.postMessage(reply));
scope.onmessage = ({ data }) => serve(data);
