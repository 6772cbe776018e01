/** Reading many objects: several at a time, never too many, and told in the order in which they were asked for. */
import assert from "node:assert/strict";
import { readLive } from "../../src/reconcile/live.ts";
import type { Listing, ObjectQuery, ObjectReader } from "../../src/reconcile/reader.ts";
import { readReferences } from "../../src/reconcile/references.ts";
import { readResources } from "../../src/reconcile/template_resources.ts";
import type { Subject } from "../../src/reconcile/subject.ts";

const NEVER = new AbortController().signal;
const COUNT = 200;

/** Answers the questions that wait together in the reverse order, and counts how many wait. */
class CountingReader implements ObjectReader {
  most = 0;
  asked = 0;
  #waiting: (() => void)[] = [];

  constructor(readonly answer: (query: ObjectQuery) => Listing) {}

  async list(query: ObjectQuery): Promise<Listing> {
    this.asked++;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.most = Math.max(this.most, this.#waiting.length);
      if (this.#waiting.length === 1) setTimeout(() => this.#waiting.splice(0).reverse().forEach((go) => go()), 0);
    });
    return this.answer(query);
  }

  kindOf() {
    return Promise.resolve({ scope: "namespaced" as const });
  }
}

const refs = Array.from({ length: COUNT }, (_, i) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: `n${i}`,
  name: "x",
}));
const unreadable = ({ namespace }: ObjectQuery): Listing => ({
  unknown: { reason: "Forbidden", message: `no right in ${namespace}` },
});

Deno.test("references are read sixteen at a time, each once, in their order", async () => {
  const reader = new CountingReader(({ namespace, name, kind }) => ({
    objects: [{ apiVersion: "v1", kind, metadata: { namespace: namespace!, name: name! } }],
  }));
  const references = [...refs, ...refs].map((ref) => ({ ref, policyRef: { optional: false } }));
  const found = await readReferences(references, reader, NEVER);
  assert.deepEqual([reader.most, reader.asked], [16, COUNT]);
  assert.deepEqual([...found.keys()], refs.map(({ namespace }) => `ConfigMap ${namespace}/x`));
});

Deno.test("template resources are read sixteen at a time, and what is wrong with them is told in their order", async () => {
  const reader = new CountingReader(unreadable);
  const requests = refs.map((ref) => ({
    subject: { data: {} } as unknown as Subject,
    resources: [{ ref, spec: { identifier: "r" } as never }],
  }));
  const { failures } = await readResources({ name: "t" } as never, requests, reader, NEVER);
  assert.deepEqual([reader.most, reader.asked], [16, COUNT]);
  assert.deepEqual(
    failures.map(({ message }) => message.slice(message.indexOf("no right"))),
    refs.map(({ namespace }) => `no right in ${namespace}`),
  );
});

Deno.test("what stands at targets is read sixteen at a time, and what can't be read is told in their order", async () => {
  const isTarget = ({ name }: ObjectQuery) => name !== undefined;
  const reader = new CountingReader((query) => isTarget(query) ? unreadable(query) : { objects: [] });
  const { failures } = await readLive("t", { instance: "moonferry" }, ["ConfigMap"], refs, reader, NEVER);
  assert.equal(reader.most, 16);
  assert.deepEqual(
    failures.map(({ message }) => message.slice(message.indexOf("no right"))),
    refs.map(({ namespace }) => `no right in ${namespace}`),
  );
});
