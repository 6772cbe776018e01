/**
 * What a trigger was computed from when its plan was last accepted, kept in memory so that the next plan can tell which
 * inputs vanished since, and why.
 */
import { createHash } from "node:crypto";
import type { EventSource, ResourceSelector } from "../api/event_source.ts";
import { type KubeObject, nameOf, namespaceOf, qualifiedKind } from "../api/object.ts";
import { canonicalJson } from "../json/json.ts";
import type { Vanishing } from "./gates/mass_change.ts";
import { matchKey } from "./origin.ts";
import { ownershipOf } from "./plan.ts";
import type { PausedMatches } from "./pause.ts";
import type { ObjectQuery, ObjectReader } from "./reader.ts";
import type { Selection } from "./select.ts";

export interface Generation {
  /** Changes with the EventSource's text: only generations of the same text can be compared input by input. */
  readonly program: string;
  /** By selector: `<namespace>/<name>` of each selected object. */
  readonly inputs: readonly ReadonlySet<string>[];
  readonly paused: PausedMatches;
  /** Matches that have had all their outputs, by {@link matchKey}. */
  readonly delivered: ReadonlySet<string>;
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
 * Counts what vanished. With a previous generation of the same text: inputs, selector by selector, those explained left
 * out. Otherwise (first run of the process, changed script): the matches that own outputs and are no more.
 *
 * @param selects Whether the selector of that index takes the object.
 */
export async function findVanishings(
  previous: Generation | undefined,
  current: { generation: Generation; selection: Selection } | undefined,
  matches: ReadonlySet<string>,
  owned: readonly KubeObject[],
  reader: ObjectReader,
  selects: (index: number, object: KubeObject) => boolean,
  signal: AbortSignal,
): Promise<Vanishing[]> {
  if (!previous || !current || previous.program !== current.generation.program) {
    const owners = new Set(owned.map((object) => matchKey(ownershipOf(object).origin)));
    const unexplained = [...owners].filter((owner) => !matches.has(owner)).length;
    return [{ what: "matches with outputs", before: owners.size, unexplained }];
  }
  const vanishings: Vanishing[] = [];
  for (const [index, before] of previous.inputs.entries()) {
    const now = current.generation.inputs[index];
    const gone = [...before].filter((key) => !now?.has(key));
    const { selector } = current.selection.selectors[index]!;
    let unexplained = Math.max(0, gone.length - MAX_EXPLAINED), contradicted = 0;
    for (const key of gone.slice(0, MAX_EXPLAINED)) {
      const [namespace, name] = key.split("/") as [string, string];
      const query = vanishedQuery(selector, namespace, name);
      if (await reader.sawDeletion?.(query)) continue;
      const listing = await reader.list(query, signal, { fresh: true, once: true });
      const object = listing.objects?.[0];
      if (!object) unexplained++;
      // Still there: it left the selector (a label, a CEL rule), which is a fact of its own; or the list was not complete.
      else if (selects(index, object)) contradicted++;
    }
    const apiVersion = selector.group === "" ? selector.version : `${selector.group}/${selector.version}`;
    const kind = qualifiedKind({ apiVersion, kind: selector.kind });
    vanishings.push({
      what: `${kind} objects of selector ${index + 1}`,
      before: before.size,
      unexplained,
      contradicted,
    });
  }
  return vanishings;
}
