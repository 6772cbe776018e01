/**
 * Gate `collision`: one target, one source. Equal outputs are one; of unequal ones the incumbent keeps the target and the
 * newcomers are held; without an incumbent none is written.
 */
import { formatRef, objectKey } from "../../api/object.ts";
import { readMarks } from "../marks.ts";
import { formatOrigin, matchKey, type Origin, originKey } from "../origin.ts";
import { isSameContent, type Placed } from "../place.ts";
import type { Change, Draft, Held, Live } from "../plan.ts";

/**
 * What is left to be written, one output a target, and what is held.
 *
 * @param staysAt Whether what its owner has at that target (by {@link objectKey}) stays as it is: no other match takes it over.
 */
export function resolveCollisions(
  placed: readonly Placed[],
  live: Live,
  staysAt: (key: string, owner: Origin) => boolean,
): { placed: Placed[]; draft: Pick<Draft, "held" | "conflicts"> } {
  const byTarget = new Map<string, Placed[]>();
  for (const item of placed) {
    const key = objectKey(item.target);
    const group = byTarget.get(key);
    if (group) group.push(item);
    else byTarget.set(key, [item]);
  }
  const kept: Placed[] = [];
  const held: Held[] = [];
  const conflicts: Draft["conflicts"][number][] = [];
  for (const [key, group] of byTarget) {
    const claims = latestOfEachOrigin(group);
    const owner = ownerOf(claims[0]!, live, key);
    if (owner && staysAt(key, owner)) {
      const { target } = group[0]!;
      const reason = `${formatRef(target)} belongs to ${formatOrigin(owner)}, which stays as it is for now; ` +
        `${formatOrigin(claims[0]!.origin)} wants it too`;
      conflicts.push({ target, gate: "collision", reason, origins: [owner, ...claims.map(({ origin }) => origin)] });
      for (const claim of claims) {
        held.push({ change: wouldBe(claim, live, key), gate: "collision", reason, relax: RELAX });
      }
      continue;
    }
    const incumbent = incumbentOf(group, live, key);
    if (claims.length === 1 || claims.every((claim) => isSameContent(claim, claims[0]!))) {
      kept.push(incumbent ?? claims[0]!);
      continue;
    }
    const target = group[0]!.target;
    const others = incumbent ? claims.filter((claim) => !isSameContent(claim, incumbent)) : claims;
    if (incumbent) kept.push(incumbent);
    const reason = `${claims.length} outputs want ${formatRef(target)} with different content: ` +
      claims.slice(0, 5).map(({ origin }) => formatOrigin(origin)).join("; ") +
      (claims.length > 5 ? `; and ${claims.length - 5} more` : "") +
      (incumbent ? `. The first of them to own it keeps it.` : `. None of them is written.`);
    conflicts.push({ target, gate: "collision", reason, origins: claims.map(({ origin }) => origin) });
    for (const claim of others) {
      held.push({ change: wouldBe(claim, live, key), gate: "collision", reason, relax: RELAX });
    }
  }
  return { placed: kept, draft: { held, conflicts } };
}

const RELAX = "give each of them a name of its own, or let only one match give it";

/** Who the live marks say asked for the object, where it is this trigger's own. */
function ownerOf({ origin }: Placed, live: Live, key: string): Origin | undefined {
  const object = live.at.get(key);
  const marks = object && readMarks(object);
  return marks && marks !== "broken" && marks.trigger === origin.trigger ? marks.origin : undefined;
}

/** The output whose match already owns the live object; it stays, so that a plan never flaps between claims. */
function incumbentOf(group: readonly Placed[], live: Live, key: string): Placed | undefined {
  const object = live.at.get(key);
  const marks = object && readMarks(object);
  if (!marks || marks === "broken") return undefined;
  const last = (test: (item: Placed) => boolean) => group.filter(test).at(-1);
  const candidates = new Set(group.filter(({ origin }) => matchKey(origin) === matchKey(marks.origin)));
  // Two different outputs of the same match are no incumbent of each other unless template and key tell them apart.
  return last(({ origin }) => originKey(origin) === originKey(marks.origin)) ??
    (candidates.size === 1 ? [...candidates][0] : undefined);
}

/** Sveltos: of one object twice in one ConfigMap the later document wins. */
function latestOfEachOrigin(group: readonly Placed[]): Placed[] {
  const latest = new Map<string, Placed>();
  for (const item of group) latest.set(originKey(item.origin), item);
  return [...latest.values()];
}

function wouldBe({ target, object, origin, step }: Placed, live: Live, key: string): Change {
  const there = live.at.get(key);
  return {
    action: there ? "update" : "create",
    target,
    origin,
    step,
    desired: object,
    live: there,
    because: ["another output wants the same target"],
    after: [],
  };
}
