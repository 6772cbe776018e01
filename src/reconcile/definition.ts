/** The definition of EventTrigger: when it was made tells whether triggers that are gone may have gone with the one before. */
import { fieldAt } from "../json/json.ts";
import { SVELTOS_GROUP } from "./clusters.ts";
import type { Failure } from "./errors.ts";
import type { ObjectQuery, ObjectReader } from "./reader.ts";
import { triggerQuery } from "./snapshot.ts";

/** Whoever watches EventTriggers may read it anyhow: each list of them looks whether it stands. */
function definitionQuery(): ObjectQuery {
  const name = `eventtriggers.${SVELTOS_GROUP}`;
  return { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", name };
}

/** In milliseconds since 1970; absent where it is of no concern (its deletion was seen, a folder). What can't be read is a failure: nothing is withdrawn. */
export async function readDefinedAt(
  trigger: string,
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<{ readonly definedAt?: number; readonly failures: readonly Failure[] }> {
  // Somebody has deleted it while its kind was served.
  if (await reader.sawDeletion?.(triggerQuery(trigger))) return { failures: [] };
  const { objects, unknown } = await reader.list(definitionQuery(), signal, { fresh: true, once: true });
  if (unknown) {
    const message =
      `EventTrigger ${trigger} is gone, and whether its definition is still the one that it had can't be ` +
      `read: ${unknown.message}`;
    return { failures: [{ stage: "read", reason: "LiveUnknown", cause: unknown.reason, message }] };
  }
  const definedAt = Date.parse(String(fieldAt(objects[0], "metadata", "creationTimestamp")));
  return { failures: [], ...(Number.isNaN(definedAt) ? {} : { definedAt }) };
}
