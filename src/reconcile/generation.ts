/**
 * What a trigger was computed from when its plan was last accepted, kept in memory so that the next plan can tell which
 * inputs vanished since, and why.
 */
import { createHash } from "node:crypto";
import type { EventSource, ResourceSelector } from "../api/event_source.ts";
import { type KubeObject, nameOf, namespaceOf, objectKey, objectRef, qualifiedKind } from "../api/object.ts";
import { canonicalJson } from "../json/json.ts";
import { isMassChange, type Vanishing } from "./gates/mass_change.ts";
import type { OnStop } from "./marks.ts";
import { matchKey } from "./origin.ts";
import { ownershipOf, suspensionOf } from "./plan.ts";
import type { PausedMatches } from "./pause.ts";
import type { ObjectQuery, ObjectReader, ReadOptions, Unknown } from "./reader.ts";
import type { Selection } from "./select.ts";

export interface Generation {
  /** Changes with the EventSource's text: only generations of the same text can be compared input by input. */
  readonly program: string;
  /** By selector: `<namespace>/<name>` of each selected object. */
  readonly inputs: readonly ReadonlySet<string>[];
  readonly paused: PausedMatches;
  /** Inputs that were gone in plans that were not accepted since: what came of them is held whatever the EventSource says by now. */
  readonly gone?: readonly GoneInputs[];
  /** Matches that have had all their outputs, by {@link matchKey}. */
  readonly delivered: ReadonlySet<string>;
  /** What the trigger said last becomes of its outputs at the end. */
  readonly onStop?: OnStop;
}

/** Inputs of one selector that are not selected any more, but for those whose deletion a watch has seen. */
export interface GoneInputs {
  readonly what: string;
  /** How many the selector had. */
  readonly before: number;
  readonly selector: Pick<ResourceSelector, "group" | "version" | "kind">;
  /** `<namespace>/<name>` of each. */
  readonly keys: readonly string[];
}

/** More vanished inputs than this are not looked up one by one. */
const MAX_EXPLAINED = 500;

export function generationOf(
  source: EventSource,
  selection: Selection,
  paused: PausedMatches,
  delivered: ReadonlySet<string>,
): Generation {
  return {
    program: createHash("sha256").update(canonicalJson(source.object.spec ?? null)).digest("hex"),
    inputs: selection.selectors.map(({ objects }) => new Set(objects.map(inputKey))),
    paused,
    delivered,
  };
}

function inputKey(object: KubeObject): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}

/** The query for an object that a selector had selected: is it gone, or only not selected any more? */
export function vanishedQuery(
  { group, version, kind }: GoneInputs["selector"],
  namespace: string,
  name: string,
): ObjectQuery {
  return { group, version, kind, namespace, name };
}

/** An input that is not selected any more, and could not be asked for by its name. */
export interface UnreadInput {
  readonly query: ObjectQuery;
  readonly unknown: Unknown;
}

/** What vanished since the last accepted generation. */
export interface Vanished {
  readonly vanishings: readonly Vanishing[];
  /** To be kept in the generation while the plan is not accepted. */
  readonly gone: readonly GoneInputs[];
  /** Inputs, as `objectKey` names them, of which it is known for each by itself that it is not selected any more. */
  readonly departed: ReadonlySet<string>;
  /** What could not be read where that may be all that makes it a mass change: read later, it may be none. */
  readonly unread: readonly UnreadInput[];
}

/**
 * Counts what vanished, until it is a mass change. With a previous generation of the same text: inputs, selector by selector, those explained left
 * out. Otherwise (first run of the process, changed script): inputs that were gone before the change, and the matches that own outputs and are no
 * more.
 *
 * @param selects Whether the selector of that index takes the object.
 * @param read `recent` where it is asked once more before anything is revoked: passes that follow each other would ask the same again.
 */
