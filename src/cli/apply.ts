/** `apply`: does once what `plan` shows. On a terminal it says where and how much, and asks. */
import { applyPlan, type Outcome } from "../reconcile/apply.ts";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { InputError, openInput, planAll } from "./pipeline.ts";
import { planExitCode } from "./plan.ts";
import { outcomeLine, type Paint, planTable, plural, staleConfirmText } from "./print.ts";

export async function applyCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  requireOutput(options);
  const input = await openInput(options, environment);
  const { terminal, signal } = environment;
  try {
    const combined = await planAll(input, options, signal);
    terminal.out(planTable(combined, paint, options.verbose));
    terminal.err(staleConfirmText(combined, options.confirm));
    const changes = combined.reconciliations.flatMap(({ plan }) => plan.changes);
    if (changes.length === 0) return withoutChanges(planExitCode(combined));
    const question = `Write ${plural(changes.length, "change")} to ${input.description}?`;
    if (!options.yes && !(await confirmOnTerminal(environment, question))) {
      terminal.err("Nothing was written.\n");
      return EXIT.error;
    }
    const outcomes: Outcome[] = [];
    for (const { plan } of combined.reconciliations) {
      const report = (outcome: Outcome) => terminal.out(`${outcomeLine(outcome, paint)}\n`);
      outcomes.push(...await applyPlan(plan, input.applier!, signal, report));
    }
    return applyExitCode(outcomes, withoutChanges(planExitCode(combined)));
  } finally {
    input.close();
  }
}

/** @throws {InputError} where `-f` is given but nowhere to write to. */
export function requireOutput(options: Options): void {
  if (options.files.length > 0 && options.outputDir === undefined && !options.dryRun) {
    throw new InputError(`${options.command} -f needs --output-dir DIR, the folder to write to; plan shows without it`);
  }
}

/** Asks on a terminal; without one, `--yes` is the answer to give. @throws {InputError} where nobody can be asked. */
export async function confirmOnTerminal(environment: Environment, question: string): Promise<boolean> {
  if (!environment.terminal.outIsTerminal) {
    throw new InputError(`${question} There is no terminal to ask on: add --yes`);
  }
  return await environment.terminal.ask(question);
}

function withoutChanges(code: ExitCode): ExitCode {
  return code === EXIT.changes ? EXIT.ok : code;
}

function applyExitCode(outcomes: readonly Outcome[], planned: ExitCode): ExitCode {
  if (outcomes.some(({ status }) => ["failed", "stale", "skipped"].includes(status))) return EXIT.error;
  if (planned !== EXIT.ok) return planned;
  return outcomes.some(({ status }) => status === "conflict") ? EXIT.held : EXIT.ok;
}
