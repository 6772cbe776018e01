/**
 * When objects were last changed, by the API server's own book-keeping, for the question whether anything has changed since an
 * output was written: where nothing has, it is the program that renders differently. Pure.
 */
import { type KubeObject, objectKey, objectRef } from "../api/object.ts";
import { field, fieldAt, isJsonObject, type Json } from "../json/json.ts";
import type { TemplateWorld } from "../template/mod.ts";
import { ADOPT_ANNOTATION, CONFIRM_ANNOTATION, FIELD_MANAGER, SUSPEND_ANNOTATION } from "./marks.ts";
import type { SelectorListing } from "./snapshot.ts";

/** When what a plan is made of was last changed, in milliseconds since 1970. */
export interface InputTimes {
  /** The trigger, its source, its templates and all that they name; Infinity where that is not known. */
  readonly program: number;
  /** Selector by selector, object by object. */
  readonly selected: readonly (readonly number[])[];
}

/** The times of all that was read: what no selector gave is part of the program. */
export function inputTimesOf(read: Iterable<KubeObject>, listings: readonly SelectorListing[]): InputTimes {
  const selected = new Set(listings.flatMap(({ objects }) => objects).map((object) => objectKey(objectRef(object))));
  let program = 0;
  for (const object of read) {
    if (!selected.has(objectKey(objectRef(object)))) program = Math.max(program, changedAt(object));
  }
  return { program, selected: listings.map(({ objects }) => objects.map(changedAt)) };
}

/** When anything but a status, or a word for us, was last written; Infinity where nothing says (a file). */
export function changedAt(object: KubeObject): number {
  const times = entriesOf(object).filter((entry) => !field(entry, "subresource") && !isWordForUs(entry)).map(timeOf);
  const created = Date.parse(String(fieldAt(object, "metadata", "creationTimestamp")));
  const latest = Math.max(created, ...times);
  return Number.isNaN(latest) ? Infinity : latest;
}

/** When we wrote the object, where nobody else has written to it since; undefined where somebody has, or nothing says. */
export function writtenAt(output: KubeObject): number | undefined {
  const entries = entriesOf(output).filter((entry) => !field(entry, "subresource"));
  const isOurs = (entry: Json) => field(entry, "manager") === FIELD_MANAGER;
  const latest = (of: Json[]) => Math.max(-Infinity, ...of.map(timeOf));
  const ours = latest(entries.filter(isOurs)), theirs = latest(entries.filter((entry) => !isOurs(entry)));
  return Number.isFinite(ours) && ours > theirs ? ours : undefined;
}

/** When we last wrote the object, whoever else has since; undefined where nothing says (a file, a backup). */
export function lastWrittenAt(output: KubeObject): number | undefined {
  const times = entriesOf(output).filter((entry) => field(entry, "manager") === FIELD_MANAGER).map(timeOf);
  const last = Math.max(-Infinity, ...times);
  return Number.isFinite(last) ? last : undefined;
}

/** Whether the entry is of annotations alone that tell us what to do: a hash that confirms another plan changes no input. */
function isWordForUs(entry: Json): boolean {
  const only = (node: Json | undefined, name: string) =>
    isJsonObject(node) && Object.keys(node).every((key) => key === name) ? field(node, name) : undefined;
  const annotations = only(only(field(entry, "fieldsV1"), "f:metadata"), "f:annotations");
  return isJsonObject(annotations) && Object.keys(annotations).every((key) => key === "." || WORDS.has(key));
}

const WORDS = new Set([CONFIRM_ANNOTATION, SUSPEND_ANNOTATION, ADOPT_ANNOTATION].map((key) => `f:${key}`));

function entriesOf(object: KubeObject): Json[] {
  const entries = fieldAt(object, "metadata", "managedFields");
  return Array.isArray(entries) ? entries : [];
}

function timeOf(entry: Json): number {
  return Date.parse(String(field(entry, "time")));
}

/** A world that remembers whether it was asked: what depends on time or chance changes by itself. */
export class WatchedWorld implements TemplateWorld {
  /** How often. */
  asked = 0;

  constructor(readonly world: TemplateWorld) {}

  get wasAsked(): boolean {
    return this.asked > 0;
  }

  now(): Date {
    this.asked++;
    return this.world.now();
  }

  randomBytes(count: number): Uint8Array {
    this.asked++;
    return this.world.randomBytes(count);
  }
}
