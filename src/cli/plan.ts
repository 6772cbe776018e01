/** `plan`: what `apply` and `run` would do now, and what gates hold back. It writes nothing. */
import { againstCommand } from "./against.ts";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { openInput, planAll } from "./pipeline.ts";
import { type CombinedPlan, type Paint, planTable, planText, staleConfirmText } from "./print.ts";

export async function planCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  if (options.against !== undefined) return await againstCommand(options, environment, paint);
  const input = await openInput(options, environment);
  try {
    const combined = await planAll(input, options, environment.signal);
    environment.terminal.out(
      options.output === "table" ? planTable(combined, paint, options.verbose) : planText(combined, options.output),
    );
    environment.terminal.err(staleConfirmText(combined, options.confirm));
    return planExitCode(combined);
  } finally {
    input.close();
  }
}

/** An error counts most, then what is held, then what would change. */
export function planExitCode({ reconciliations }: CombinedPlan): ExitCode {
  const plans = reconciliations.map(({ plan }) => plan);
  if (plans.some(({ failures }) => failures.length > 0)) return EXIT.error;
  if (plans.some(({ held, conflicts }) => held.length + conflicts.length > 0)) return EXIT.held;
  return plans.some(({ changes }) => changes.length > 0) ? EXIT.changes : EXIT.ok;
}
