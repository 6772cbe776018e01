/** Streams whose reader goes away, or that can't be written: what that ends, and what goes on. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { PIPELINE } from "./bad_input/table.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

function start(args: readonly string[], streams: { stdout?: "piped" | "null"; stderr?: "piped" | "null" }) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--cached-only", "-A", MAIN, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...streams,
  }).spawn();
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeTextFile(`${folder}/in/all.yaml`, PIPELINE);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function argumentsOf(command: string, folder: string): string[] {
  return [command, "-f", `${folder}/in`, "--output-dir", `${folder}/out`, "--mgmt-labels", "a=b"];
}

async function outputsIn(folder: string): Promise<string> {
  const texts: string[] = [];
  const add = async (path: string) => {
    for await (const entry of Deno.readDir(path)) {
      if (entry.isDirectory) await add(`${path}/${entry.name}`);
      else texts.push(await Deno.readTextFile(`${path}/${entry.name}`));
    }
  };
  await add(folder);
  return texts.join("\n");
}

Deno.test("run: a log whose reader goes away ends nothing: changes are carried out, and it stops in order", async () => {
  await withFolder(async (folder) => {
    const process = start([...argumentsOf("run", folder), "--yes"], { stderr: "piped" });
    const reader = process.stderr.getReader();
    await reader.read();
    await reader.cancel();
    await eventually(async () => assert.match(await outputsIn(`${folder}/out`), /out-one/));
    const second = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: two, namespace: src}\ndata: {value: eA==}\n";
    await Deno.writeTextFile(`${folder}/in/all.yaml`, PIPELINE + second);
    await eventually(async () => assert.match(await outputsIn(`${folder}/out`), /out-two/));
    process.kill("SIGTERM");
    assert.equal((await process.status).code, 0);
  });
});

Deno.test("plan: a reader that has seen enough (`| head`) ends it quietly", async () => {
  await withFolder(async (folder) => {
    const process = start(argumentsOf("plan", folder), { stdout: "piped", stderr: "piped" });
    await process.stdout.cancel();
    const said = await new Response(process.stderr).text();
    assert.equal((await process.status).code, 141);
    assert.equal(said, "");
  });
});

Deno.test("apply: all is written, also where nobody reads what it says", async () => {
  await withFolder(async (folder) => {
    const process = start([...argumentsOf("apply", folder), "--yes"], { stdout: "piped" });
    await process.stdout.cancel();
    assert.equal((await process.status).code, 141);
    assert.match(await outputsIn(`${folder}/out`), /out-one/);
  });
});

Deno.test("an error stays one where nobody reads the complaint", async () => {
  const process = start(["plan", "-f", "/nonexistent"], { stderr: "piped" });
  await process.stderr.cancel();
  assert.equal((await process.status).code, 1);
});

Deno.test({
  name: "a stdout that takes nothing is an error in one line",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withFolder(async (folder) => {
      const flags = ["run", "--no-prompt", "--cached-only", "-A", MAIN, ...argumentsOf("plan", folder)];
      const shell = new Deno.Command("sh", { args: ["-c", '"$0" "$@" > /dev/full', Deno.execPath(), ...flags] });
      const { code, stderr } = await shell.output();
      assert.match(
        new TextDecoder().decode(stderr),
        /^moonferry: cannot write to stdout: [^\n]*No space left[^\n]*\n$/,
      );
      assert.equal(code, 1);
    });
  },
});
