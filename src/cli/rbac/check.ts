/**
 * Needs against what an identity has: which rights are missing, and for whom, and which ones it has that nothing needs and
 * that are dangerous. It asks through a review and writes nothing.
 */
import type { Right } from "../../api/right.ts";
import { allows, type GrantedRule, type GrantedRules, isGranted } from "../../api/rules.ts";
import { DANGERS } from "./dangers.ts";
import type { Need } from "./needs.ts";

/** How to ask what whoever we are may do. */
export interface RightsReview {
  whoAmI(signal: AbortSignal): Promise<string>;
  /** What is allowed in a namespace, what is allowed in all namespaces among it. */
  rulesIn(namespace: string, signal: AbortSignal): Promise<GrantedRules>;
  may(right: Right, signal: AbortSignal): Promise<boolean>;
}

/** A right that is not there, and who needs it. */
export interface Missing {
  readonly right: Right;
  readonly whys: readonly string[];
}

/** Rights that nothing needs. */
export interface Excess {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resource: string;
  /** Where, of the namespaces that were asked about. */
  readonly namespaces: readonly string[];
  readonly isEverywhere: boolean;
  readonly what: string;
}

export interface RightsCheck {
  readonly identity: string;
  /** How many different rights are needed. */
  readonly needed: number;
  readonly missing: readonly Missing[];
  readonly excess: readonly Excess[];
  /** Namespaces for which the server could not tell all. */
  readonly incomplete: readonly string[];
}

/** Kubernetes' own namespaces: what is allowed in one that nothing is needed in is allowed everywhere. */
const ELSEWHERE = ["kube-system", "kube-public", "kube-node-lease"];

export async function checkRights(
  needs: readonly Need[],
  review: RightsReview,
  signal: AbortSignal,
): Promise<RightsCheck> {
  const identity = await review.whoAmI(signal);
  const wanted = new Map<string, { right: Right; whys: Set<string> }>();
  for (const { right, why } of needs) {
    const key = JSON.stringify([right.verb, right.group, right.resource, right.namespace, right.name]);
    const known = wanted.get(key) ?? { right, whys: new Set() };
    wanted.set(key, known);
    known.whys.add(why);
  }
  const rights = [...wanted.values()].map(({ right }) => right);
  const used = new Set(rights.flatMap(({ namespace }) => namespace === undefined ? [] : [namespace]));
  const elsewhere = ELSEWHERE.find((namespace) => !used.has(namespace)) ?? ELSEWHERE[0]!;
  const namespaces = [...used.add(elsewhere)].sort();
  const granted = new Map<string, GrantedRules>();
  for (const namespace of namespaces) granted.set(namespace, await review.rulesIn(namespace, signal));
  const missing: Missing[] = [];
  for (const { right, whys } of wanted.values()) {
    if (!await isThere(right, granted, review, signal)) missing.push({ right, whys: [...whys] });
  }
  return {
    identity,
    needed: wanted.size,
    missing,
    excess: excessOf(rights, granted, elsewhere),
    incomplete: namespaces.filter((namespace) => granted.get(namespace)!.incomplete),
  };
}

/** What is for all namespaces the rules of one don't tell apart, so the server is asked for each. */
async function isThere(
  right: Right,
  granted: ReadonlyMap<string, GrantedRules>,
  review: RightsReview,
  signal: AbortSignal,
): Promise<boolean> {
  if (right.namespace === undefined) return await review.may(right, signal);
  const { rules, incomplete } = granted.get(right.namespace)!;
  return isGranted(rules, right) || (incomplete && await review.may(right, signal));
}

function excessOf(
  needed: readonly Right[],
  granted: ReadonlyMap<string, GrantedRules>,
  elsewhere: string,
): Excess[] {
  const everywhere = granted.get(elsewhere)!.rules;
  if (everywhere.some(isAdministrators)) {
    const what = "may do everything";
    return [{ verbs: ["*"], group: "*", resource: "*", namespaces: [...granted.keys()], isEverywhere: true, what }];
  }
  return DANGERS.flatMap((danger) => {
    const { group, what, isClusterScoped } = danger;
    // What a Role says of a resource without a namespace has no effect.
    const places = isClusterScoped ? [elsewhere] : [...granted.keys()];
    return danger.resources.flatMap((resource) => {
      const found = new Map<string, { verbs: string[]; namespaces: string[] }>();
      for (const namespace of places) {
        const { rules } = granted.get(namespace)!;
        const verbs = danger.verbs.filter((verb) => isExcess(rules, needed, namespace, { group, resource, verb }));
        if (verbs.length === 0) continue;
        const known = found.get(verbs.join()) ?? { verbs, namespaces: [] };
        found.set(verbs.join(), { verbs, namespaces: [...known.namespaces, namespace] });
      }
      return [...found.values()].map(({ verbs, namespaces }): Excess => ({
        verbs,
        group,
        resource,
        namespaces,
        isEverywhere: namespaces.includes(elsewhere),
        what,
      }));
    });
  });
}

function isAdministrators({ verbs, groups, resources }: GrantedRule): boolean {
  return [verbs, groups, resources].every((list) => list.includes("*"));
}

/** A rule that allows it for more objects than any need is for. */
function isExcess(
  rules: readonly GrantedRule[],
  needed: readonly Right[],
  namespace: string,
  asked: { readonly verb: string; readonly group: string; readonly resource: string },
): boolean {
  const needs = needed.filter((right) =>
    right.verb === asked.verb && right.group === asked.group && right.resource === asked.resource &&
    (right.namespace === undefined || right.namespace === namespace)
  );
  if (needs.some(({ name }) => name === undefined)) return false;
  const names = new Set(needs.map(({ name }) => name));
  return rules.some((rule) =>
    allows(rule, asked) && (rule.names.length === 0 || rule.names.some((name) => !names.has(name)))
  );
}
