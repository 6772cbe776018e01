/** The two splitters: manifests by tables, the lines of rendered documents, errors with their place. */
import assert from "node:assert/strict";
import { DocumentError, splitManifest, type YamlDocument } from "../../src/yaml/documents.ts";
import { splitRendered } from "../../src/yaml/rendered_documents.ts";

const MANIFESTS: readonly { name: string; text: string; want: YamlDocument[] }[] = [
  { name: "nothing", text: "", want: [] },
  { name: "comments only", text: "# a\n---\n# b\n", want: [] },
  { name: "one document", text: "a: 1\n", want: [{ value: { a: 1 }, line: 1 }] },
  {
    name: "documents with comments, empty ones left out",
    text: "# head\na: 1\n---\n# nothing\n---\n\nb: 2\n---\nnull\n--- # last\nc: 3\n",
    want: [{ value: { a: 1 }, line: 2 }, { value: { b: 2 }, line: 7 }, { value: { c: 3 }, line: 11 }],
  },
  {
    name: "on the line of the dashes",
    text: "--- {a: 1}\n--- |\n  text\n",
    want: [{ value: { a: 1 }, line: 1 }, { value: "text\n", line: 2 }],
  },
  {
    name: "dashes within a text",
    text: "a: |\n  ---\n  b\n---\nc: x---y\n",
    want: [{ value: { a: "---\nb\n" }, line: 1 }, { value: { c: "x---y" }, line: 5 }],
  },
  {
    name: "ends of documents, carriage returns, a byte order mark",
    text: "\ufeffa: 1\r\n...\r\n---\r\nb: 2\r\n...\r\n",
    want: [{ value: { a: 1 }, line: 1 }, { value: { b: 2 }, line: 4 }],
  },
  {
    name: "anchors belong to their document",
    text: "a: &x 1\nb: *x\n---\na: &x 2\nb: *x\n",
    want: [{ value: { a: 1, b: 1 }, line: 1 }, { value: { a: 2, b: 2 }, line: 4 }],
  },
  {
    name: "JSON",
    text: '{"a": 1}\n---\n{"b": [true]}\n',
    want: [{ value: { a: 1 }, line: 1 }, { value: { b: [true] }, line: 3 }],
  },
];
for (const { name, text, want } of MANIFESTS) {
  Deno.test(`manifest: ${name}`, () => assert.deepEqual(splitManifest(text), want));
}

const ERRORS: readonly {
  name: string;
  split: (text: string) => unknown;
  text: string;
  at: [number, number, number];
}[] = [
  { name: "manifest, third document", split: splitManifest, text: "a: 1\n---\nb: 2\n---\nc: d: e\n", at: [3, 5, 5] },
  { name: "manifest, two values without dashes", split: splitManifest, text: '{"a": 1}\n{"b": 2}\n', at: [2, 2, 1] },
  {
    name: "manifest, unknown alias of another document",
    split: splitManifest,
    text: "a: &x 1\n---\nb: *x\n",
    at: [2, 3, 4],
  },
  { name: "rendered, the only document", split: splitRendered, text: "a: 1\nb: c: d\n", at: [1, 2, 5] },
  { name: "rendered, second document", split: splitRendered, text: "a: 1\n---\n\nb: c: d\n", at: [2, 4, 5] },
  { name: "rendered, text behind the dashes", split: splitRendered, text: "a: 1\n--- b: 2\n", at: [2, 2, 4] },
  { name: "rendered, after JSON", split: splitRendered, text: '{"a": 1}\n---\nb: c: d\n', at: [2, 3, 5] },
];
for (const { name, split, text, at } of ERRORS) {
  Deno.test(`error: ${name}`, () => {
    assert.throws(() => split(text), (error) => {
      assert.ok(error instanceof DocumentError);
      assert.deepEqual([error.document, error.line, error.column], at, error.message);
      return true;
    });
  });
}

Deno.test("a manifest tells of keys that stand twice", () => {
  const heard: unknown[] = [];
  splitManifest("a: 1\n---\nb: 1\nb: 2\n", { onDuplicateKey: (...place) => heard.push(place) });
  assert.deepEqual(heard, [["b", 4, 1]]);
});

Deno.test("rendered documents keep their lines", () => {
  assert.deepEqual(splitRendered("# x\na: 1\n---\n\n# y\nb: 2\n"), [{ value: { a: 1 }, line: 2 }, {
    value: { b: 2 },
    line: 6,
  }]);
});
