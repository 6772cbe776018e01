/**
 * What a trigger was computed from when its plan was last accepted, kept in memory so that the next plan can tell which
 * inputs vanished since, and why.
 */
import { createHash } from "node:crypto";
import type { EventSource, ResourceSelector } from "../api/event_source.ts";
import { type KubeObject, nameOf, namespaceOf, qualifiedKind } from "../api/object.ts";
import { canonicalJson } from "../json/json.ts";
import { isMassChange, type Vanishing } from "./gates/mass_change.ts";
import type { OnStop } from "./marks.ts";
import { matchKey } from "./origin.ts";
import { ownershipOf } from "./plan.ts";
import type { PausedMatches } from "./pause.ts";
import type { ObjectQuery, ObjectReader, ReadOptions } from "./reader.ts";
import type { Selection } from "./select.ts";

export interface Generation {
  /** Changes with the EventSource's text: only generations of the same text can be compared input by input. */
  readonly program: string;
  /** By selector: `<namespace>/<name>` of each selected object. */
  readonly inputs: readonly ReadonlySet<string>[];
  readonly paused: PausedMatches;
  /** Matches that have had all their outputs, by {@link matchKey}. */
  readonly delivered: ReadonlySet<string>;
  /** What the trigger said last becomes of its outputs at the end. */
  readonly onStop?: OnStop;
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
  { group, version, kind }: ResourceSelector,
  namespace: string,
  name: string,
): ObjectQuery {
  return { group, version, kind, namespace, name };
}

/**
 * Counts what vanished, until it is a mass change. With a previous generation of the same text: inputs, selector by selector, those explained left
 * out. Otherwise (first run of the process, changed script): the matches that own outputs and are no more.
 *
 * @param selects Whether the selector of that index takes the object.
 * @param read `recent` where the plan is not the one that revokes: passes that follow each other would ask the same again.
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
): Promise<Vanishing[]> {
  if (!previous || !current || previous.program !== current.generation.program) {
    const owners = new Set(owned.map((object) => matchKey(ownershipOf(object).origin)));
    const unexplained = [...owners].filter((owner) => !matches.has(owner)).length;
    return [{ what: "matches with outputs", before: owners.size, unexplained }];
  }
  const vanishings: Vanishing[] = [];
  for (const [index, before] of previous.inputs.entries()) {
    const now = current.generation.inputs[index];
    const { selector } = current.selection.selectors[index]!;
    const query = (key: string) => {
      const [namespace, name] = key.split("/") as [string, string];
      return vanishedQuery(selector, namespace, name);
    };
    const gone: string[] = [];
    for (const key of before) if (!now?.has(key) && !await reader.sawDeletion?.(query(key))) gone.push(key);
    const apiVersion = selector.group === "" ? selector.version : `${selector.group}/${selector.version}`;
    const kind = qualifiedKind({ apiVersion, kind: selector.kind });
    const what = `${kind} objects of selector ${index + 1}`;
    let vanishing: Vanishing = { what, before: before.size, unexplained: Math.max(0, gone.length - MAX_EXPLAINED) };
    for (const [place, key] of gone.slice(0, MAX_EXPLAINED).entries()) {
      // Each answer more makes it no less of a mass change: a list that lies is no reason for a request for each object.
      if (isMassChange(vanishing)) return [...vanishings, { ...vanishing, unasked: gone.length - place }];
      const { objects } = await reader.list(query(key), signal, { fresh: true, once: true, ...read });
      const object = objects?.[0];
      const { unexplained, contradicted = 0 } = vanishing;
      if (!object) vanishing = { ...vanishing, unexplained: unexplained + 1 };
      // Still there: it left the selector (a label, a CEL rule), which is a fact of its own; or the list was not complete.
      else if (selects(index, object)) vanishing = { ...vanishing, contradicted: contradicted + 1 };
    }
    vanishings.push(vanishing);
    if (isMassChange(vanishing)) return vanishings;
  }
  return vanishings;
}
