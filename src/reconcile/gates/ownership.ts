/** Gate `ownership`: what is not proven ours is never overwritten and never deleted. */
import { annotationsOf } from "../../api/object.ts";
import { ADOPT_ANNOTATION, readMarks } from "../marks.ts";
import type { Change } from "../plan.ts";
import { isOwnedBySveltos } from "../sveltos_marks.ts";
import type { Gate, GateContext } from "./mod.ts";

export const ownershipGate: Gate = {
  name: "ownership",
  check(change, context) {
    if (!change.live || isOurs(change, context)) return undefined;
    const mayAdopt = context.adopt || annotationsOf(change.live)[ADOPT_ANNOTATION] === "true";
    const owner = describeOwner(change, context);
    if (change.action !== "delete" && mayAdopt && owner.adoptable) return undefined;
    return {
      reason: `it exists and is not ours: ${owner.text}`,
      relax: owner.adoptable
        ? `delete it, or let Moonferry take it over: annotate it ${ADOPT_ANNOTATION}=true, or --adopt`
        : owner.way,
    };
  },
};

function isOurs(change: Change, context: GateContext): boolean {
  const marks = readMarks(change.live!);
  return !isOwnedBySveltos(change.live!) && marks !== undefined && marks !== "broken" &&
    marks.instance === context.instance &&
    marks.trigger === change.origin.trigger;
}

function describeOwner(change: Change, context: GateContext): { text: string; adoptable: boolean; way: string } {
  const live = change.live!;
  const marks = readMarks(live);
  if (isOwnedBySveltos(live)) {
    const text = marks === undefined ? "Sveltos deployed it" : "Sveltos's owner marks are on it, beside Moonferry's";
    const way = `let Sveltos go of it first, or take it over with moonferry adopt ${change.origin.trigger}, which ` +
      "changes no content (docs/moving-from-sveltos.md)";
    return { text, adoptable: false, way };
  }
  if (marks === "broken") {
    return { text: "some of Moonferry's marks are there, but they don't agree", adoptable: true, way: "" };
  }
  if (marks === undefined) {
    return { text: "it carries none of Moonferry's marks", adoptable: true, way: "" };
  }
  if (marks.instance !== context.instance) {
    const text = `the Moonferry instance ${marks.instance} owns it`;
    return { text, adoptable: false, way: "withdraw it there first; two instances never touch each other's objects" };
  }
  const text = `EventTrigger ${marks.trigger} owns it`;
  return { text, adoptable: false, way: `let only one of the two EventTriggers give it` };
}
