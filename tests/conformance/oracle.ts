/**
 * The Go program that answers with the original code: built when Go is there, and run over cases. As a program of its own it
 * answers our own cases anew: `deno task conform:answers`, or those of some files: `conform:answers template-printf`.
 */
import { caseFiles } from "./case_files.ts";

const FOLDER = new URL("./oracle/", import.meta.url);

/** The program's path, or undefined where there is no Go, or no Unix. It is built once for each state of its sources. */
export async function buildOracle(): Promise<string | undefined> {
  // Its worker processes want an address space that can be limited and open files besides the standard three.
  if (Deno.build.os === "windows") return undefined;
  // Named for the folder: another checkout builds its own.
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(FOLDER.pathname)));
  const path = `${Deno.env.get("TMPDIR") ?? "/tmp"}/moonferry-conformance-oracle-${digest.slice(0, 4).toHex()}`;
  try {
    const { success, stderr } = await new Deno.Command("go", {
      args: ["build", "-o", path, "."],
      cwd: FOLDER,
      env: { GOFLAGS: "-mod=mod" },
    }).output();
    if (!success) throw new Error(`go build of the oracle failed: ${new TextDecoder().decode(stderr)}`);
    return path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Its answers to lines of cases. */
export async function askOracle(path: string, mode: string, cases: string): Promise<string> {
  const process = new Deno.Command(path, {
    args: [mode],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    env: { TZ: "UTC" },
  }).spawn();
  const writer = process.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(cases)).then(() => writer.close());
  const { stdout, success } = await process.output();
  await written;
  if (!success) throw new Error(`the oracle failed in mode ${mode}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const oracle = await buildOracle();
  if (!oracle) {
    console.error("Go is not there: the committed answers stay");
    Deno.exit(1);
  }
  const folder = new URL("./cases/", import.meta.url);
  const wanted = new Set(Deno.args);
  for (const { name, mode } of caseFiles()) {
    if (wanted.size > 0 && !wanted.has(name)) continue;
    const answers = await askOracle(oracle, mode, await Deno.readTextFile(new URL(`${name}.jsonl`, folder)));
    await Deno.writeTextFile(new URL(`${name}.expected.jsonl`, folder), answers);
  }
}
