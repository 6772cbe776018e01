import assert from "node:assert/strict";
import { closestWord, editDistance } from "../../src/api/edit_distance.ts";
import { meantKind } from "../../src/api/known_kinds.ts";

Deno.test("edit distance: letters put in, taken out and replaced", () => {
  const pairs: [string, string, number][] = [["", "", 0], ["a", "", 1], ["kitten", "sitting", 3], [
    "Secert",
    "Secret",
    2,
  ]];
  for (const [a, b, want] of pairs) {
    assert.equal(editDistance(a, b), want);
    assert.equal(editDistance(b, a), want);
  }
});

Deno.test("did you mean: near words, nearer ones first; of short ones only those that are very near", () => {
  assert.equal(closestWord("namespcae", ["Namespace", "Namespaces"]), "Namespace");
  assert.equal(closestWord("Pods", ["Pod"]), "Pod");
  assert.equal(closestWord("Foo", ["Pod"]), undefined);
  assert.equal(closestWord("x".repeat(100_000), ["Secret"]), undefined);
});

Deno.test("kinds: one that is nearly known was misspelt; a known one, another group's and a strange one were not", () => {
  const found = [
    ["", "Secert"],
    ["", "Secret"],
    ["", "Widget"],
    ["example.com", "Secert"],
    ["lib.projectsveltos.io", "EventTriger"],
    ["lib.projectsveltos.io", "eventsource"],
    ["cluster.x-k8s.io", "Clutser"],
    ["__proto__", "Secret"],
  ].map(([group, kind]) => meantKind(group!, kind!));
  assert.deepEqual(found, [
    "Secret",
    undefined,
    undefined,
    undefined,
    "EventTrigger",
    "EventSource",
    "Cluster",
    undefined,
  ]);
});
