/** Kubernetes objects as they come and go: their identity, their metadata, and what the API server accepts as a name. */
import { compareBytes, field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";

/** An object with the three fields that every Kubernetes object has. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: JsonObject;
}

/** Names one object. `namespace` is empty for cluster-scoped ones. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function nameOf(object: JsonObject): string {
  return text(fieldAt(object, "metadata", "name"));
}

/** Empty where the object has none. */
export function namespaceOf(object: JsonObject): string {
  return text(fieldAt(object, "metadata", "namespace"));
}

export function uidOf(object: JsonObject): string | undefined {
  return text(fieldAt(object, "metadata", "uid")) || undefined;
}

export function resourceVersionOf(object: JsonObject): string | undefined {
  return text(fieldAt(object, "metadata", "resourceVersion")) || undefined;
}

/** Whether one resourceVersion is older than another; false where they can't be compared. */
export function isOlderVersion(version: string, other: string): boolean {
  const digits = /^\d{1,30}$/;
  return digits.test(version) && digits.test(other) && BigInt(version) < BigInt(other);
}

/** Whether both are one object in one version, as far as they say: of files neither says anything. */
export function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  return uidOf(a) === uidOf(b) && resourceVersionOf(a) === resourceVersionOf(b);
}

export function labelsOf(object: JsonObject): Record<string, string> {
  return stringMap(fieldAt(object, "metadata", "labels"));
}

export function annotationsOf(object: JsonObject): Record<string, string> {
  return stringMap(fieldAt(object, "metadata", "annotations"));
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** A map without a prototype, so that no key of the user's can reach one; entries that are no strings are left out. */
function stringMap(value: Json | undefined): Record<string, string> {
  const map: Record<string, string> = Object.create(null);
  if (!isJsonObject(value)) return map;
  for (const key of Object.keys(value)) {
    const entry = value[key];
    if (typeof entry === "string") map[key] = entry;
  }
  return map;
}

/** Labels by which Sveltos's tenants make it read and write with the rights of a ServiceAccount of theirs. */
const TENANT_LABELS = [
  ...["projectsveltos.io/serviceaccount-name", "projectsveltos.io/serviceaccount-namespace"],
  ...["projectsveltos.io/admin-name", "projectsveltos.io/admin-namespace"],
];

/** The label that asks for a tenant's rights, and why it is refused; undefined where there is none. */
export function refuseTenant(object: JsonObject): { field: string; problem: string } | undefined {
  const labels = labelsOf(object);
  const label = TENANT_LABELS.find((key) => labels[key] !== undefined);
  if (label === undefined) return undefined;
  const problem = "a tenant's ServiceAccount is not supported: what it may not do would be done with Moonferry's own " +
    "rights. Run a Moonferry with that tenant's rights, or take the label off";
  return { field: `metadata.labels["${label}"]`, problem };
}

/** The identity of an object; parts that are missing (synthetic objects need none but kind) are empty. */
export function objectRef(object: JsonObject): ObjectRef {
  return {
    apiVersion: text(field(object, "apiVersion")),
    kind: text(field(object, "kind")),
    namespace: namespaceOf(object),
    name: nameOf(object),
  };
}

/** `` for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

/** `Secret`, `ClusterProfile.multicluster.x-k8s.io`. */
export function qualifiedKind(ref: Pick<ObjectRef, "apiVersion" | "kind">): string {
  const group = groupOf(ref.apiVersion);
  return group === "" ? ref.kind : `${ref.kind}.${group}`;
}

/** Equal for refs of the same object, whichever version they speak of. */
export function objectKey(ref: ObjectRef): string {
  return `${qualifiedKind(ref)} ${ref.namespace}/${ref.name}`;
}

/** `Secret team-a/x`, `Namespace x`. */
export function formatRef(ref: ObjectRef): string {
  return inOneLine(`${ref.kind} ${ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`}`);
}

/** A name in a message: a script, or a mark that somebody forged, may have put anything into it, such as more lines. */
export function inOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd");
}

/**
 * The order of the API's lists: the bytes of the etcd key `<namespace>/<name>`, so that namespace `a-b` comes before `a`
 * (`-` sorts before `/`).
 */
export function compareObjects(a: JsonObject, b: JsonObject): number {
  return compareBytes(`${namespaceOf(a)}/${nameOf(a)}`, `${namespaceOf(b)}/${nameOf(b)}`);
}

const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`);
const LABEL = new RegExp(`^${DNS_LABEL}$`);
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Why the text can't be an object's name (RFC 1123 subdomain, as most kinds want it); undefined where it can. */
export function validateName(name: string): string | undefined {
  if (name === "") return "required";
  if (name.length > 253) return `${name.length} characters, more than 253`;
  if (SUBDOMAIN.test(name)) return undefined;
  return "must be lower-case letters, digits, - and ., and begin and end with a letter or digit (RFC 1123)";
}

/** Why the text can't be a namespace's name (RFC 1123 label). */
export function validateNamespace(name: string): string | undefined {
  if (name.length > 63) return `${name.length} characters, more than 63`;
  if (LABEL.test(name)) return undefined;
  return "must be lower-case letters, digits and -, and begin and end with a letter or digit (RFC 1123)";
}

/**
 * Why no object of any kind can be called so (Kubernetes' rule for a segment of a path); undefined where one can. Names of some
 * kinds are no {@link validateName RFC 1123 subdomains}: `system:node`.
 */
export function validatePathSegment(name: string): string | undefined {
  if (name === "." || name === ".." || /[/%]/.test(name)) return "must not be . or .., and must not hold / or %";
  return name.isWellFormed() ? undefined : "must be Unicode text";
}

/** Why the text can't be the key of a label or annotation. */
export function validateLabelKey(key: string): string | undefined {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && validateName(prefix)) return `prefix ${validateName(prefix)}`;
  if (name === "" || name.includes("/")) return "must be a name, or a prefix, / and a name";
  if (name.length > 63) return `${name.length} characters after the prefix, more than 63`;
  return QUALIFIED_NAME.test(name)
    ? undefined
    : "must be letters, digits, -, _ and ., and begin and end with a letter or digit";
}

/** Why the text can't be the value of a label. */
export function validateLabelValue(value: string): string | undefined {
  if (value === "") return undefined;
  if (value.length > 63) return `${value.length} characters, more than 63`;
  return QUALIFIED_NAME.test(value)
    ? undefined
    : "must be letters, digits, -, _ and ., and begin and end with a letter or digit";
}

/** Metadata that only the API server or other controllers may set. */
export const SERVER_METADATA = [
  "ownerReferences",
  "managedFields",
  "uid",
  "resourceVersion",
  "finalizers",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "selfLink",
  "generateName",
];
