/**
 * Selection → Matches: what a trigger renders for. Without `aggregatedSelection` these are the selected objects
 * themselves, with it what the user's script returns. Pure, given a sandbox.
 */
import type { EventSource } from "../api/event_source.ts";
import { type ObjectRef, objectRef } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import { LuaError, type LuaSandbox, type ScriptCost } from "../sandbox/mod.ts";
import { readAggregate } from "../sandbox/results.ts";
import { TriggerFailure } from "./errors.ts";
import type { Selection } from "./select.ts";

export interface Match {
  /** Its place in the list of matches. */
  readonly index: number;
  /** May be synthetic: `kind` is there, nothing else is sure to be. */
  readonly object: JsonObject;
  readonly ref: ObjectRef;
}

export interface Matches {
  readonly matches: readonly Match[];
  /** The script's `message`; empty where it gave none. */
  readonly message: string;
  /** What the script printed, cut to the sandbox's limit. */
  readonly printed: string;
  /** What the script cost; absent where there is none. */
  readonly cost?: ScriptCost;
  /** True where the script asked for the time: the same objects may give other matches. */
  readonly isOfTheMoment?: boolean;
}

/**
 * @throws {TriggerFailure} where the script fails or returns what Sveltos refuses (semantics §3.4).
 */
export function aggregate(source: EventSource, selection: Selection, sandbox: LuaSandbox): Matches {
  // Sveltos: the script runs whenever there is one, also with no object selected.
  if (source.aggregatedSelection === "") {
    return { matches: selection.objects.map(matchOf), message: "", printed: "" };
  }
  const script = { text: source.aggregatedSelection, name: `EventSource ${source.name} aggregatedSelection` };
  let cost: ScriptCost | undefined;
  try {
    const result = sandbox.evaluate(script, { global: "resources", value: [...selection.objects] });
    cost = result.cost;
    const { resources, message } = readAggregate(result.value, script.name);
    const { printed, isOfTheMoment } = result;
    return { matches: (resources ?? []).map(matchOf), message, printed, cost, isOfTheMoment };
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    throw new TriggerFailure("aggregate", "LuaError", error.message, {
      cause: error,
      traceback: error.traceback,
      isOutOfTime: error.isOutOfTime,
      scriptCost: error.cost ?? cost,
    });
  }
}

function matchOf(object: JsonObject, index: number): Match {
  return { index, object, ref: objectRef(object) };
}
