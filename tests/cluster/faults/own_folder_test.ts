/** A run that is told to stop leaves no process and no folder behind. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";

const MODULE = new URL("own_folder.ts", import.meta.url).href;

/** Starts a process that starts another, and names both and its folder. */
const WORK = `
  import { inOwnFolder } from "${MODULE}";
  await inOwnFolder(async () => {
    const inner = 'console.log(Deno.pid); Deno.addSignalListener("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", inner], stdout: "piped" }).spawn();
    const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(folder + "/kept", "");
    console.log(JSON.stringify({ child: Number(value), folder }));
    await child.status;
  });
`;

function isThere(pid: number): boolean {
  try {
    // A zombie is one that has ended.
    return !/^\d+ \(.*\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`${signal} ends what was started, and removes what it wrote`, async () => {
    const process = new Deno.Command(Deno.execPath(), { args: ["eval", WORK], stdout: "piped" }).spawn();
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { child, folder } = JSON.parse((await reader.read()).value!);
    assert.ok(isThere(child));
    process.kill(signal);
    assert.equal((await process.status).code, code);
    await reader.cancel();
    await eventually(() => assert.ok(!isThere(child)));
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
    const own = folder.slice(0, folder.lastIndexOf("/"));
    assert.match(own, /moonferry-faults-/);
    await assert.rejects(Deno.stat(own), Deno.errors.NotFound);
  });
}
