/** What is rendered once: a match or, with `oneForEvent: false`, all of them together, with the data that it is rendered for. */
import type { EventSource } from "../api/event_source.ts";
import type { EventTrigger } from "../api/event_trigger.ts";
import { formatRef, type KubeObject } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import { type ChangeCount, NIL_MAP, type TemplateData, templateData, valueFromJson } from "../template/mod.ts";
import type { Match, Matches } from "./aggregate.ts";
import type { Failure } from "./errors.ts";
import { TriggerFailure } from "./errors.ts";

export interface Subject {
  /** Absent where it stands for all matches together. */
  readonly match?: Match;
  readonly data: TemplateData;
}

export interface SubjectInput {
  readonly trigger: Pick<EventTrigger, "oneForEvent">;
  readonly source: Pick<EventSource, "collectResources">;
  readonly cluster: KubeObject;
  readonly matches: Matches;
}

/**
 * The subjects, with data made anew when it is first asked for: what a template changes in it is seen by the templates that
 * come after. `.Cluster` is one map for all of them, as in Sveltos; `changes` counts what they change in that.
 */
export function subjectsOf(
  { trigger, source, cluster, matches }: SubjectInput,
  changes: ChangeCount = { count: 0 },
): Subject[] {
  const Cluster = valueFromJson(cluster as JsonObject, "int64", changes);
  const resource = (match: Match) => valueFromJson(match.object, "float64");
  if (trigger.oneForEvent) {
    return matches.matches.map((match) =>
      new LazySubject(() =>
        templateData({
          Resource: source.collectResources ? resource(match) : NIL_MAP,
          MatchingResource: match.ref,
          Cluster,
        }), match)
    );
  }
  const data = templateData({
    Resources: source.collectResources ? matches.matches.map(resource) : [],
    MatchingResources: matches.matches.map(({ ref }) => ref),
    Cluster,
  });
  return [{ data }];
}

/** Of thousands of matches mostly a few are rendered. */
class LazySubject implements Subject {
  #data: TemplateData | undefined;

  constructor(readonly make: () => TemplateData, readonly match: Match) {}

  get data(): TemplateData {
    return this.#data ??= this.make();
  }
}

/** ` for Service a/b`, for messages; empty for all matches together. */
export function forMatch({ match }: Pick<Subject, "match">): string {
  return match ? ` for ${formatRef(match.ref)}` : "";
}

/** Something that is not there, or can't be used, and a subject that needs it. */
export interface Lack {
  readonly subject: Subject;
  /** Equal for the same thing, whoever needs it. */
  readonly key: string;
  readonly reason: string;
  /** Message up to and after the place where the match is named. */
  readonly before: string;
  readonly after: string;
  /** True where it is the subject's own fault: it concerns nobody else, be there no other. */
  readonly isOwn?: true;
}

/**
 * The failures for what is lacking: what every one of `subjects` needs concerns the trigger (unless it is the subjects' own
 * fault), anything else the matches that need it and nobody else.
 *
 * @throws {TriggerFailure} in the first case.
 */
export function failuresOf(lacks: readonly Lack[], subjects: readonly Subject[]): Failure[] {
  for (const [, group] of Map.groupBy(lacks, ({ key }) => key)) {
    if (group[0]!.isOwn) continue;
    if (new Set(group.map(({ subject }) => subject)).size < subjects.length) continue;
    const { reason, before, after } = group[0]!;
    throw new TriggerFailure("read", reason, `${before}${after}`);
  }
  return lacks.map(({ subject, reason, before, after }) => ({
    stage: "read",
    reason,
    message: `${before}${forMatch(subject)}${after}`,
    match: subject.match?.ref,
  }));
}
