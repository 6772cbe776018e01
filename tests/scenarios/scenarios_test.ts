/** Runs every scenario through the user's own `test` command: the product tests itself. */
import assert from "node:assert/strict";
import { findScenarios } from "../../src/cli/scenario.ts";

// Those of the examples run together: they are all of the same few steps.
for (const folder of [...await findScenarios("tests/scenarios"), "k8s/examples"]) {
  Deno.test(`scenario ${folder}`, async () => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "scenarios", folder],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, text);
    assert.match(text, /[1-9]\d* passed, 0 failed/);
  });
}
