/** Who asked for an object: the trigger, the match it was rendered for, and the template object and key it came from. */
import { field, isJsonObject, type Json } from "../json/json.ts";
import { formatRef, inOneLine, type ObjectRef, qualifiedKind } from "../api/object.ts";

export interface Origin {
  readonly trigger: string;
  /** Absent where all matches were rendered together (`oneForEvent: false`, or content that is no template). */
  readonly match?: ObjectRef;
  readonly template: ObjectRef;
  /** Empty where the whole object is rendered as one: a generator's source. */
  readonly key: string;
}

/** `ConfigMap mgmt/push-model key "secret.yaml"`, or `ConfigMap mgmt/source` where there is no key. */
export function formatContent({ template, key }: Pick<Origin, "template" | "key">): string {
  return key === "" ? formatRef(template) : inOneLine(`${formatRef(template)} key "${key}"`);
}

/** `EventTrigger push-model, InventorySecretTarget mgmt/c1--team-a, ConfigMap mgmt/push-model key "secret.yaml"`. */
export function formatOrigin(origin: Origin): string {
  const match = origin.match ? formatRef(origin.match) : "all matches";
  return `EventTrigger ${origin.trigger}, ${match}, ${formatContent(origin)}`;
}

/** Equal for equal origins; it names match and template in full. */
export function originKey(origin: Origin): string {
  let key = originKeys.get(origin);
  if (key === undefined) {
    key = JSON.stringify([origin.trigger, matchKey(origin), refParts(origin.template), origin.key]);
    originKeys.set(origin, key);
  }
  return key;
}

/**
 * Equal for outputs of one match, whichever version of its kind was selected when they were written; `all` for those of all
 * matches together.
 */
export function matchKey({ match }: Pick<Origin, "match">): string {
  if (!match) return "all";
  let key = matchKeys.get(match);
  // Its parts may be any text of a script's.
  if (key === undefined) {
    matchKeys.set(match, key = JSON.stringify([qualifiedKind(match), match.namespace, match.name]));
  }
  return key;
}

/** What was made already: a pass asks for each several times. */
const matchKeys = new WeakMap<ObjectRef, string>();
const originKeys = new WeakMap<Origin, string>();

function refParts(ref: ObjectRef): string[] {
  return [ref.apiVersion, ref.kind, ref.namespace, ref.name];
}

/** The text of the annotation `moonferry.dev/origin`: compact JSON, keys in a fixed order. */
export function encodeOrigin(origin: Origin): string {
  const reference = ({ apiVersion, kind, namespace, name }: ObjectRef) => ({ apiVersion, kind, namespace, name });
  return JSON.stringify({
    ...(origin.match ? { match: reference(origin.match) } : {}),
    template: reference(origin.template),
    key: origin.key,
  });
}

/** Reads the annotation back; undefined where it is not one of ours. */
export function decodeOrigin(trigger: string, text: string): Origin | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const template = decodeRef(field(value, "template"));
  const key = field(value, "key");
  const matchValue = field(value, "match");
  const match = matchValue === undefined ? undefined : decodeRef(matchValue);
  if (!template || typeof key !== "string" || (matchValue !== undefined && !match)) return undefined;
  return match ? { trigger, match, template, key } : { trigger, template, key };
}

function decodeRef(value: Json | undefined): ObjectRef | undefined {
  if (!isJsonObject(value)) return undefined;
  const part = (key: string) => {
    const text = field(value, key);
    return typeof text === "string" ? text : undefined;
  };
  const [apiVersion, kind, namespace, name] = ["apiVersion", "kind", "namespace", "name"].map(part);
  if (apiVersion === undefined || kind === undefined || namespace === undefined || name === undefined) return undefined;
  return { apiVersion, kind, namespace, name };
}
