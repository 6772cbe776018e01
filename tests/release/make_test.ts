/** A release of HEAD: the same bytes twice, sums that hold, and a tar whose program knows its commit. */
import assert from "node:assert/strict";
import { changelogProblem, makeRelease, type Release } from "../../release/make.ts";
import { VERSION } from "../../src/cli/version.ts";

async function run(command: string, args: string[], cwd = "."): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd, stdin: "null" }).output();
  const decoder = new TextDecoder();
  assert.ok(success, `${command} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

Deno.test("a release", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-release-test-" });
  try {
    let release: Release;
    await t.step("is of one commit", async () => {
      release = await makeRelease("HEAD", `${folder}/one`);
      assert.equal(release.commit, (await run("git", ["rev-parse", "HEAD"])).trim());
      assert.deepEqual(release.files, [`moonferry-${release.version}.cdx.json`, `moonferry-${release.version}.tar.gz`]);
    });
    await t.step("has the same bytes when it is made again", async () => {
      await makeRelease("HEAD", `${folder}/two`);
      for (const file of [...release.files, "SHA256SUMS"]) {
        assert.deepEqual(
          await Deno.readFile(`${folder}/one/${file}`),
          await Deno.readFile(`${folder}/two/${file}`),
          file,
        );
      }
    });
    await t.step("has sums that hold", async () => {
      await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], `${folder}/one`);
      const lines = (await Deno.readTextFile(`${folder}/one/SHA256SUMS`)).trim().split("\n");
      assert.deepEqual(lines.map((line) => line.split("  ")[1]), release.files);
    });
    await t.step("unpacks to a program that knows its version and commit", async () => {
      await run("tar", ["-xzf", `${folder}/one/moonferry-${release.version}.tar.gz`, "-C", folder]);
      const root = `${folder}/moonferry-${release.version}`;
      const args = ["run", "--cached-only", "--frozen", "--no-prompt", "main.ts", "version", "-o", "json"];
      const document = JSON.parse(await run(Deno.execPath(), args, root));
      assert.equal(document.version, release.version);
      assert.equal(document.revision, release.commit);
    });
    await t.step("says when its commit was made, not when it was", async () => {
      const bom = JSON.parse(await Deno.readTextFile(`${folder}/one/moonferry-${release.version}.cdx.json`));
      const seconds = Number(await run("git", ["show", "--no-patch", "--format=%ct", "HEAD"]));
      assert.equal(Date.parse(bom.metadata.timestamp), seconds * 1000);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a version goes out with a dated heading in the changelog, as the newest", () => {
  const rows: [string, RegExp | undefined][] = [
    ["## [Unreleased]\n\n## [1.2.0] - 2026-01-02\n\n## [1.1.0] - 2026-01-01\n", undefined],
    ["## [Unreleased]\n", /no heading "## \[1\.2\.0\] - YYYY-MM-DD"/],
    ["## [1.2.0]\n", /no heading/],
    ["## [1.2.0] - soon\n", /no heading/],
    ["## [1.3.0] - 2026-01-03\n\n## [1.2.0] - 2026-01-02\n", /the newest version is 1\.3\.0, not 1\.2\.0/],
  ];
  for (const [text, want] of rows) {
    const problem = changelogProblem(text, "1.2.0");
    if (want === undefined) assert.equal(problem, undefined, text);
    else assert.match(problem ?? "", want, text);
  }
});

Deno.test("CHANGELOG.md: known headings, and no version above the one in the making", () => {
  const text = Deno.readTextFileSync("CHANGELOG.md");
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
  assert.ok(headings.length > 0);
  for (const heading of headings) assert.match(heading, /^\[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d{2}-\d{2})?$/);
  assert.ok(["[Unreleased]", `[${VERSION}]`].includes(headings[0]!.split(" - ")[0]!), headings[0]);
  for (const [, heading] of text.matchAll(/^### (.*)$/gm)) {
    assert.match(heading!, /^(Added|Changed|Deprecated|Removed|Fixed|Security)$/);
  }
  assert.ok(text.split("\n").every((line) => line.length <= 120));
});
