/**
 * Makes a release's files of one commit: the source as a tar, its bill of materials, and SHA256SUMS. The same commit gives the
 * same bytes with the Deno that is pinned. `deno task release` takes HEAD, of a tree with nothing else in it.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { bomText, makeBom, versionOf } from "./sbom.ts";

/** The files' names, in the order of SHA256SUMS. */
export interface Release {
  readonly version: string;
  readonly commit: string;
  readonly files: readonly string[];
}

/**
 * Writes the files into `out`, which is made.
 *
 * @param revision Whatever git takes for a commit.
 */
export async function makeRelease(revision: string, out: string): Promise<Release> {
  const commit = (await gitText("rev-parse", "--verify", `${revision}^{commit}`)).trim();
  const seconds = Number(await gitText("show", "--no-patch", "--format=%ct", commit));
  const tree = await Deno.makeTempDir({ prefix: "moonferry-release-" });
  try {
    // Without a prefix first, to know the version that stands in it.
    await extract(await archive(commit, ""), tree);
    const version = await versionOf(tree);
    const name = `moonferry-${version}`;
    const contents: Record<string, Uint8Array> = {
      [`${name}.cdx.json`]: new TextEncoder().encode(bomText(await makeBom(tree, rfc3339(seconds)))),
      [`${name}.tar.gz`]: gzipSync(await archive(commit, `${name}/`), { level: 9 }),
    };
    await Deno.mkdir(out, { recursive: true });
    const files = Object.keys(contents).toSorted();
    const sums = files.map((file) => `${createHash("sha256").update(contents[file]!).digest("hex")}  ${file}\n`);
    for (const file of files) await Deno.writeFile(`${out}/${file}`, contents[file]!);
    await Deno.writeTextFile(`${out}/SHA256SUMS`, sums.join(""));
    return { version, commit, files };
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}

/** Why this text of CHANGELOG.md does not go out as `version`; undefined where it does. */
export function changelogProblem(text: string, version: string): string | undefined {
  const headings = [...text.matchAll(/^## \[([^\]]+)\](?: - (\S+))?$/gm)];
  const [, , date] = headings.find(([, name]) => name === version) ?? [];
  if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    return `CHANGELOG.md: there is no heading "## [${version}] - YYYY-MM-DD"; give what is unreleased that name and a date`;
  }
  const newest = headings.find(([, name]) => name !== "Unreleased")?.[1];
  return newest === version ? undefined : `CHANGELOG.md: the newest version is ${newest}, not ${version}`;
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** The settings that a user's git may have otherwise, and that change bytes. */
const SETTINGS = ["-c", "tar.umask=0022", "-c", "core.autocrlf=false", "-c", "core.eol=lf"];

async function archive(commit: string, prefix: string): Promise<Uint8Array> {
  return await git(...SETTINGS, "archive", "--format=tar", `--prefix=${prefix}`, commit);
}

async function extract(tar: Uint8Array, folder: string): Promise<void> {
  const process = new Deno.Command("tar", { args: ["-x", "-C", folder], stdin: "piped" }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(tar);
  await writer.close();
  const { success } = await process.status;
  if (!success) throw new Error("tar: cannot unpack what git archive gave");
}

async function git(...args: string[]): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command("git", { args, stdin: "null" }).output();
  if (!success) throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return stdout;
}

async function gitText(...args: string[]): Promise<string> {
  return new TextDecoder().decode(await git(...args));
}

/** The words of whoever makes the release; the exit code. */
async function main(out: string): Promise<number> {
  const changed = await gitText("status", "--porcelain");
  if (changed !== "") {
    console.error(`not released: the tree has changes that no commit has:\n${changed}`);
    return 1;
  }
  const problem = changelogProblem(await Deno.readTextFile("CHANGELOG.md"), await versionOf("."));
  if (problem !== undefined) {
    console.error(`not released: ${problem}`);
    return 1;
  }
  const { version, commit, files } = await makeRelease("HEAD", out);
  console.log(`moonferry ${version}, commit ${commit}, in ${out}:`);
  for (const file of [...files, "SHA256SUMS"]) console.log(`  ${file}`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args[0] ?? "dist"));
