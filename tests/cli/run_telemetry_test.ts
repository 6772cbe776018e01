/** What `run` tells machines, as a process of its own. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { moonferry, RunningMoonferry } from "../support/moonferry.ts";
import { PIPELINE } from "./bad_input/table.ts";

Deno.test("metrics: a trigger that is gone, with all that it gave, leaves no series behind", async () => {
  const folder = await Deno.makeTempDir();
  const args = ["-f", `${folder}/in`, "--output-dir", `${folder}/out`, "--mgmt-labels", "a=b"];
  let loop: RunningMoonferry | undefined;
  try {
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeTextFile(`${folder}/in/all.yaml`, PIPELINE);
    loop = new RunningMoonferry(["run", ...args, "--yes", "--listen", "127.0.0.1:0"]);
    await loop.logs(/listening on/, 0);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(loop.log)![0];
    const metrics = async () => await (await fetch(`${address}/metrics`)).text();
    await eventually(async () => assert.match(await metrics(), /moonferry_outputs\{trigger="t"\} 1\n/));
    const position = loop.log.length;
    await Deno.writeTextFile(`${folder}/in/all.yaml`, PIPELINE.replace("kind: EventTrigger", "kind: Other"));
    await loop.logs(/EventTrigger t is gone, but files do not say/, position);
    await eventually(async () => assert.match(await metrics(), /moonferry_held\{trigger="t",gate="mass-change"\} 1\n/));
    const { code, stderr } = await moonferry(["withdraw", ...args.slice(0, 4), "--trigger", "t", "--yes"]);
    assert.equal(code, 0, stderr);
    await eventually(async () => assert.doesNotMatch(await metrics(), /trigger="t"/));
  } finally {
    await loop?.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
