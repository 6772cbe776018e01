/** Needs as Roles: one for each namespace that needs one, and a ClusterRole for what has no namespace, or all of them. Pure. */
import { RIGHT_VERBS, type RightVerb } from "../../api/right.ts";
import type { Need } from "./needs.ts";

export interface RoleRule {
  readonly group: string;
  readonly resource: string;
  /** Absent: objects of any name. */
  readonly names?: readonly string[];
  readonly verbs: readonly RightVerb[];
  /** Who needs it. */
  readonly whys: readonly string[];
  /** Why it is for all namespaces, and what would make it narrower. */
  readonly wide: readonly string[];
}

export interface RoleOf {
  /** Absent: the ClusterRole. */
  readonly namespace?: string;
  readonly rules: readonly RoleRule[];
}

/** What is known of one resource in one place. */
interface Entry {
  readonly group: string;
  readonly resource: string;
  /** By verb: the names that it is needed for; undefined: any. */
  readonly verbs: Map<RightVerb, Set<string> | undefined>;
  readonly whys: Set<string>;
  readonly wide: Set<string>;
}

/**
 * The Roles, the ClusterRole first, then by namespace; rules by group and resource. What the ClusterRole allows everywhere
 * stands in no Role.
 */
export function rolesOf(needs: readonly Need[]): RoleOf[] {
  const places = new Map<string, Map<string, Entry>>();
  for (const { right, why, wide } of needs) {
    const { verb, group, resource, namespace = "", name } = right;
    const entries = places.get(namespace) ?? new Map<string, Entry>();
    places.set(namespace, entries);
    const key = `${group}/${resource}`;
    const entry = entries.get(key) ?? { group, resource, verbs: new Map(), whys: new Set(), wide: new Set() };
    entries.set(key, entry);
    entry.whys.add(why);
    if (wide !== undefined) entry.wide.add(`${why}: ${wide}`);
    const names = entry.verbs.get(verb);
    if (name === undefined) entry.verbs.set(verb, undefined);
    else if (names || !entry.verbs.has(verb)) entry.verbs.set(verb, (names ?? new Set()).add(name));
  }
  for (const entries of places.values()) for (const { verbs } of entries.values()) widenGet(verbs);
  dropCovered(places);
  return [...places].filter(([, entries]) => entries.size > 0).sort(([a], [b]) => compare(a, b))
    .map(([namespace, entries]) => ({
      ...(namespace === "" ? {} : { namespace }),
      rules: [...entries.values()].sort((a, b) => compare(a.group, b.group) || compare(a.resource, b.resource))
        .flatMap(rulesOf),
    }));
}

/** Whoever may list all objects sees each of them: a right to get some of them by name would only be harder to read. */
function widenGet(verbs: Entry["verbs"]): void {
  if (verbs.get("get") && verbs.has("list") && verbs.get("list") === undefined) verbs.set("get", undefined);
}

/** What the ClusterRole allows in part stands in the Role as a whole: half a rule would be a riddle. */
function dropCovered(places: ReadonlyMap<string, Map<string, Entry>>): void {
  for (const [key, everywhere] of places.get("") ?? []) {
    for (const [namespace, entries] of places) {
      const entry = namespace === "" ? undefined : entries.get(key);
      const isCovered = (verb: RightVerb) => everywhere.verbs.has(verb) && everywhere.verbs.get(verb) === undefined;
      if (!entry || ![...entry.verbs.keys()].every(isCovered)) continue;
      entries.delete(key);
      for (const why of entry.whys) everywhere.whys.add(why);
    }
  }
}

/** One rule for the verbs on any object, and one for each set of names. */
function rulesOf({ group, resource, verbs, whys, wide }: Entry): RoleRule[] {
  const byNames = new Map<string, { names?: string[]; verbs: RightVerb[] }>();
  for (const verb of RIGHT_VERBS) {
    if (!verbs.has(verb)) continue;
    const names = verbs.get(verb) && [...verbs.get(verb)!].sort(compare);
    const key = JSON.stringify(names ?? null);
    const rule = byNames.get(key) ?? { ...(names ? { names } : {}), verbs: [] };
    rule.verbs.push(verb);
    byNames.set(key, rule);
  }
  return [...byNames.values()].map((rule) => ({ group, resource, ...rule, whys: [...whys], wide: [...wide] }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
