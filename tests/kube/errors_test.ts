import assert from "node:assert/strict";
import { apiErrorFrom, type RequestTarget } from "../../src/kube/errors.ts";
import { status } from "./protocol_server.ts";

const APPLY: RequestTarget = { verb: "apply", resource: "secrets", namespace: "team-a", name: "c1" };
const LIST: RequestTarget = { verb: "list", resource: "clusters.cluster.x-k8s.io", namespace: "mgmt" };
const GET: RequestTarget = { verb: "get", resource: "secrets", namespace: "team-a", name: "c1" };
const CANARY = "TOPSECRET";

// The bodies are those of kube-apiserver 1.36, shortened.
const rows: {
  name: string;
  target: RequestTarget;
  code: number;
  reason: string;
  message: string;
  details?: unknown;
  want: string;
}[] = [
  {
    name: "a typed patch that fails quotes the Secret",
    target: APPLY,
    code: 500,
    reason: "",
    message:
      `failed to create typed patch object (team-a/c1; /v1, Kind=Secret): .data.config: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"client-key-data":"${CANARY}"}}`,
    want: "cannot apply secrets team-a/c1: error (500): .data.config has a value of the wrong type",
  },
  {
    name: "an undecodable object quotes it",
    target: APPLY,
    code: 400,
    reason: "BadRequest",
    message: `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 3: ${CANARY}`,
    want: "cannot apply secrets team-a/c1: BadRequest (400)",
  },
  {
    name: "an invalid object: the fields, not their values",
    target: APPLY,
    code: 422,
    reason: "Invalid",
    message: `Secret "c1" is invalid: data[config]: Invalid value: "${CANARY}": too long`,
    details: {
      name: "c1",
      kind: "Secret",
      causes: [{ reason: "FieldValueInvalid", message: `Invalid value: "${CANARY}"`, field: "data[config]" }],
    },
    want: "cannot apply secrets team-a/c1: invalid (422): data[config] (FieldValueInvalid)",
  },
  {
    name: "another field manager",
    target: APPLY,
    code: 409,
    reason: "Conflict",
    message: 'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.config',
    details: {
      causes: [{
        reason: "FieldManagerConflict",
        message: 'conflict with "kubectl" using v1 at 2026-01-01T00:00:00Z',
        field: ".data.config",
      }],
    },
    want: "cannot apply secrets team-a/c1: other field managers own .data.config (kubectl) (409)",
  },
  {
    name: "a precondition",
    target: { ...APPLY, verb: "delete" },
    code: 409,
    reason: "Conflict",
    message: "Precondition failed: UID in precondition: a, UID in object meta: b",
    want: "cannot delete secrets team-a/c1: it has changed, or is not the object that was meant (409)",
  },
  {
    name: "it exists",
    target: { ...APPLY, verb: "create" },
    code: 409,
    reason: "AlreadyExists",
    message: 'secrets "c1" already exists',
    want: "cannot create secrets team-a/c1: it exists already (409)",
  },
  {
    name: "a namespace that goes away",
    target: { ...APPLY, verb: "create" },
    code: 403,
    reason: "Forbidden",
    message:
      'secrets "c1" is forbidden: unable to create new content in namespace team-a because it is being terminated',
    details: { name: "c1", causes: [{ reason: "NamespaceTerminating", field: "metadata.namespace" }] },
    want: "cannot create secrets team-a/c1: its namespace is being deleted (403)",
  },
  {
    name: "no right to write",
    target: APPLY,
    code: 403,
    reason: "Forbidden",
    message: 'secrets "c1" is forbidden: User "x" cannot patch resource "secrets"',
    details: { name: "c1", kind: "secrets" },
    want:
      "cannot apply secrets team-a/c1: forbidden (403): it takes the right to patch (and create) secrets in namespace team-a",
  },
  {
    name: "a webhook says no, and quotes the object",
    target: APPLY,
    code: 403,
    reason: "Forbidden",
    message: `admission webhook "policy.example.com" denied the request: ${CANARY}`,
    details: { name: "c1" },
    want:
      "cannot apply secrets team-a/c1: forbidden (403): it takes the right to patch (and create) secrets in namespace " +
      'team-a: admission webhook "policy.example.com" denied the request',
  },
  {
    name: "a quota",
    target: { ...APPLY, verb: "create" },
    code: 403,
    reason: "Forbidden",
    message:
      'secrets "c1" is forbidden: exceeded quota: few-secrets, requested: count/secrets=1, used: count/secrets=5',
    details: { name: "c1" },
    want:
      "cannot create secrets team-a/c1: forbidden (403): it takes the right to create secrets in namespace team-a: " +
      "exceeded quota: few-secrets",
  },
  {
    name: "no right to read",
    target: LIST,
    code: 403,
    reason: "Forbidden",
    message: 'clusters.cluster.x-k8s.io is forbidden: User "x" cannot list resource "clusters" in the namespace "mgmt"',
    want: "cannot list clusters.cluster.x-k8s.io in namespace mgmt: forbidden (403): it takes the right to list " +
      'clusters.cluster.x-k8s.io in namespace mgmt: clusters.cluster.x-k8s.io is forbidden: User "x" cannot list resource ' +
      '"clusters" in the namespace "mgmt"',
  },
  {
    name: "a missing object",
    target: GET,
    code: 404,
    reason: "NotFound",
    message: 'secrets "c1" not found',
    details: { name: "c1", kind: "secrets" },
    want: 'cannot get secrets team-a/c1: not found (404): secrets "c1" not found',
  },
];

