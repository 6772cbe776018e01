/** docs/security.md: every file that the table of threats names is there, and so is every test, by its whole name. */
import assert from "node:assert/strict";
import { namesOfTests } from "../support/test_names.ts";

const text = Deno.readTextFileSync("docs/security.md");
const rows = text.split("## Threats")[1]!.split("\n## ")[0]!.split("\n").filter((line) => /^\| (?!threat|-)/.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim()));

Deno.test("every threat names what the code does, in files that are there", () => {
  assert.ok(rows.length > 20, String(rows.length));
  for (const [threat, does] of rows) {
    const files = [...does!.matchAll(/`((?:src|lua|container|k8s)\/[^`]+|Dockerfile|deno\.(?:json|lock))`/g)].map((
      [, file],
    ) => file!);
    assert.ok(files.length > 0, threat);
    for (const file of files) assert.ok(Deno.statSync(file).isFile, file);
  }
});

Deno.test("every threat names tests that are there", async () => {
  for (const [threat, , tests] of rows) {
    const named = [...tests!.matchAll(/`(tests\/[^`]+)` "([^"]+)"/g)];
    assert.ok(named.length > 0, threat);
    assert.equal(named.map(([whole]) => whole).join(", "), tests, `${threat}: something else than tests`);
    for (const [, file, name] of named) assert.ok((await namesOfTests(file!)).has(name!), `${file} has no "${name}"`);
  }
});

Deno.test("SECURITY.md and docs/security.md lead to each other", () => {
  assert.match(text, /\]\(\.\.\/SECURITY\.md\)/);
  assert.match(Deno.readTextFileSync("SECURITY.md"), /\]\(docs\/security\.md\)/);
});
