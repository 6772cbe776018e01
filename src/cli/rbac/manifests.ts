/** Roles and their bindings as manifests: YAML that says of each rule whom it is for, or JSON; kubectl applies both. Pure. */
import type { JsonObject } from "../../json/json.ts";
import { stringifyJson } from "../../json/json.ts";
import { DEFAULT_INSTANCE } from "../../reconcile/marks.ts";
import type { Needs } from "./needs.ts";
import type { RoleOf, RoleRule } from "./roles.ts";

/** Who is to have the rights. */
export interface RoleSubject {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly instance: string;
}

const RBAC_GROUP = "rbac.authorization.k8s.io";
/** So many reasons of one rule are named. */
const MAX_WHYS = 8;

/** A List for `kubectl apply`. */
export function rolesJson(roles: readonly RoleOf[], subject: RoleSubject): string {
  const items = roles.flatMap((role): JsonObject[] => {
    const metadata = metadataOf(role, subject);
    const roleRef = { apiGroup: RBAC_GROUP, kind: kindOf(role), name: roleName(subject) };
    const subjects = [{ kind: "ServiceAccount", name: subject.serviceAccount, namespace: subject.namespace }];
    return [
      { apiVersion: `${RBAC_GROUP}/v1`, kind: kindOf(role), metadata, rules: role.rules.map(ruleOf) },
      { apiVersion: `${RBAC_GROUP}/v1`, kind: `${kindOf(role)}Binding`, metadata, roleRef, subjects },
    ];
  });
  return `${stringifyJson({ apiVersion: "v1", kind: "List", items }, 2)}\n`;
}

/** The same with comments. */
export function rolesYaml(roles: readonly RoleOf[], subject: RoleSubject, { triggers, problems }: Needs): string {
  const head = [
    `# Made by "moonferry rbac": the least rights for ${
      triggers.length === 0 ? "no EventTrigger" : `EventTrigger ${triggers.join(", ")}`
    }.`,
    "# What is served (discovery) is read by whoever may sign in: system:discovery, which is there by itself.",
    ...problems.flatMap((problem) => commented(`!! Maybe incomplete: ${problem}`)),
  ];
  return `${head.join("\n")}\n${roles.map((role) => documents(role, subject)).join("")}`;
}

function documents(role: RoleOf, subject: RoleSubject): string {
  const kind = kindOf(role);
  const top = (of: string) => [
    "---",
    `apiVersion: ${RBAC_GROUP}/v1`,
    `kind: ${of}`,
    "metadata:",
    `  name: ${scalar(roleName(subject))}`,
    ...(role.namespace === undefined ? [] : [`  namespace: ${scalar(role.namespace)}`]),
    "  labels:",
    ...Object.entries(labelsOf(subject)).map(([key, value]) => `    ${key}: ${scalar(value)}`),
  ];
  return [
    ...top(kind),
    "rules:",
    ...role.rules.flatMap((rule) => ruleLines(rule, role)),
    ...top(`${kind}Binding`),
    "roleRef:",
    `  apiGroup: ${RBAC_GROUP}`,
    `  kind: ${kind}`,
    `  name: ${scalar(roleName(subject))}`,
    "subjects:",
    "  - kind: ServiceAccount",
    `    name: ${scalar(subject.serviceAccount)}`,
    `    namespace: ${scalar(subject.namespace)}`,
    "",
  ].join("\n");
}

function ruleLines(rule: RoleRule, { namespace }: RoleOf): string[] {
  const { group, resource, names, verbs, whys, wide } = rule;
  const reasons = whys.length > MAX_WHYS
    ? [...whys.slice(0, MAX_WHYS), `and ${whys.length - MAX_WHYS} more`]
    : [...whys];
  const isEverySecret = group === "" && resource === "secrets" && namespace === undefined && !names;
  const loud = [
    ...(isEverySecret ? ["!! Whoever holds this ServiceAccount's token has every Secret of the cluster."] : []),
    ...(wide.length > 0 ? ["!! In ALL namespaces, and need not be:", ...wide.slice(0, MAX_WHYS)] : []),
  ];
  return [
    ...[...loud, ...reasons].flatMap((text) => commented(text)).map((line) => `  ${line}`),
    `  - apiGroups: [${scalar(group)}]`,
    `    resources: [${scalar(resource)}]`,
    ...(names ? ["    resourceNames:", ...names.map((name) => `      - ${scalar(name)}`)] : []),
    `    verbs: [${verbs.join(", ")}]`,
  ];
}

/** No text may end its comment. */
function commented(text: string): string[] {
  return text.split(/[\r\n\u0085\u2028\u2029]+/).map((line) => `# ${line}`);
}

function ruleOf({ group, resource, names, verbs }: RoleRule): JsonObject {
  return {
    apiGroups: [group],
    resources: [resource],
    ...(names ? { resourceNames: [...names] } : {}),
    verbs: [...verbs],
  };
}

function metadataOf({ namespace }: RoleOf, subject: RoleSubject): JsonObject {
  return { name: roleName(subject), ...(namespace === undefined ? {} : { namespace }), labels: labelsOf(subject) };
}

/** By which Roles that are not needed any more are found. */
function labelsOf({ instance }: RoleSubject): Record<string, string> {
  return { "app.kubernetes.io/name": "moonferry", "app.kubernetes.io/instance": instance };
}

function kindOf({ namespace }: RoleOf): "ClusterRole" | "Role" {
  return namespace === undefined ? "ClusterRole" : "Role";
}

function roleName({ instance }: RoleSubject): string {
  return instance === DEFAULT_INSTANCE ? "moonferry" : `moonferry-${instance}`;
}

/** Plain where YAML reads the text as that text, quoted elsewhere. */
function scalar(text: string): string {
  const isPlain = /^[a-z]([a-z0-9./-]*[a-z0-9])?$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/.test(text);
  return isPlain ? text : JSON.stringify(text);
}
