/**
 * Which EventSources and EventTriggers do here what they do in Sveltos: asked of the code that reads them and of a plan, so
 * that it can't say anything else than they do. Pure.
 */
import { readEventSource } from "../api/event_source.ts";
import { ManifestErrors, type Warning } from "../api/field_error.ts";
import { type KubeObject, nameOf } from "../api/object.ts";
import type { Failure } from "./errors.ts";
import type { Held } from "./plan.ts";
import type { Reconciliation } from "./reconcile.ts";

export type Verdict =
  /** As in Sveltos, but for the intended differences that are named. */
  | "works"
  /** Some outputs that Sveltos would write are held. */
  | "differs"
  | "refused"
  /** It could not be tried: something that it needs can't be read or is not there. */
  | "unknown";

export interface Compatibility {
  readonly name: string;
  readonly verdict: Verdict;
  /** What is refused, held or not known: each names a field, a gate, or an object. */
  readonly reasons: readonly string[];
  /** Fields that are acted on, but on purpose not quite as in Sveltos. */
  readonly differences: readonly Warning[];
  /** What has no effect, or is probably not meant. */
  readonly notes: readonly string[];
}

/** Failures that say nothing of the object itself. */
const NOT_ITS_FAULT = new Set([
  ...["KindNotServed", "KindTerminating", "Forbidden", "Unreachable", "NotSynced", "Unreadable", "LiveUnknown"],
  ...["EventSourceNotFound", "TemplateNotFound", "ResourceNotFound", "ClustersUnknown", "SourceNamespaceNotAllowed"],
]);

/** What is said of the EventSource alone; its scripts and rules are tried with the triggers that name it. */
export function sourceCompatibility(object: KubeObject): Compatibility {
  const name = nameOf(object);
  try {
    const { differences, warnings } = readEventSource(object);
    return { name, verdict: "works", reasons: [], differences, notes: warnings.map(({ message }) => message) };
  } catch (error) {
    if (!(error instanceof ManifestErrors)) throw error;
    const reasons = error.errors.map(({ field, problem }) => `${field}: ${problem}`);
    return { name, verdict: "refused", reasons, differences: [], notes: [] };
  }
}

/** What became of the trigger when it was planned. What Sveltos owns is no reason to hold it against the trigger. */
export function triggerCompatibility({ plan, computation }: Reconciliation): Compatibility {
  const { trigger } = computation.snapshot;
  const held = plan.held.filter(({ gate }) => gate !== "ownership");
  const { failures } = plan;
  const verdict = failures.length > 0
    ? failures.every(({ reason }) => NOT_ITS_FAULT.has(reason)) ? "unknown" : "refused"
    : held.length > 0
    ? "differs"
    : "works";
  return {
    name: plan.trigger,
    verdict,
    reasons: [...failureTexts(failures), ...holdTexts(held)],
    differences: trigger?.differences ?? [],
    notes: [...new Set(plan.notes.map(({ message }) => message))],
  };
}

/** Each once: many matches may fail alike, and the first says which. */
function failureTexts(failures: readonly Failure[]): string[] {
  const byReason = Map.groupBy(failures, ({ stage, reason, match }) => `${stage} ${reason} ${match !== undefined}`);
  return [...byReason.values()].flatMap((group) => {
    const messages = [...new Set(group.map(({ message }) => message))];
    if (group[0]!.match === undefined) return messages;
    return [messages.length > 1 ? `${messages[0]} (and ${messages.length - 1} matches more)` : messages[0]!];
  });
}

function holdTexts(held: readonly Held[]): string[] {
  return [...Map.groupBy(held, ({ gate }) => gate)].map(([gate, group]) => {
    const others = group.length > 1 ? ` (and ${group.length - 1} more)` : "";
    return `gate ${gate}: ${group[0]!.reason}${others}`;
  });
}
