/** What is taken out of messages: Secret bytes in every form that needs no key to undo; and what is left alone. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { redactorFor } from "../../src/reconcile/redact.ts";
import { SecretIndex } from "../../src/reconcile/secret_index.ts";
import { SecretIndexes } from "../../src/reconcile/secret_values.ts";
import { timeOf } from "../support/hang_guard.ts";

const KEY = "-----BEGIN PRIVATE KEY-----\nCanaryInnerKeyBytes4711\n-----END PRIVATE KEY-----\n";
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: production, cluster: {server: "https://production.example.com:6443"}}]
users: [{name: admin, user: {token: TOPSECRETVALUE-0815, client-key-data: ${btoa(KEY)}}}]
`;
const secret = (data: Record<string, string>, metadata = {}) =>
  ({ apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "n", ...metadata }, data }) as KubeObject;
const cluster = {
  apiVersion: "v1",
  kind: "Cluster",
  metadata: { name: "production", namespace: "mgmt" },
} as KubeObject;
const redact = redactorFor([secret({ value: btoa(KUBECONFIG) }), cluster]);
const hex = (text: string) => [...text].map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");

const HIDDEN: readonly (readonly [string, string])[] = [
  ["as it is", "TOPSECRETVALUE-0815"],
  ["a part of it", "ECRETVAL"],
  ["behind a name", "token=TOPSECRETVALUE-0815"],
  ["within other characters", "xxTOPSECRETVALUE-0815xx"],
  ["between slashes and commas", "a/TOPSECRETVALUE-0815,b"],
  ["as the Secret's own base64", btoa(KUBECONFIG)],
  ["a part of that", btoa(KUBECONFIG).slice(101, 141)],
  ["in base64", btoa("TOPSECRETVALUE-0815")],
  ["in base64, with something before", btoa("a: TOPSECRETVALUE-0815")],
  ["in base64 that starts in the middle", btoa("xxTOPSECRETVALUE-0815").slice(1)],
  ["in base64 for URLs", btoa("TOPSECRETVALUE-0815").replaceAll("+", "-").replaceAll("=", "")],
  ["in base64 behind a name", `value=${btoa("TOPSECRETVALUE-0815")};`],
  ["in hex", hex("TOPSECRETVALUE-0815")],
  ["in capital hex", hex("TOPSECRETVALUE-0815").toUpperCase()],
  ["in hex behind 0x", `0x${hex("TOPSECRETVALUE-0815")}`],
  ["what is base64 within", "CanaryInnerKeyBytes4711"],
  ["a part of that", "InnerKeyB"],
  ["quoted", JSON.stringify("a\tTOPSECRETVALUE-0815\n")],
];

for (const [name, text] of HIDDEN) {
  Deno.test(`redaction: ${name}`, () => {
    const shown = redact(`cannot do it: ${text} (line 3)`);
    assert.match(shown, /^cannot do it: .*\[redacted\].* \(line 3\)$/);
    // No eight characters of it are left, in no form.
    assert.deepEqual(new SecretIndex([text, "TOPSECRETVALUE-0815"]).stretches(shown.slice(14, -9)), []);
  });
}

const LEFT: readonly string[] = [
  'for InventoryTarget team-a/mgmt.production: map has no entry for key "labels"',
  'Secret mgmt/production-kubeconfig key "apiVersion": current-context, certificate-authority-data',
  "held: data.config is not a kubeconfig: kind must be Config",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
];
for (const text of LEFT) Deno.test(`redaction leaves: ${text}`, () => assert.equal(redact(text), text));

Deno.test("redaction: of a Secret that is a template, names of fields are told and its texts and literals are not", () => {
  const template = `password: LITERALTEXT-1\nother: {{ .Resource.spec.somefield | default "LITERALTEXT-2" }}`;
  const metadata = { annotations: { "projectsveltos.io/instantiate": "ok" } };
  const clear = redactorFor([secret({ a: btoa(template) }, metadata)]);
  assert.equal(
    clear(`no entry for key "somefield": LITERALTEXT-1 "LITERALTEXT-2" .Resource.spec.somefield`),
    `no entry for key "somefield": [redacted] "[redacted]" .Resource.spec.somefield`,
  );
});

Deno.test("redaction: what triggers and templates say in the open stays, also where a Secret says it too", () => {
  const trigger = {
    apiVersion: "lib.projectsveltos.io/v1beta1",
    kind: "EventTrigger",
    metadata: { name: "t" },
    spec: { note: "plainwords" },
  } as unknown as KubeObject;
  const both = [secret({ a: btoa("plainwords"), b: btoa("otherwords") })];
  assert.equal(redactorFor([...both, trigger])("plainwords otherwords"), "plainwords [redacted]");
  assert.equal(redactorFor(both)("plainwords otherwords"), "[redacted] [redacted]");
});

Deno.test("the index: linear in Secrets and text", () => {
  const big = Array.from({ length: 300 }, (_, i) => `${i}-${KUBECONFIG}${"abcdefghij".repeat(400)}`);
  const took = timeOf(() => {
    const index = new SecretIndex(big);
    assert.deepEqual(index.stretches(big[7]!), [[0, big[7]!.length]]);
    assert.ok(index.stretches(big.join("\u0000")).length >= big.length);
    assert.deepEqual(index.stretches("nothing of this stands in there, 1234567890"), []);
  });
  assert.ok(took < 5_000);
});

for (
  const [name, text] of [["actions without an end", "{{"], ["punctuation", "!"], ["quotes in an action", '{{"\\'], [
    "base64",
    "YWFh",
  ]]
) {
  Deno.test(`redaction takes time that is linear: ${name}`, () => {
    const long = text!.repeat(250_000);
    const metadata = { annotations: { "projectsveltos.io/instantiate": "ok" } };
    const took = timeOf(() => {
      redactorFor([secret({ a: btoa(long) }, metadata)])(`${long}x`);
      redactorFor([secret({ a: btoa("something else") })])(`${long}x`);
    });
    assert.ok(took < 10_000, String(took));
  });
}

Deno.test("redaction: the index of the same values is made once, whoever holds them, and another one for others", () => {
  const indexes = new SecretIndexes();
  const two = [secret({ a: btoa("alpha:0123456789"), b: btoa("bravo:abcdefghij") })];
  const index = indexes.of(two);
  const copies = structuredClone([secret({ b: btoa("alpha:0123456789") }), ...two]);
  assert.equal(indexes.of(copies), index);
  const rotated = [secret({ a: btoa("alpha:0123456789"), b: btoa("charlie:KLMNOPQ") })];
  assert.notEqual(indexes.of(rotated), index);
  assert.equal(indexes.of(two), index);
  const clear = redactorFor(rotated, indexes);
  assert.equal(clear("bravo:abcdefghij charlie:KLMNOPQ"), "bravo:abcdefghij [redacted]");
  // As texts and as templates the same values are looked for otherwise.
  const template = structuredClone(two).map((one) => ({ ...one, stringData: { a: "alpha:0123456789" } }));
  assert.notEqual(indexes.of(template as KubeObject[]), index);
});

Deno.test("redaction: of many indexes those are kept that were used last", () => {
  const indexes = new SecretIndexes();
  const of = (number: number) => indexes.of([secret({ a: btoa(`credential number ${number}`) })]);
  const first = of(0), second = of(1);
  for (let number = 2; number < 8; number++) of(number);
  assert.equal(of(0), first);
  of(8);
  assert.notEqual(of(1), second);
  assert.equal(of(0), first);
});

Deno.test("the index: finds what stands anywhere in a text, and nothing that is nowhere", () => {
  // Texts of a generator with a fixed seed: every start, also where the rolling sum has gone around.
  let state = 1;
  const next = () => (state = Math.imul(state, 1664525) + 1013904223 | 0) >>> 8;
  const text = (length: number) => Array.from({ length }, () => String.fromCharCode(33 + next() % 9_000)).join("");
  const secrets = Array.from({ length: 50 }, () => text(200));
  const index = new SecretIndex(secrets);
  for (const one of secrets) {
    for (let at = 0; at + 8 <= one.length; at += 7) {
      assert.deepEqual(index.stretches(`\u4e00${one.slice(at, at + 8)}\u4e00`), [[1, 9]]);
    }
  }
  for (let i = 0; i < 2_000; i++) assert.deepEqual(index.stretches(text(12)), []);
});
