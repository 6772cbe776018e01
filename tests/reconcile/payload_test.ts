/** What may be published as a kubeconfig (Decision 8), rule by rule and relaxation by relaxation. */
import assert from "node:assert/strict";
import { checkKubeconfigSecret, type KubeconfigRelaxation } from "../../src/reconcile/payload.ts";
import type { KubeObject } from "../../src/api/object.ts";

const GOOD = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://c.example.com:6443"}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
users: [{name: u, user: {token: made-up}}]
`;

function secret(text: string | Uint8Array, key = "config"): KubeObject {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { [key]: bytes.toBase64() } };
}

for (const key of ["config", "Config", "kubeconfig", "value"]) {
  Deno.test(`a kubeconfig under ${key} passes`, () => {
    assert.deepEqual(checkKubeconfigSecret(secret(GOOD, key)).problems, []);
  });
}

const change = (old: string, fresh: string) => {
  assert.ok(GOOD.includes(old));
  return GOOD.replace(old, fresh);
};

const ROWS: readonly { name: string; secret: KubeObject; reason: RegExp; relaxation?: KubeconfigRelaxation }[] = [
  { name: "no known key", secret: secret(GOOD, "other"), reason: /none of the keys config, Config, kubeconfig, value/ },
  { name: "empty", secret: secret(""), reason: /data\.config is empty/ },
  { name: "bytes", secret: secret(new Uint8Array([0xff, 0xfe, 0])), reason: /not text/ },
  { name: "not YAML", secret: secret("a: b\n  c: d\n"), reason: /not YAML/ },
  { name: "a text", secret: secret("hello"), reason: /not a map/ },
  {
    name: "cloud-config",
    secret: secret("## template: jinja\n#cloud-config\nruncmd:\n- kubeadm join\n"),
    reason: /kind must be Config/,
  },
  {
    name: "another kind",
    secret: secret(change("kind: Config", "kind: Secret")),
    reason: /kind must be Config \(its kind is Secret\)/,
  },
  { name: "no current context", secret: secret(change("current-context: x\n", "")), reason: /no current-context/ },
  {
    name: "a context that is not there",
    secret: secret(change("current-context: x", "current-context: other")),
    reason: /current-context is not among/,
  },
  {
    name: "a cluster that is not there",
    secret: secret(change("cluster: c, user", "cluster: d, user")),
    reason: /cluster of its current context/,
  },
  {
    name: "a user that is not there",
    secret: secret(change("user: u}", "user: v}")),
    reason: /user of its current context/,
  },
  { name: "no server", secret: secret(change('server: "https://c.example.com:6443"', "x: y")), reason: /no server/ },
  { name: "http", secret: secret(change("https:", "http:")), reason: /not https/, relaxation: "insecure-tls" },
  {
    name: "insecure",
    secret: secret(change("cluster: {server", "cluster: {insecure-skip-tls-verify: true, server")),
    reason: /insecure-skip-tls-verify/,
    relaxation: "insecure-tls",
  },
  {
    name: "exec",
    secret: secret(change("token: made-up", "exec: {command: sh}")),
    reason: /runs a program/,
    relaxation: "exec",
  },
  {
    name: "auth-provider",
    secret: secret(change("token: made-up", "auth-provider: {name: gcp}")),
    reason: /auth-provider/,
    relaxation: "auth-provider",
  },
  {
    name: "basic auth",
    secret: secret(change("token: made-up", "username: a, password: b")),
    reason: /basic auth/,
    relaxation: "basic-auth",
  },
  {
    name: "a token file",
    secret: secret(change("token: made-up", "tokenFile: /x")),
    reason: /files \(tokenFile\)/,
    relaxation: "files",
  },
  {
    name: "a kubeconfig in a ConfigMap",
    secret: { ...secret(GOOD), kind: "ConfigMap", data: { config: GOOD } },
    reason: /^a ConfigMap is no place for a credential/,
  },
  {
    name: "a CA file",
    secret: secret(change("cluster: {server", "cluster: {certificate-authority: /x, server")),
    reason: /files \(certificate-authority\)/,
    relaxation: "files",
  },
  {
    name: "exec of a user that is not the current one",
    secret: secret(change("users: [", "users: [{name: other, user: {exec: {command: sh}}}, ")),
    reason: /runs a program/,
    relaxation: "exec",
  },
];

for (const row of ROWS) {
  Deno.test(`held: ${row.name}`, () => {
    const { problems } = checkKubeconfigSecret(row.secret);
    assert.equal(problems.length, 1, JSON.stringify(problems));
    assert.match(problems[0]!.reason, row.reason);
    assert.equal(problems[0]!.relaxation, row.relaxation);
    assert.doesNotMatch(problems[0]!.reason, /made-up|example\.com|kubeadm/, "no byte of the Secret");
  });
}

Deno.test("a certificate that can't be parsed only warns", () => {
  const { problems, warnings } = checkKubeconfigSecret(
    secret(change("token: made-up", "client-certificate-data: eA==")),
  );
  assert.deepEqual(problems, []);
  assert.equal(warnings.length, 1);
});

Deno.test("every key that is there is checked", () => {
  const good = secret(GOOD).data as Record<string, string>;
  const both = { ...secret(GOOD), data: { ...good, value: "eA==" } };
  assert.equal(checkKubeconfigSecret(both).problems.length, 1);
});
