/**
 * `adopt TRIGGER`: takes over from Sveltos, object by object, what is equal to what the trigger gives. It shows what it would
 * do, asks, and changes marks alone; where nobody can be asked it only shows.
 */
import { applyPlan, type Outcome } from "../reconcile/apply.ts";
import { compareWithSveltos, takeoverOf } from "../reconcile/against.ts";
import { readBoth } from "./against.ts";
import { type Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { UsageError } from "./flag_values.ts";
import { InputError, openInput, reconcileOptions } from "./pipeline.ts";
import { failureLines, outcomeLine, type Paint, plural, waitingLines } from "./print.ts";
import { takeoverTable } from "./print_against.ts";

export async function adoptCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  const { operands: [trigger, ...more], yes, dryRun, verbose } = options;
  if (trigger === undefined || more.length > 0) throw new UsageError("adopt takes the name of one EventTrigger");
  const input = await openInput(options, environment);
  const { terminal, signal } = environment;
  try {
    const { deployed, state, reconciliations } = await readBoth(input, { ...options, triggers: [trigger] }, signal);
    if (deployed.unknown.length > 0) {
      throw new InputError(`Cannot see what Sveltos has: ${deployed.unknown.join("; ")}`);
    }
    const reconciliation = reconciliations[0]!;
    const { gates } = reconcileOptions(options);
    const comparison = compareWithSveltos(reconciliations, deployed.objects, state, gates, new Set([trigger]));
    const compared = comparison.triggers[0]!;
    const takeover = takeoverOf(compared, state);
    const { changes, left } = takeover;
    terminal.out(takeoverTable(compared, takeover, paint, verbose));
    const failures = failureLines(reconciliation, paint, verbose);
    for (const line of [...failures, ...waitingLines(reconciliation, paint)]) terminal.out(`${line}\n`);
    const code = failures.length > 0 ? EXIT.error : left.length > 0 ? EXIT.held : EXIT.ok;
    if (changes.length === 0) return code;
    const undone = code === EXIT.ok ? EXIT.changes : code;
    if (dryRun) return undone;
    if (!yes && !terminal.canAsk) {
      terminal.err("Nothing was written: there is no terminal to ask on; add --yes.\n");
      return undone;
    }
    const question = `Take over ${plural(changes.length, "object")} from Sveltos on ${input.description}?`;
    if (!yes && !(await terminal.ask(question))) {
      terminal.err("Nothing was written.\n");
      return EXIT.error;
    }
    const report = (outcome: Outcome) => terminal.out(`${outcomeLine(outcome, paint)}\n`);
    const outcomes = await applyPlan({ changes }, input.applier!, signal, report);
    return outcomes.every(({ status }) => status === "done") ? code : EXIT.error;
  } finally {
    input.close();
  }
}
