/** `deno task conform MODE < cases.jsonl > answers.jsonl`: answers each case, in order; a case never stops the run. */
import { answerCase, formatAnswer, parseCases } from "./case.ts";
import { MODES } from "./modes/mod.ts";

const mode = MODES.get(Deno.args[0] ?? "");
if (!mode) {
  console.error(`unknown mode "${Deno.args[0] ?? ""}": want one of ${[...MODES.keys()].join(", ")}`);
  Deno.exit(1);
}
const input = await new Response(Deno.stdin.readable).text();
const encoder = new TextEncoder();
const writer = Deno.stdout.writable.getWriter();
for (const one of parseCases(input)) {
  await writer.write(encoder.encode(`${formatAnswer(await answerCase(mode, one))}\n`));
}
