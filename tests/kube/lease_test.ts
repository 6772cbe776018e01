/** Where Leases are and what they are called: valid names, one for each instance; an election in a Pod by itself. */
import assert from "node:assert/strict";
import { validateName } from "../../src/api/object.ts";
import { leaseNamespaceOf } from "../../src/kube/access.ts";
import { ConfigError, IN_CLUSTER } from "../../src/kube/config.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { KubeLease, leaseNameOf } from "../../src/kube/lease.ts";
import { json, serveHttp, status } from "./protocol_server.ts";

const LONG = "x".repeat(63);
const IDS = [
  "moonferry",
  "team-a",
  "Team-A",
  "team_a",
  "team.a",
  "team..a",
  "team.-a",
  "a",
  "A",
  "0",
  LONG,
  LONG.toUpperCase(),
];

Deno.test("every instance has a Lease of its own, with a valid name", () => {
  const names = IDS.map(leaseNameOf);
  for (const name of names) assert.equal(validateName(name), undefined, name);
  assert.equal(new Set(names).size, IDS.length);
  assert.deepEqual(names.slice(0, 2), ["moonferry", "moonferry-team-a"]);
});

Deno.test("no instance can be called so that it gets the Lease of another", () => {
  const taken = leaseNameOf("Team_A");
  assert.notEqual(leaseNameOf(taken.replace(/^moonferry-/, "")), taken);
});

const POD = { contextName: IN_CLUSTER, namespace: "moonferry" }, LAPTOP = { contextName: "kind", namespace: "dev" };

const PLACES = [
  { name: "in a Pod by itself, in the Pod's namespace", asked: {}, connection: POD, want: "moonferry" },
  { name: "in a Pod, in another namespace", asked: { namespace: "x" }, connection: POD, want: "x" },
  { name: "in a Pod, switched off", asked: { isWanted: false, namespace: "x" }, connection: POD, want: undefined },
  { name: "not on a laptop", asked: {}, connection: LAPTOP, want: undefined },
  { name: "not on a laptop for a namespace alone", asked: { namespace: "x" }, connection: LAPTOP, want: undefined },
  { name: "on a laptop where asked for", asked: { isWanted: true, namespace: "x" }, connection: LAPTOP, want: "x" },
];

for (const { name, asked, connection, want } of PLACES) {
  Deno.test(`a leader is elected ${name}`, () => assert.equal(leaseNamespaceOf(asked, connection), want));
}

Deno.test("an election on a laptop needs a namespace", () => {
  assert.throws(() => leaseNamespaceOf({ isWanted: true }, LAPTOP), ConfigError);
});

Deno.test("a Lease that may not be read says which rule of which Role is missing", async () => {
  await using server = serveHttp(() => json(status(403, "Forbidden", "leases is forbidden"), 403));
  const client = new KubeClient(server.connection);
  const answer = await new KubeLease(client, "mgmt", "moonferry").read(new AbortController().signal);
  assert.equal(answer.state, "refused");
  const { message } = answer as { message: string };
  assert.match(
    message,
    /get leases\S* mgmt\/moonferry.*needs this rule in a Role of namespace mgmt, bound to this identity:/,
  );
  assert.match(
    message,
    /apiGroups: \[coordination\.k8s\.io\]\n +resources: \[leases\]\n +verbs: \[get, create, patch\]/,
  );
  client.close();
});
