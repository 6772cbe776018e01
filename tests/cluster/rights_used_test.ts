/** That the judge of rights finds what it is there to find: a right that was denied, and one that nobody used. */
import assert from "node:assert/strict";
import { denied, readUses, type RoleManifest, unused, type Use } from "../support/rights_used.ts";

const role = (
  verbs: string[],
  more: Partial<RoleManifest["rules"][number]> = {},
  namespace?: string,
): RoleManifest => ({
  kind: namespace === undefined ? "ClusterRole" : "Role",
  metadata: namespace === undefined ? {} : { namespace },
  rules: [{ apiGroups: [""], resources: ["secrets"], verbs, ...more }],
});
const use = (verb: string, more: Partial<Use> = {}): Use => ({
  verb,
  group: "",
  resource: "secrets",
  code: 200,
  at: 0,
  ...more,
});

const ROWS: readonly { name: string; roles: RoleManifest[]; uses: Use[]; unused: string[] }[] = [
  { name: "all is used", roles: [role(["get", "list"])], uses: [use("get"), use("list")], unused: [] },
  {
    name: "a verb too much",
    roles: [role(["get", "list"])],
    uses: [use("get"), use("watch")],
    unused: ["list secrets"],
  },
  {
    name: "a resource too much",
    roles: [role(["get"], { resources: ["secrets", "configmaps"] })],
    uses: [use("get")],
    unused: ["get configmaps"],
  },
  {
    name: "used in another namespace",
    roles: [role(["get"], {}, "a")],
    uses: [use("get", { namespace: "b" })],
    unused: ["get secrets in namespace a"],
  },
  {
    name: "a name too much",
    roles: [role(["get"], { resourceNames: ["x", "y"] }, "a")],
    uses: [use("get", { namespace: "a", name: "x" })],
    unused: ['get secrets "y" in namespace a'],
  },
  {
    name: "what a Role allows is no use of the ClusterRole",
    roles: [role(["get"]), role(["get"], {}, "a")],
    uses: [use("get", { namespace: "a" })],
    unused: ["get secrets"],
  },
  {
    name: "a request that was denied uses nothing",
    roles: [role(["get"])],
    uses: [use("get", { code: 403 })],
    unused: [
      "get secrets",
    ],
  },
  { name: "what is not found was allowed", roles: [role(["get"])], uses: [use("get", { code: 404 })], unused: [] },
  {
    name: "a subresource is a resource of its own",
    roles: [role(["patch"], { resources: ["secrets/status"] })],
    uses: [use("patch")],
    unused: ["patch secrets/status"],
  },
];

for (const { name, roles, uses, unused: wanted } of ROWS) {
  Deno.test(`rights judged: ${name}`, () => assert.deepEqual(unused(roles, uses), wanted));
}

Deno.test("what was denied is told once", () => {
  const uses = [use("list"), use("list", { code: 403, namespace: "a" }), use("list", { code: 403, namespace: "a" })];
  assert.deepEqual(denied(uses), ["list secrets in namespace a"]);
});

Deno.test("lines of the audit log: reads by name, applies that create, and nothing that is no resource", async () => {
  const log = await Deno.makeTempFile();
  try {
    const line = (verb: string, objectRef: unknown, code: number) =>
      JSON.stringify({ verb, objectRef, responseStatus: { code }, requestReceivedTimestamp: "2026-01-01T00:00:00.5Z" });
    await Deno.writeTextFile(
      log,
      [
        line("get", undefined, 200),
        line("get", { resource: "namespaces", namespace: "a", name: "a", apiVersion: "v1" }, 200),
        line("patch", { resource: "configmaps", namespace: "a", name: "x" }, 201),
        line("patch", { apiGroup: "g", resource: "things", subresource: "status", name: "x" }, 200),
        "half a line",
      ].join("\n"),
    );
    const uses = (await readUses(log)).map(({ at: _at, code: _code, ...rest }) => rest);
    assert.deepEqual(uses, [
      { verb: "get", group: "", resource: "namespaces", name: "a" },
      { verb: "patch", group: "", resource: "configmaps", namespace: "a", name: "x" },
      { verb: "create", group: "", resource: "configmaps", namespace: "a", name: "x" },
      { verb: "patch", group: "g", resource: "things/status", name: "x" },
    ]);
    assert.deepEqual(await readUses(log, Date.parse("2026-01-01T00:00:01Z")), []);
  } finally {
    await Deno.remove(log);
  }
});
