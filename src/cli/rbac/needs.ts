/**
 * The rights that `run` takes for a set of triggers: their reach, as those who make the calls say what it takes, and what
 * leading and reporting take besides.
 */
import { nameOf } from "../../api/object.ts";
import { ANY, type ResourceKind, type Right } from "../../api/right.ts";
import { type Reach, reachOf } from "../../reconcile/reach.ts";
import type { KindFacts, ObjectQuery, ObjectReader } from "../../reconcile/reader.ts";
import { isInScope } from "../../reconcile/scope.ts";
import { triggerQuery, unlistedTriggers } from "../../reconcile/snapshot.ts";
import type { Options } from "../args.ts";
import type { Environment, RightsBook } from "../environment.ts";
import { InputError, scopeOf } from "../pipeline.ts";

export interface Need {
  readonly right: Right;
  /** Who needs it: `EventSource push-model spec.resourceSelectors[1]`. */
  readonly why: string;
  /** For a right in all namespaces that could be one in fewer: why, and what would make it so. */
  readonly wide?: string;
}

export interface Needs {
  readonly triggers: readonly string[];
  readonly needs: readonly Need[];
  /** Why they may be too few: sentences for people. */
  readonly problems: readonly string[];
}

/** Who sees objects vanish asks for their definition before believing it. */
const STANDING = "whether a kind stands or is being deleted, with all its objects";

/** @throws {InputError} where the triggers can't be listed, or one asked for by name is not there. */
export async function needsOf(reader: ObjectReader, options: Options, environment: Environment): Promise<Needs> {
  const { rights, world, signal } = environment;
  const triggers = await triggersOf(reader, options, signal);
  const reach = await reachOf(triggers, reader, {
    managementLabels: options.managementLabels,
    sourceNamespaces: options.sourceNamespaces,
    createNamespaces: options.createNamespaces,
    allowedKinds: options.allowedKinds,
    sweep: options,
    templates: { world },
  }, signal);
  const needs = [
    ...await reachNeeds(reach, reader, options, rights, signal),
    ...standingNeeds(options, rights),
  ];
  const problems = [...new Set(reach.problems)];
  if (options.createNamespaces && options.targetNamespaces !== undefined) {
    problems.push(
      "--create-namespaces: there can be no Role in a namespace before it is there. Apply these anew once Moonferry has " +
        "made one, or use --wide",
    );
  }
  return { triggers, needs, problems };
}

async function triggersOf(reader: ObjectReader, options: Options, signal: AbortSignal): Promise<string[]> {
  const listing = await reader.list(triggerQuery(), signal);
  if (listing.unknown) {
    throw new InputError(`${unlistedTriggers(listing.unknown)}. Or name manifests: rbac -f PATH`);
  }
  if (listing.objects.length === 0 && options.files.length > 0) {
    throw new InputError(`${options.files.join(", ")}: there is no EventTrigger in these files`);
  }
  const scope = scopeOf(options);
  const names = listing.objects.filter((object) => isInScope(object, scope)).map(nameOf);
  const missing = options.triggers?.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new InputError(`there is no EventTrigger ${missing}; there are: ${names.join(", ") || "none"}`);
  }
  return names.filter((name) => options.triggers?.includes(name) ?? true).sort();
}

async function reachNeeds(
  { readings, writings }: Reach,
  reader: ObjectReader,
  options: Options,
  rights: RightsBook,
  signal: AbortSignal,
): Promise<Need[]> {
  const kinds = new Map<string, Promise<ResourceKind>>();
  const resourceOf = ({ group, version, kind }: Pick<ObjectQuery, "group" | "version" | "kind">) => {
    const key = `${group}/${version}/${kind}`;
    const known = kinds.get(key) ?? reader.kindOf(group, version, kind, signal)
      .then((facts) => resourceKind(group, kind, "scope" in facts ? facts : undefined));
    kinds.set(key, known);
    return known;
  };
  const needs: Need[] = [];
  const add = (kind: ResourceKind, found: readonly Right[], why: string, wide?: string) => {
    for (const right of found) {
      const isOfKind = right.group === kind.group && right.resource.split("/")[0] === kind.plural;
      const couldBeFewer = wide !== undefined && isOfKind && kind.namespaced && right.namespace === undefined;
      needs.push({ right, why: isOfKind ? why : STANDING, ...(couldBeFewer ? { wide } : {}) });
    }
  };
  for (const { query, options: read, ...reason } of readings) {
    const kind = await resourceOf(query);
    const { why, wide } = meant(reason, options);
    add(kind, rights.toRead(kind, query, read), why, wide);
  }
  for (const { kind, namespace, subresources, unowned, ...reason } of writings) {
    const resource = await resourceOf(kind);
    const place = namespace === ANY ? {} : { namespace };
    const { why, wide } = meant(reason, options);
    add(resource, rights.toWrite(resource, place, { subresources, unowned }), why, wide);
  }
  return needs;
}

/** With `--wide`, outputs in any namespace are what is wanted. */
function meant({ why, wide }: Pick<Need, "why" | "wide">, options: Options): Pick<Need, "why" | "wide"> {
  return options.wide && wide !== undefined && why.startsWith("outputs ")
    ? { why: `${why}, wherever consumers are (--wide)` }
    : { why, ...(wide === undefined ? {} : { wide }) };
}

/** What it takes besides, whatever the triggers say. */
function standingNeeds(options: Options, rights: RightsBook): Need[] {
  const { namespace, instance, leaderElect } = options;
  const report = rights.toReport(options.reportNamespace ?? namespace).map((right) => ({
    right,
    why: right.resource === "configmaps"
      ? "reports, a ConfigMap for each trigger"
      : right.resource === "events"
      ? "Events of triggers, which are cluster-scoped"
      : "conditions of triggers",
  }));
  if (leaderElect === false) return report;
  const lead = rights.toLead(options.leaseNamespace ?? namespace, instance);
  return [...report, ...lead.map((right) => ({ right, why: "leader election" }))];
}

/** Where nobody serves or defines the kind, it is taken for a namespaced one with the usual plural. */
function resourceKind(group: string, kind: string, facts: KindFacts | undefined): ResourceKind {
  return { group, plural: facts?.plural ?? usualPlural(kind), namespaced: facts?.scope !== "cluster" };
}

/** @internal */
export function usualPlural(kind: string): string {
  const word = kind.toLowerCase();
  if (word === "endpoints") return word;
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
