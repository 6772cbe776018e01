/** Rules as an API server tells them of whoever asks: what somebody may do in one namespace. */
import { qualifiedResource, type Right } from "./right.ts";

/** One rule: each verb on each resource. `*` stands for any. */
export interface GrantedRule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  /** Plurals, `pods/exec`, `*`, or `*` with a subresource behind it. */
  readonly resources: readonly string[];
  /** Empty: objects of any name. */
  readonly names: readonly string[];
}

export interface GrantedRules {
  readonly rules: readonly GrantedRule[];
  /** The server knows of ways to be allowed more that it can't list. */
  readonly incomplete: boolean;
}

/** Whether a rule allows the verb on the resource; what it says of names is another question. */
export function allows(
  { verbs, groups, resources }: GrantedRule,
  { verb, group, resource }: { readonly verb: string; readonly group: string; readonly resource: string },
): boolean {
  const subresource = resource.split("/")[1];
  return has(verbs, verb) && has(groups, group) &&
    (has(resources, resource) || (subresource !== undefined && resources.includes(`*/${subresource}`)));
}

/** Whether one of the rules allows all that the right asks for. */
export function isGranted(rules: readonly GrantedRule[], right: Right): boolean {
  return rules.some((rule) =>
    allows(rule, right) && (rule.names.length === 0 || (right.name !== undefined && rule.names.includes(right.name)))
  );
}

function has(list: readonly string[], item: string): boolean {
  return list.includes("*") || list.includes(item);
}

/** `get, list secrets in namespace a`: what verbs on a resource come to. */
export function describeVerbs(verbs: readonly string[], right: Pick<Right, "group" | "resource">): string {
  return `${verbs.join(", ")} ${qualifiedResource(right)}`;
}
