/** A kind that can be listed and watched, and stands; or why not. */
import type { Discovery } from "./discovery.ts";
import { describeQuery, type ReflectorQuery, type ReflectorUnknown } from "./reflector_state.ts";
import { qualifiedPlural, type ResourceType } from "./resource.ts";

/** The kind can't be listed, for now. */
export class KindError extends Error {
  override name = "KindError";
  constructor(readonly reason: ReflectorUnknown["reason"], message: string) {
    super(message);
  }
}

/**
 * How the kind of the query is served, if it can be listed and watched.
 *
 * @param fresh What discovery remembers is not taken for true.
 * @throws {KindError} where it can't; {@link ApiError} or {@link ConnectionError} where that can't be known.
 */
export async function resolveWatchable(
  discovery: Discovery,
  query: ReflectorQuery,
  signal: AbortSignal,
  fresh: boolean,
): Promise<ResourceType> {
  const answer = await discovery.resolve(query, signal, fresh);
  if (answer.state === "unknown") throw answer.error;
  if (answer.state === "not served") throw new KindError("KindNotServed", answer.message);
  const { type } = answer;
  const missing = ["list", "watch"].filter((verb) => !type.verbs.includes(verb));
  if (missing.length > 0) {
    throw new KindError(
      "BadRequest",
      `${qualifiedPlural(type)} can't be watched: the API has no ${missing.join(", ")}`,
    );
  }
  if (query.namespace && !type.namespaced) {
    throw new KindError("BadRequest", `${type.kind} is cluster-scoped; remove namespace "${query.namespace}"`);
  }
  return type;
}

/**
 * The identity of the kind, if it stands: one that changes when its definition was made anew.
 *
 * @throws as {@link resolveWatchable}
 */
export async function requireStanding(discovery: Discovery, type: ResourceType, signal: AbortSignal): Promise<string> {
  const standing = await discovery.standingOf(type, signal);
  switch (standing.state) {
    case "served":
      return standing.identity;
    case "unknown":
      throw standing.error;
    case "terminating":
      throw new KindError("KindTerminating", `the definition of ${qualifiedPlural(type)} is being deleted`);
    case "gone":
      throw new KindError("KindNotServed", `the definition of ${qualifiedPlural(type)} was deleted`);
  }
}

/** @throws {KindError} where the two identities are not those of one definition. */
export function requireSameDefinition(query: ReflectorQuery, before: string, after: string): void {
  if (before === after) return;
  throw new KindError("KindTerminating", `${describeQuery(query)}: its definition was deleted and made again`);
}