for (const { name, target, code, reason, message, details, want } of rows) {
  Deno.test(`error text: ${name}`, () => {
    const error = apiErrorFrom(code, JSON.stringify(status(code, reason, message, details)), null, target);
    assert.equal(error.message, want);
    assert.ok(!JSON.stringify(error).includes(CANARY) && !String(error).includes(CANARY));
    assert.deepEqual([error.status, error.reason], [code, reason]);
  });
}

Deno.test("error: a 404 of an object, of a kind, and of a path without a Status are told apart", () => {
  const object = apiErrorFrom(404, JSON.stringify(status(404, "NotFound", "", { name: "c1" })), null, GET);
  assert.ok(object.isObjectAbsent && !object.kindNotServed);
  const missing = "the server could not find the requested resource";
  const kind = apiErrorFrom(404, JSON.stringify(status(404, "NotFound", missing, {})), null, GET);
  assert.ok(kind.kindNotServed && !kind.isObjectAbsent);
  const path = apiErrorFrom(404, "404 page not found\n", null, LIST);
  assert.ok(path.kindNotServed);
  assert.equal(
    path.message,
    "cannot list clusters.cluster.x-k8s.io in namespace mgmt: not served by this API server (404): 404 page not found",
  );
});

Deno.test("error: what is read is limited and can't rewrite a terminal", () => {
  const message = `\u001b[31mred\r\n${"x".repeat(2000)}`;
  const error = apiErrorFrom(500, JSON.stringify(status(500, "InternalError", message)), null, LIST);
  assert.ok(error.message.length < 700, String(error.message.length));
  // deno-lint-ignore no-control-regex
  assert.ok(!/[\u0000-\u001f]/.test(error.message));
  const odd = apiErrorFrom(502, `<html>\u0007${"y".repeat(5000)}`, null, LIST);
  assert.ok(odd.message.length < 700);
});

Deno.test("error: Retry-After from the header or the Status", () => {
  const body = JSON.stringify(status(429, "TooManyRequests", "", { retryAfterSeconds: 3 }));
  assert.equal(apiErrorFrom(429, body, "8", LIST).retryAfter, 8);
  assert.equal(apiErrorFrom(429, body, null, LIST).retryAfter, 3);
  assert.equal(apiErrorFrom(503, "busy", "Wed, 21 Oct 2026 07:28:00 GMT", LIST).retryAfter, undefined);
});

Deno.test("error: causes carry type, field and manager, no text of the server", () => {
  const details = {
    causes: [{ reason: "FieldValueInvalid", message: CANARY, field: "a" }, { reason: 3, field: {} }, "odd", null],
  };
  const error = apiErrorFrom(422, JSON.stringify(status(422, "Invalid", CANARY, details)), null, APPLY);
  assert.deepEqual(error.causes, [
    { type: "FieldValueInvalid", field: "a" },
    { type: "", field: "" },
    { type: "", field: "" },
    { type: "", field: "" },
  ]);
});
