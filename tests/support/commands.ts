/** Runs one command in this process against a cluster that only a reader stands for: nothing can be written to it. */
import assert from "node:assert/strict";
import { runCommandLine } from "../../src/cli/mod.ts";
import type { Environment } from "../../src/cli/environment.ts";
import { systemClock } from "../../src/kube/clock.ts";
import { kubeRights } from "../../src/kube/rights_book.ts";
import type { ObjectReader } from "../../src/reconcile/reader.ts";

/** @returns the exit code, all that was said on both streams, and what of it went to each. */
export async function runOn(
  reader: ObjectReader,
  args: readonly string[],
  more: Partial<Pick<Environment, "clock">> = {},
): Promise<{ code: number; said: string; stdout: string; stderr: string }> {
  let said = "", stdout = "", stderr = "";
  const unasked = () => assert.fail("not asked");
  const code = await runCommandLine(args, {
    terminal: {
      out: (text) => void ([said, stdout] = [said + text, stdout + text]),
      err: (text) => void ([said, stderr] = [said + text, stderr + text]),
      outIsTerminal: false,
      errIsTerminal: true,
      canAsk: false,
      ask: () => Promise.resolve(false),
      readStdin: () => Promise.resolve(""),
    },
    world: { now: () => new Date(0), randomBytes: (count) => new Uint8Array(count) },
    openCluster: () =>
      Promise.resolve({
        reader,
        applier: { apply: () => assert.fail("nothing is written") },
        watches: () => [],
        review: { whoAmI: unasked, rulesIn: unasked, may: unasked },
        description: "a cluster",
        close: () => {},
      }),
    clock: systemClock,
    rights: kubeRights,
    identity: "test",
    signal: new AbortController().signal,
    makeScratchFolder: unasked,
    isUserError: (error): error is Error => error === undefined,
    ...more,
  });
  return { code, said, stdout, stderr };
}
