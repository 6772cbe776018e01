/** The door of the command line: one call from arguments to exit code. */
import { LoadError } from "../manifests/load.ts";
import { adoptCommand } from "./adopt.ts";
import { applyCommand } from "./apply.ts";
import { type Options, readArgs } from "./args.ts";
import { UsageError } from "./flag_values.ts";
import { COMMANDS } from "./flags.ts";
import { demoCommand } from "./demo.ts";
import { type Environment, EXIT, type ExitCode, type Terminal } from "./environment.ts";
import { helpText } from "./help.ts";
import { InputError } from "./pipeline.ts";
import { planCommand } from "./plan.ts";
import { type Paint, painter } from "./print.ts";
import { rbacCommand } from "./rbac/command.ts";
import { renderCommand } from "./render.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";
import { terminalText } from "./terminal_text.ts";
import { testCommand } from "./test.ts";
import { versionOutput } from "./version.ts";
import { withdrawCommand } from "./withdraw.ts";

const COMMAND_FUNCTIONS = {
  run: runCommand,
  plan: planCommand,
  apply: applyCommand,
  render: renderCommand,
  test: testCommand,
  adopt: adoptCommand,
  status: statusCommand,
  withdraw: withdrawCommand,
  rbac: rbacCommand,
  demo: demoCommand,
} as const;

/** Errors whose message is meant for the user as it is; any other is a bug and surfaces with its stack. */
export interface UserErrors {
  isUserError(error: unknown): error is Error;
}

/** What is wrong, and the page that has the flags and examples. */
function usageText(error: UsageError, word: string | undefined): string {
  const command = COMMANDS.find((name) => name === word && name !== "help");
  return `moonferry: ${error.message}\nSee moonferry ${command === undefined ? "" : `${command} `}--help.\n`;
}

/** What machines read stays as it is: JSON and YAML have escapes of their own. */
function terminalFor({ command, output }: Options, terminal: Terminal): Terminal {
  const isForMachines = command === "render" || command === "rbac" || output !== "table";
  return {
    ...terminal,
    out: isForMachines ? terminal.out : (text) => terminal.out(terminalText(text)),
    err: (text) => terminal.err(terminalText(text)),
  };
}

/** Runs one command. Whatever can go wrong for a reason that a user can mend ends in one message on stderr. */
export async function runCommandLine(
  args: readonly string[],
  given: Environment & UserErrors,
): Promise<ExitCode> {
  let options: Options;
  try {
    options = readArgs(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    given.terminal.err(terminalText(usageText(error, args[0])));
    return EXIT.error;
  }
  const terminal = terminalFor(options, given.terminal);
  const environment = { ...given, terminal };
  const paint: Paint = painter(terminal.outIsTerminal && !options.noColor);
  if (options.command === "version" && !options.help) {
    terminal.out(versionOutput(options.output));
    return EXIT.ok;
  }
  if (options.help) {
    const topic = COMMANDS.find((name) =>
      name === (options.command === "help" ? options.operands[0] : options.command)
    );
    terminal.out(helpText(topic, (text) => paint("bold", text)));
    return EXIT.ok;
  }
  try {
    return await COMMAND_FUNCTIONS[options.command as keyof typeof COMMAND_FUNCTIONS](options, environment, paint);
  } catch (error) {
    const isKnown = error instanceof UsageError || error instanceof InputError || error instanceof LoadError ||
      error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied ||
      environment.isUserError(error);
    if (!isKnown) throw error;
    if (error instanceof UsageError) {
      terminal.err(usageText(error, options.command));
      return EXIT.error;
    }
    terminal.err(`moonferry: ${(error as Error).message}\n`);
    return EXIT.error;
  }
}
