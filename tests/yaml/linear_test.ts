/**
 * Time grows with the length of the text, whatever stands in it: each text is long enough that looking at every pair of its
 * characters would take far longer than the bound, which is of the processor's time, and generous, since machines are slow at times.
 */
import assert from "node:assert/strict";
import { splitManifest } from "../../src/yaml/documents.ts";
import { readYaml, YamlError } from "../../src/yaml/read.ts";
import { splitRendered } from "../../src/yaml/rendered_documents.ts";
import { writeYaml, writeYamlThroughJson, writeYamlV3 } from "../../src/yaml/write.ts";
import { timeOf } from "../support/hang_guard.ts";

const LENGTH = 200_000;
const MOST_SECONDS = 10;

/** A text of about {@link LENGTH} characters. */
function fill(piece: string, head = "", tail = ""): string {
  return head + piece.repeat(Math.ceil(LENGTH / piece.length)) + tail;
}

function numbered(line: (i: number) => string): string {
  const lines: string[] = [];
  for (let i = 0, length = 0; length < LENGTH; i++) {
    lines.push(line(i));
    length += lines.at(-1)!.length + 1;
  }
  return lines.join("\n");
}

/** Does its work, or fails with an error of YAML, within the bound. */
function takesLinearTime(name: string, work: () => unknown, wanted: "value" | "error" = "value"): void {
  Deno.test(`linear: ${name}`, () => {
    const took = timeOf(() => wanted === "value" ? work() : assert.throws(work, YamlError));
    assert.ok(took < MOST_SECONDS * 1000, `took ${Math.round(took)} ms`);
  });
}

const TEXTS: readonly { name: string; text: string; fails?: true }[] = [
  { name: "a word", text: fill("x") },
  { name: "a plain text", text: fill("word ", "a: ") },
  { name: "a plain text over lines", text: fill("word\n  ", "a: ") },
  { name: "blanks", text: fill(" ", "a: ", "b") },
  { name: "blanks behind a text", text: fill(" ", "a: b") },
  { name: "tabs behind a colon", text: fill("\t", "a: ", "b") },
  { name: "a quoted text", text: fill("it''s ", "'", "'") },
  { name: "escapes", text: fill("\\u00e9\\n", '"', '"') },
  { name: "a quoted text without its end", text: fill("\\u00e9\\n ", '"'), fails: true },
  { name: "a quoted text of blank lines", text: fill("\n", '"', '"') },
  { name: "a block text", text: fill("  line\n", "a: |\n") },
  { name: "a folded text", text: fill("  line\n\n    more\n", "a: >\n") },
  { name: "blank lines of a block text", text: fill("\n", "a: |+\n", "  x") },
  { name: "a comment", text: fill("# ", "a: b ") },
  { name: "comments", text: fill("# c\n", "a: b\n") },
  { name: "blank lines", text: fill("\n", "a:\n", " b") },
  { name: "a flow list in one line", text: fill("a,", "[", "]") },
  { name: "a flow map in one line", text: fill("a: b,", "{", "}") },
  { name: "flow lists that stay open", text: fill("[a,", "", ""), fails: true },
  { name: "nested flow lists", text: fill(`${"[".repeat(900)}${"]".repeat(900)},`, "[", "]") },
  { name: "pairs in a flow list", text: fill("a: b,", "[", "]") },
  { name: "empty brackets", text: fill("[],{},", "[", "]") },
  { name: "a list", text: fill("- a\n") },
  { name: "dashes", text: fill(`${"- ".repeat(400)}a\n`) },
  { name: "question marks", text: fill(`? a\n: b\n`) },
  { name: "keys", text: numbered((i) => `key${i}: value`) },
  { name: "a key over and over", text: fill("a: b\n") },
  { name: "keys of digits", text: numbered((i) => `${i}: ${i}`) },
  { name: "maps in maps", text: numbered((i) => `${" ".repeat(i % 300)}k${i}:`) },
  { name: "anchors", text: numbered((i) => `k${i}: &a${i} x`) },
  { name: "an anchor over and over", text: fill("- &a x\n- *a\n") },
  { name: "aliases", text: fill("- *a\n", "- &a {b: c}\n") },
  { name: "aliases of a long text", text: fill("- *a\n", `- &a ${"x".repeat(100_000)}\n`), fails: true },
  { name: "merges", text: fill("- {<<: *a}\n", "- &a {b: c}\n") },
  { name: "a merge of very many", text: fill("*a,", "a: &a {b: c}\n<<: [", "]") },
  { name: "tags", text: fill("- !!str a\n") },
  { name: "a tag of escapes", text: fill("%41", "!", " a") },
  { name: "directives", text: numbered((i) => `%TAG !t${i}! x`) + "\n---\n" },
  { name: "digits", text: fill("1") },
  { name: "zeros", text: fill("0", "", "7") },
  { name: "hexadecimal digits", text: fill("f", "0x") },
  { name: "underscores", text: fill("1_") },
  { name: "digits of a fraction", text: fill("1", "0.") },
  { name: "colons between digits", text: fill(":59", "1") },
  { name: "base64", text: fill("AAAA", "!!binary ") },
  { name: "bytes that are no text", text: fill("////", "!!binary ") },
  { name: "a character that is refused at the end", text: fill("a: b\n", "", "\u0007"), fails: true },
  { name: "breaks of Unicode", text: fill("\u2028", '"', '"') },
];
for (const { name, text, fails } of TEXTS) takesLinearTime(name, () => readYaml(text), fails ? "error" : "value");

