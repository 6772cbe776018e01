import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { type CacheChange, ObjectCache } from "../../src/kube/cache.ts";

function object(namespace: string, name: string, resourceVersion = "1", uid = `${namespace}/${name}`): KubeObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace, name, uid, resourceVersion } };
}

const key = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;
const describe = ({ type, object, old, seen }: CacheChange) =>
  `${seen} ${type} ${key(object)}@${object.metadata.resourceVersion}${
    old ? ` from ${old.metadata.resourceVersion}` : ""
  }`;

Deno.test("cache: lists in the order of etcd's keys, bytes of <namespace>/<name>", () => {
  const cache = new ObjectCache();
  cache.replace([object("a", "z"), object("b", "a"), object("a-b", "a"), object("a", "b.c"), object("a", "b")]);
  // "-" (0x2d) sorts before "/" (0x2f).
  assert.deepEqual(cache.list().map(key), ["a-b/a", "a/b", "a/b.c", "a/z", "b/a"]);
  cache.put(object("a", "aa"));
  assert.deepEqual(cache.list().map(key).slice(0, 3), ["a-b/a", "a/aa", "a/b"]);
  assert.equal(cache.size, 6);
});

Deno.test("cache: replacing reports what is new, changed and gone, in order; equal ones not at all", () => {
  const cache = new ObjectCache();
  cache.replace([object("a", "kept"), object("a", "changed"), object("b", "gone"), object("a", "gone")]);
  const changes = cache.replace([
    object("c", "new"),
    object("a", "kept"),
    object("a", "changed", "2"),
    object("a", "new"),
  ]);
  assert.deepEqual(changes.map(describe), [
    "list deleted a/gone@1 from 1",
    "list deleted b/gone@1 from 1",
    "list modified a/changed@2 from 1",
    "list added a/new@1",
    "list added c/new@1",
  ]);
  assert.deepEqual(cache.list().map(key), ["a/changed", "a/kept", "a/new", "c/new"]);
});

Deno.test("cache: watch events", () => {
  const cache = new ObjectCache();
  assert.deepEqual(cache.put(object("a", "x")).map(describe), ["watch added a/x@1"]);
  assert.deepEqual(cache.put(object("a", "x")).map(describe), []);
  assert.deepEqual(cache.put(object("a", "x", "2")).map(describe), ["watch modified a/x@2 from 1"]);
  assert.deepEqual(cache.remove(object("a", "x", "3")).map(describe), ["watch deleted a/x@3 from 2"]);
  assert.deepEqual(cache.remove(object("a", "x", "3")).map(describe), []);
  assert.deepEqual(cache.list(), []);
});

Deno.test("cache: another UID under the same name is another object, whatever the versions", () => {
  const cache = new ObjectCache();
  cache.replace([object("a", "x", "5", "one")]);
  assert.deepEqual(cache.replace([object("a", "x", "5", "two")]).map(describe), [
    "list deleted a/x@5 from 5",
    "list added a/x@5",
  ]);
  assert.equal(cache.get("a", "x")?.metadata.uid, "two");
});

Deno.test("cache: names that every JavaScript object knows", () => {
  const cache = new ObjectCache();
  cache.replace([object("", "__proto__"), object("", "constructor")]);
  assert.deepEqual(cache.list().map(key), ["/__proto__", "/constructor"]);
  assert.equal(cache.get("", "toString"), undefined);
});

Deno.test("cache: a list with another content at the same resourceVersion (storage was put back) is a change", () => {
  const cache = new ObjectCache();
  cache.replace([{ ...object("a", "x"), type: "lost" }, object("a", "y")]);
  const changes = cache.replace([{ ...object("a", "x"), type: "kept" }, object("a", "y")]);
  assert.deepEqual(changes.map(describe), ["list modified a/x@1 from 1"]);
  assert.equal(cache.get("a", "x")!.type, "kept");
});
