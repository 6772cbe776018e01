/**
 * The API server's audit log against Roles: what an identity was denied, and which of its rights it never used. A right is one
 * verb on one resource (of one name, where a rule names some) in one Role.
 */
import { WHOLE_LOG } from "./audit.ts";
import { describeRight, type Right, type RightVerb } from "../../src/api/right.ts";

/** One request that the identity has made. */
export interface Use extends Omit<Right, "verb"> {
  readonly verb: string;
  readonly code: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A Role or ClusterRole as the API server has it. */
export interface RoleManifest {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** Flags for kube-apiserver that log every request of a user, reads too, and the file that it then writes. */
export async function auditOf(user: string): Promise<{ args: string[]; log: string; remove: () => Promise<void> }> {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-audit-" });
  const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - { level: Metadata, users: ["${user}"] }
  - { level: None }
`;
  await Deno.writeTextFile(`${folder}/policy.yaml`, policy);
  const log = `${folder}/audit.log`;
  return {
    args: [
      ...WHOLE_LOG,
      "--audit-policy-file",
      `${folder}/policy.yaml`,
      "--audit-log-path",
      log,
      "--audit-log-mode",
      "blocking",
    ],
    log,
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The requests since `from` (milliseconds since 1970); those that are about no resource (discovery) are left out. */
export async function readUses(log: string, from = 0): Promise<Use[]> {
  const text = await Deno.readTextFile(log).catch(() => "");
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line !== "").flatMap(usesOf)
    .filter(({ at }) => at >= from);
}

function usesOf(line: string): Use[] {
  const { verb, objectRef, responseStatus, requestReceivedTimestamp } = JSON.parse(line);
  if (objectRef?.resource === undefined) return [];
  const { apiGroup = "", resource, subresource, namespace, name } = objectRef;
  // The API calls a namespace's own name its namespace.
  const isNamespace = apiGroup === "" && resource === "namespaces";
  const use: Use = {
    verb,
    group: apiGroup,
    resource: subresource ? `${resource}/${subresource}` : resource,
    ...(namespace && !isNamespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    code: responseStatus?.code ?? 0,
    at: Date.parse(requestReceivedTimestamp),
  };
  // An apply that makes the object takes the right to create as well, of which the log says nothing.
  return verb === "patch" && use.code === 201 ? [use, { ...use, verb: "create" }] : [use];
}

/** What was denied, each once. */
export function denied(uses: readonly Use[]): string[] {
  return distinct(uses.filter(({ code }) => code === 403 || code === 401));
}

/** The rights of the Roles that no request has used, each once. */
export function unused(roles: readonly RoleManifest[], uses: readonly Use[]): string[] {
  const rights = roles.flatMap(rightsOf);
  const local = rights.filter(({ namespace }) => namespace !== undefined);
  const left = rights.filter((right) =>
    !uses.some((use) =>
      isUseOf(use, right) &&
      // What a Role of the namespace allows is no use of the ClusterRole.
      (right.namespace !== undefined || !local.some((other) => isUseOf(use, other)))
    )
  );
  return distinct(left);
}

/** What the Roles allow, each once. */
export function allowed(roles: readonly RoleManifest[]): string[] {
  return distinct(roles.flatMap(rightsOf));
}

function rightsOf({ metadata: { namespace }, rules }: RoleManifest): Right[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb): Right => ({
            verb: verb as RightVerb,
            group,
            resource,
            ...(namespace === undefined ? {} : { namespace }),
            ...(name === undefined ? {} : { name }),
          }))
        )
      )
    )
  );
}

function isUseOf(use: Use, right: Right): boolean {
  return use.verb === right.verb && use.group === right.group && use.resource === right.resource &&
    (right.namespace === undefined || right.namespace === use.namespace) &&
    (right.name === undefined || right.name === use.name) && use.code !== 403;
}

function distinct(rights: readonly (Omit<Right, "verb"> & { readonly verb: string })[]): string[] {
  return [...new Set(rights.map((right) => describeRight(right as Right)))].sort();
}