export async function findVanishings(
  previous: Generation | undefined,
  current: { generation: Generation; selection: Selection } | undefined,
  matches: ReadonlySet<string>,
  owned: readonly KubeObject[],
  reader: ObjectReader,
  selects: (index: number, object: KubeObject) => boolean,
  signal: AbortSignal,
  read: Pick<ReadOptions, "recent"> = {},
): Promise<Vanished> {
  const isComparable = previous && current && previous.program === current.generation.program;
  const departed = new Set<string>();
  const gone = isComparable ? await goneInputs(previous, current, reader, departed) : previous?.gone ?? [];
  const vanishings: Vanishing[] = [];
  const unread: UnreadInput[] = [];
  for (const { what, before, selector, keys } of gone) {
    const query = (key: string) => {
      const [namespace, name] = key.split("/") as [string, string];
      return vanishedQuery(selector, namespace, name);
    };
    const there = isComparable ? new Set<string>() : selectedNow(current, selector);
    const missing: string[] = [];
    for (const key of keys) {
      if (!there.has(key) && (isComparable || !await reader.sawDeletion?.(query(key)))) missing.push(key);
    }
    let vanishing: Vanishing = { what, before, unexplained: Math.max(0, missing.length - MAX_EXPLAINED) };
    for (const [place, key] of missing.slice(0, MAX_EXPLAINED).entries()) {
      // Each answer more makes it no less of a mass change: a list that lies is no reason for a request for each object.
      if (isMassChange(vanishing)) {
        vanishings.push({ ...vanishing, unasked: missing.length - place });
        return { vanishings, gone, departed, unread };
      }
      const listing = await reader.list(query(key), signal, { fresh: true, once: true, ...read });
      if (listing.unknown) unread.push({ query: query(key), unknown: listing.unknown });
      const object = listing.objects?.[0];
      const { unexplained, contradicted = 0 } = vanishing;
      if (!object) vanishing = { ...vanishing, unexplained: unexplained + 1 };
      // Still there: it left the selector (a label, a CEL rule), which is a fact of its own; or the list was not complete.
      else if (current?.generation.inputs.some((inputs, index) => !inputs.has(key) && selects(index, object))) {
        vanishing = { ...vanishing, contradicted: contradicted + 1 };
      } else if (isComparable) departed.add(objectKey(objectRef(object)));
    }
    vanishings.push(vanishing);
    if (isMassChange(vanishing)) return { vanishings, gone, departed, unread };
  }
  if (!isComparable) {
    // What is suspended as a whole stays in any case, and anybody may have made it.
    const counted = owned.filter((object) => suspensionOf(object) !== "all");
    const owners = new Set(counted.map((object) => matchKey(ownershipOf(object).origin)));
    const unexplained = [...owners].filter((owner) => !matches.has(owner)).length;
    vanishings.push({ what: "matches with outputs", before: owners.size, unexplained });
  }
  return { vanishings, gone, departed, unread: [] };
}

/** @param departed Gets those whose end a watch has seen. */
async function goneInputs(
  previous: Generation,
  { generation, selection }: { generation: Generation; selection: Selection },
  reader: ObjectReader,
  departed: Set<string>,
): Promise<GoneInputs[]> {
  const all: GoneInputs[] = [];
  for (const [index, before] of previous.inputs.entries()) {
    const now = generation.inputs[index];
    const { group, version, kind } = selection.selectors[index]!.selector;
    const kindName = qualifiedKind({ apiVersion: group === "" ? version : `${group}/${version}`, kind });
    const keys: string[] = [];
    for (const key of before) {
      if (now?.has(key)) continue;
      const [namespace, name] = key.split("/") as [string, string];
      const wasSeen = await reader.sawDeletion?.(vanishedQuery({ group, version, kind }, namespace, name));
      if (wasSeen) departed.add(`${kindName} ${key}`);
      else keys.push(key);
    }
    const what = `${kindName} objects of selector ${index + 1}`;
    if (keys.length > 0) all.push({ what, before: before.size, selector: { group, version, kind }, keys });
  }
  return all;
}

/** What is selected of a kind, whichever selector does it. */
function selectedNow(
  current: { generation: Generation; selection: Selection } | undefined,
  { group, kind }: GoneInputs["selector"],
): Set<string> {
  const keys = new Set<string>();
  for (const [index, { selector }] of (current?.selection.selectors ?? []).entries()) {
    if (selector.group !== group || selector.kind !== kind) continue;
    for (const key of current!.generation.inputs[index]!) keys.add(key);
  }
  return keys;
}
