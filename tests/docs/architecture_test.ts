/** docs/architecture.md and its picture: what they name is there, and what is there they name. */
import assert from "node:assert/strict";
import { MAY_IMPORT, PURE } from "../support/folders.ts";

const read = (file: string) => Deno.readTextFileSync(file);
const text = read("docs/architecture.md");
const picture = read("docs/architecture.svg");

/** The cells of a section's table, without its head. */
function rows(section: string): string[][] {
  const part = text.split(`## ${section}\n`)[1]?.split("\n## ")[0];
  assert.ok(part, section);
  return part.split("\n").filter((line) => line.startsWith("| ")).slice(2)
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim()));
}
const code = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
/** `function`, `type`, `interface` or `class` of that name, exported by the file. */
const exports = (file: string, name: string) =>
  new RegExp(`^export (async )?(function|type|interface|class) ${name}\\b`, "m").test(read(file));

Deno.test("every folder of src is named, with what it may import and whether it is pure", () => {
  const named = rows("Folders").map(([folder, , pure, imports]) => {
    const name = code(folder!)[0]!.slice("src/".length);
    return [name, pure === "yes", imports === "" ? [] : imports!.split(", ")];
  });
  const folders = [...Deno.readDirSync("src")].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  const wanted = folders.map((name) => [name, PURE.includes(name), MAY_IMPORT[name]]);
  const byName = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
  assert.deepEqual(named.toSorted(byName), wanted.toSorted(byName));
});

Deno.test("every arrow is a function where the table says, and gives the nouns of the picture, in its order", () => {
  for (const [arrow, where, gives] of rows("The line")) {
    const [file] = code(where!), [noun] = code(gives!);
    assert.ok(exports(file!, code(arrow!)[0]!), `${file} ${arrow}`);
    assert.match(picture, new RegExp(`>${noun}</text>`));
    const files = [...Deno.readDirSync("src/reconcile")].map(({ name }) => `src/reconcile/${name}`);
    assert.ok(files.some((path) => path.endsWith(".ts") && exports(path, noun!)), noun);
  }
  const nouns = [...picture.matchAll(/class="noun"[^]*?<text class="name"[^>]*>(\w+)</g)].map(([, noun]) => noun!);
  assert.deepEqual(nouns, rows("The line").map(([, , gives]) => code(gives!)[0]));
});

Deno.test("every seam is an interface, and each implementation is one", () => {
  const seams = rows("Four seams");
  assert.equal(seams.length, 4);
  for (const [name, where, implementations] of seams) {
    const [seam] = code(name!);
    assert.match(read(code(where!)[0]!), new RegExp(`^export interface ${seam}\\b`, "m"));
    assert.match(picture, new RegExp(`>${seam}</text>`));
    for (const file of code(implementations!)) {
      if (file !== "main.ts") assert.match(read(file), new RegExp(`implements ${seam}\\b|: ${seam}\\b`), file);
    }
  }
});

Deno.test("every file that is named is there, and so is every top folder", () => {
  const files = code(text).filter((name) => /^(src|tests|main|lua|docs)[/.]/.test(name));
  assert.ok(files.length > 20);
  for (const file of files) assert.ok(Deno.statSync(file), file);
  const top = [...Deno.readDirSync(".")].filter(({ name, isDirectory }) =>
    isDirectory && !name.startsWith(".") && !["docs", "scratch", "dist", "coverage"].includes(name)
  );
  for (const { name } of top) assert.ok(code(text).some((word) => word === name || word.startsWith(`${name}/`)), name);
});