const STREAMS: readonly { name: string; text: string; fails?: true }[] = [
  { name: "many documents", text: fill("---\nkind: a\n") },
  { name: "many separators", text: fill("---\n") },
  { name: "blanks behind a separator", text: fill(" ", "---", "\na: b\n") },
  { name: "blanks before a separator", text: fill(" ", "a: b\n", "\n---\n") },
  { name: "white space alone", text: fill(" \n\t") },
  { name: "comments alone", text: fill("# c\n\n") },
  { name: "comments of a sign", text: fill("#\n") },
  { name: "JSON values in one line", text: fill('{"a":1}', "", "---"), fails: true },
  { name: "JSON values in lines", text: fill('{"a":"---"}\n') },
  { name: "a JSON value without its end", text: fill('{"a":', "", "---"), fails: true },
  { name: "a JSON text without its end", text: fill('\\"', '{"a":"', "---"), fails: true },
  { name: "a list of texts", text: fill("- 'a: b'\n") },
  { name: "a list of texts in a stream", text: fill("- 'a: b'\n", "---\n") },
];
for (const { name, text, fails } of STREAMS) {
  takesLinearTime(`rendered, ${name}`, () => splitRendered(text), fails ? "error" : "value");
}
takesLinearTime("manifest, many documents", () => splitManifest(fill("---\nkind: a\n")));

const VALUES = [
  { name: "a word", value: fill("x") },
  { name: "prose", value: fill("lorem ipsum ") },
  { name: "blanks", value: fill(" ", "a", "b") },
  { name: "lines", value: fill("line\n") },
  { name: "breaks", value: fill("\n", "a", "b") },
  { name: "breaks of Unicode", value: fill("\u0085 ", "a") },
  { name: "blanks before breaks of Unicode", value: fill(" ", "a\u0085", "b") },
  { name: "what is escaped", value: fill("\u0001") },
  { name: "digits", value: fill("1") },
  { name: "keys", value: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i])) },
  {
    name: "long keys",
    value: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`${"k".repeat(1_000)}${i}`, i])),
  },
  {
    name: "keys of zeros",
    value: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`${"0".repeat(1_000)}${i}`, i])),
  },
  { name: "a list", value: Array(200_000).fill("a") },
];
for (const { name, value } of VALUES) {
  takesLinearTime(`written, ${name}`, () => {
    writeYaml(value);
    writeYamlThroughJson(value);
    writeYamlV3(value);
  });
}
