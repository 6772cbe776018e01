/** `render`: the objects that the triggers ask for, as YAML documents on stdout: Sveltos's answer, before any gate. */
import { compute } from "../reconcile/reconcile.ts";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { findTriggers, openInput, reconcileOptions } from "./pipeline.ts";
import { documentsText, NO_TRIGGER, type Paint, tellFailures } from "./print.ts";

export async function renderCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  const input = await openInput(options, environment);
  try {
    let code: ExitCode = EXIT.ok;
    const triggers = await findTriggers(input.parts.reader, options, environment.signal);
    if (triggers.length === 0) environment.terminal.err(`${NO_TRIGGER}\n`);
    for (const trigger of triggers) {
      const computation = await compute({ trigger }, input.parts, reconcileOptions(options), environment.signal);
      if (computation.snapshot.isOutOfScope) continue;
      const { snapshot, selection, matches, rendering, failures, notes } = computation;
      environment.terminal.out(documentsText((rendering?.desired ?? []).map(({ object }) => object)));
      const say = (text: string) => environment.terminal.err(`${text}\n`);
      for (const { lines } of tellFailures(failures, options.verbose)) {
        say(`${paint("red", "error")}: ${lines.join("\n")}`);
      }
      for (const { message } of notes) say(`${paint("cyan", "note")}: ${message}`);
      if (matches && matches.message !== "" && options.verbose) say(`message of the script: ${matches.message}`);
      if (matches && matches.printed !== "" && options.verbose) say(matches.printed.trimEnd());
      if (failures.length > 0) code = EXIT.error;
      if (failures.length === 0 && (rendering?.desired.length ?? 0) === 0 && snapshot.state === "present") {
        say(
          `EventTrigger ${trigger}: ${selection?.objects.length ?? 0} selected → ${
            matches?.matches.length ?? 0
          } matches → 0 objects`,
        );
      }
    }
    return code;
  } finally {
    input.close();
  }
}
