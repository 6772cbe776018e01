/** What calls take in rights, against the calls that are made: the client's own requests, noted by a server that answers all. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { ANY, describeRight, type ResourceKind, type Right } from "../../src/api/right.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import type { ObjectQuery } from "../../src/reconcile/reader.ts";
import { KubeApplier, rightsToWrite } from "../../src/kube/apply.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { KubeLease, rightsToLead } from "../../src/kube/lease.ts";
import { rightsToRead } from "../../src/kube/reader.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, serveHttp } from "./protocol_server.ts";

const SECRETS: ResourceKind = { group: "", plural: "secrets", namespaced: true };
const CLUSTERS: ResourceKind = { group: "cluster.x-k8s.io", plural: "clusters", namespaced: true };
const TRIGGERS: ResourceKind = { group: "lib.projectsveltos.io", plural: "eventtriggers", namespaced: false };
const signal = new AbortController().signal;

const described = (rights: readonly Right[]) => [...new Set(rights.map(describeRight))].sort();

const READS: readonly {
  readonly name: string;
  readonly kind: ResourceKind;
  readonly query: Partial<ObjectQuery>;
  readonly once?: boolean;
  readonly rights: readonly string[];
}[] = [
  {
    name: "a selector",
    kind: SECRETS,
    query: { namespace: "in", labelSelector: "a" },
    rights: ["list secrets in namespace in", "watch secrets in namespace in"],
  },
  {
    name: "a selector of all namespaces",
    kind: SECRETS,
    query: { labelSelector: "a" },
    rights: ["list secrets", "watch secrets"],
  },
  {
    name: "one object, watched",
    kind: SECRETS,
    query: { namespace: "in", name: "x" },
    rights: [
      'get secrets "x" in namespace in',
      'list secrets "x" in namespace in',
      'watch secrets "x" in namespace in',
    ],
  },
  {
    name: "one object of any name, asked once",
    kind: SECRETS,
    query: { namespace: "in", name: ANY },
    once: true,
    rights: ["get secrets in namespace in"],
  },
  {
    name: "one object of any namespace and name",
    kind: SECRETS,
    query: { namespace: ANY, name: ANY },
    once: true,
    rights: ["get secrets"],
  },
  {
    name: "a name with labels is a list",
    kind: SECRETS,
    query: { namespace: "in", name: "x", labelSelector: "a" },
    once: true,
    rights: ['list secrets "x" in namespace in'],
  },
  {
    name: "a kind with a definition",
    kind: CLUSTERS,
    query: { group: "cluster.x-k8s.io", kind: "Cluster", namespace: "in" },
    rights: [
      'get customresourcedefinitions.apiextensions.k8s.io "clusters.cluster.x-k8s.io"',
      "list clusters.cluster.x-k8s.io in namespace in",
      "watch clusters.cluster.x-k8s.io in namespace in",
    ],
  },
  {
    name: "triggers are watched as a whole",
    kind: TRIGGERS,
    query: { group: "lib.projectsveltos.io", kind: "EventTrigger", name: "t" },
    rights: [
      'get customresourcedefinitions.apiextensions.k8s.io "eventtriggers.lib.projectsveltos.io"',
      'get eventtriggers.lib.projectsveltos.io "t"',
      "list eventtriggers.lib.projectsveltos.io",
      "watch eventtriggers.lib.projectsveltos.io",
    ],
  },
];

for (const { name, kind, query, once, rights } of READS) {
  Deno.test(`rights to read: ${name}`, () => {
    const asked = { group: "", version: "v1", kind: "Secret", ...query };
    assert.deepEqual(described(rightsToRead(kind, asked, { once })), [...rights].sort());
  });
}

const VERBS = { GET: "get", POST: "create", PATCH: "patch", DELETE: "delete" } as const;
const METADATA = { namespace: "out", name: "x", uid: "u", resourceVersion: "1" };
const BY_UPDATE = [{ manager: "moonferry", operation: "Update" }];
const DISCOVERED = {
  kind: "APIResourceList",
  resources: [
    { name: "secrets", kind: "Secret", namespaced: true, verbs: ["get"] },
    { name: "secrets/status", kind: "Secret", namespaced: true, verbs: ["patch"] },
  ],
};

/** Every write of the work as a right; the server has an object at each place, booked as ours by update. */
async function callsOf(work: (client: KubeClient) => Promise<unknown>): Promise<string[]> {
  const calls = new Set<string>();
  await using server = serveHttp(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/v1") return json(DISCOVERED);
    const [, plural, , subresource] = /\/namespaces\/out\/([a-z]+)(?:\/([^/]+)(?:\/([a-z]+))?)?$/.exec(pathname) ?? [];
    calls.add(`${VERBS[request.method as keyof typeof VERBS]} ${plural}${subresource ? `/${subresource}` : ""}`);
    await request.body?.cancel();
    const metadata = { ...METADATA, managedFields: BY_UPDATE };
    return json({ apiVersion: "v1", kind: "Secret", metadata, data: { foreign: "eA==" } });
  });
  const client = new KubeClient(server.connection, { clock: new FakeClock() });
  await work(client);
  client.close();
  return [...calls].sort();
}

const plain = (rights: readonly Right[]) =>
  [...new Set(rights.map(({ verb, resource }) => `${verb} ${resource}`))].sort();

Deno.test("rights to write are those of the calls that changes make, no more and no fewer", async () => {
  const desired: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "out", name: "x" }, data: {} };
  const live = (managedFields = BY_UPDATE): KubeObject => ({ ...desired, metadata: { ...METADATA, managedFields } });
  const target = { apiVersion: "v1", kind: "Secret", namespace: "out", name: "x" };
  const origin = { trigger: "t", template: target, key: "k" };
  const base = { target, origin, because: [], after: [], step: 0 };
  const changes: Change[] = [
    { ...base, action: "create", desired, subresources: ["status"] },
    { ...base, action: "update", desired, live: live() },
    { ...base, action: "update", release: true, live: live() },
    // It has lost our field manager.
    { ...base, action: "delete", live: live([]) },
  ];
  const calls = await callsOf(async (client) => {
    const applier = new KubeApplier(client, new Discovery(client, new FakeClock()));
    for (const change of changes) assert.notEqual((await applier.apply(change, signal)).status, "failed");
  });
  assert.deepEqual(calls, plain(rightsToWrite(SECRETS, { namespace: "out" }, { subresources: ["status"] })));
  const unowned = await callsOf(async (client) => {
    const applier = new KubeApplier(client, new Discovery(client, new FakeClock()));
    await applier.apply({ ...base, action: "create", desired, unowned: true }, signal);
  });
  assert.deepEqual(unowned, plain(rightsToWrite(SECRETS, { namespace: "out" }, { unowned: true })));
});

Deno.test("rights to lead are those of the calls that a lease makes", async () => {
  const record = { holder: "h", durationSeconds: 15, acquireTime: "", renewTime: "", transitions: 0 };
  const calls = await callsOf(async (client) => {
    const lease = new KubeLease(client, "out", "moonferry");
    await lease.read(signal);
    await lease.create(record, signal);
    await lease.update({ record, resourceVersion: "1" }, record, signal);
  });
  const rights = rightsToLead("out", "moonferry");
  assert.deepEqual(calls, plain(rights));
  assert.deepEqual(described(rights), [
    "create leases.coordination.k8s.io in namespace out",
    'get leases.coordination.k8s.io "moonferry" in namespace out',
    'patch leases.coordination.k8s.io "moonferry" in namespace out',
  ]);
});
