/** `withdraw`: takes outputs away by their marks, for leaving. It says what and how much, and asks. */
import { applyPlan, type Outcome } from "../reconcile/apply.ts";
import { formatRef, type KubeObject } from "../api/object.ts";
import { readMarks, SUSPEND_ANNOTATION } from "../reconcile/marks.ts";
import { withdrawalOf, type WithdrawalRequest } from "../reconcile/withdraw.ts";
import { confirmOnTerminal, requireOutput } from "./apply.ts";
import type { Options } from "./args.ts";
import { UsageError } from "./flag_values.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { InputError, openInput } from "./pipeline.ts";
import { changeTable, outcomeLine, type Paint, plural } from "./print.ts";
import { readOurs } from "./status.ts";

export async function withdrawCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  requireOutput(options);
  const { triggers: names, consumer } = options;
  if (names === undefined && consumer === undefined) {
    throw new UsageError("withdraw needs --trigger NAME, --consumer NAMESPACE, or both");
  }
  if (names !== undefined && names.length > 1) throw new UsageError("withdraw takes one --trigger");
  const input = await openInput(options, environment);
  const { terminal, signal } = environment;
  try {
    const { owned, triggers } = await readOurs(input.parts.reader, options, signal);
    const request = { instance: options.instance, trigger: names?.[0], consumer, release: options.release };
    const { changes, suspended, refusals } = withdrawalOf(request, owned, triggers);
    if (refusals.length > 0) throw new InputError(refusals.join("\n"));
    for (const target of suspended) {
      terminal.err(`${formatRef(target)} stays: it is annotated ${SUSPEND_ANNOTATION}=all. Take that off first.\n`);
    }
    if (changes.length === 0) {
      if (suspended.length === 0) terminal.out(`${nothingText(request, owned)}\n`);
      return suspended.length === 0 ? EXIT.ok : EXIT.held;
    }
    terminal.out(`${changeTable(changes, paint).join("\n")}\n`);
    const what = options.release ? "Let go of" : "Withdraw";
    const question = `${what} ${plural(changes.length, "output")} on ${input.description}?`;
    if (!options.yes && !(await confirmOnTerminal(environment, question))) {
      terminal.err("Nothing was written.\n");
      return EXIT.error;
    }
    const show = (outcome: Outcome) => terminal.out(`${outcomeLine(outcome, paint)}\n`);
    const outcomes = await applyPlan({ changes }, input.applier!, signal, show);
    if (!outcomes.every(({ status }) => status === "done")) return EXIT.error;
    return suspended.length === 0 ? EXIT.ok : EXIT.held;
  } finally {
    input.close();
  }
}

/** That there is nothing to withdraw, and what there is: the name may be misspelt. */
function nothingText({ trigger, consumer }: WithdrawalRequest, owned: readonly KubeObject[]): string {
  const of = trigger === undefined ? "" : ` of EventTrigger ${trigger}`;
  const where = consumer === undefined ? "" : ` in namespace ${consumer}`;
  const names = new Set(owned.map(readMarks).flatMap((marks) => typeof marks === "object" ? [marks.trigger] : []));
  const others = names.size === 0 ? "" : `; there are outputs of ${[...names].sort().join(", ")}`;
  return `nothing of Moonferry's there${of}${where}${others}`;
}
