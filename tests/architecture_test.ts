/** Who may know whom: the sentence "data flows one way" as a table, checked against every import in `src/`. */
import assert from "node:assert/strict";
import { MAY_IMPORT, PURE } from "./support/folders.ts";

const IMPURE_NAMES =
  /\bDeno\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bconsole\b|\bfetch\(|\bsetTimeout\b|\bglobalThis\b/;

/** Beside code: tools that make a checked-in file and are not part of the program. */
const TOOLS = ["src/sandbox/vendor/make.ts"];

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (/\.(ts|js)$/.test(entry.name) && !TOOLS.includes(path)) yield path;
  }
}

function folderOf(path: string): string {
  return path.split("/")[1]!;
}

/** The `src/` folder that a relative specifier leads to; undefined for libraries. */
function importedFolder(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1);
  return path.startsWith("src/") ? folderOf(path) : path;
}

/** Code without comments and string contents, so that prose does not count. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/(^|[^:"'`])\/\/.*$/gm, "$1")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}

Deno.test("every folder of src/ is in the table", async () => {
  const folders: string[] = [];
  for await (const entry of Deno.readDir("src")) if (entry.isDirectory) folders.push(entry.name);
  assert.deepEqual(folders.filter((folder) => !(folder in MAY_IMPORT)), []);
});

Deno.test("folders import only what the table allows", async () => {
  const wrong: string[] = [];
  for await (const path of sources("src")) {
    const text = await Deno.readTextFile(path);
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
      const target = importedFolder(path, specifier!);
      if (target === undefined || target === folderOf(path)) continue;
      const isText = /\.(yaml|lua)$|\/deno\.json$/.test(specifier!);
      const allowed = MAY_IMPORT[folderOf(path)]!.includes(target) || (isText && !target.startsWith("src"));
      if (!allowed) wrong.push(`${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("pure folders name nothing of the world, the clock or chance", async () => {
  const wrong: string[] = [];
  for await (const path of sources("src")) {
    if (!PURE.includes(folderOf(path))) continue;
    const found = IMPURE_NAMES.exec(codeOf(await Deno.readTextFile(path)));
    if (found) wrong.push(`${path} names ${found[0]}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("only main.ts and the command's printer reach the process", async () => {
  const wrong: string[] = [];
  for await (const path of sources("src")) {
    const found = /\bDeno\.(args|env|exit|stdout|stderr|stdin)\b/.exec(codeOf(await Deno.readTextFile(path)));
    if (found) wrong.push(`${path} names ${found[0]}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("nothing evaluates code from strings", async () => {
  const wrong: string[] = [];
  for await (const path of sources("src")) {
    const found = /\beval\(|\bnew Function\(|\bFunction\(/.exec(codeOf(await Deno.readTextFile(path)));
    if (found) wrong.push(`${path} has ${found[0]}`);
  }
  assert.deepEqual(wrong, []);
});
