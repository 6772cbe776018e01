/** `test DIR…`: runs every scenario below the folders and says what differs from what was expected. */
import type { Options } from "./args.ts";
import { UsageError } from "./flag_values.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { InputError } from "./pipeline.ts";
import type { Paint } from "./print.ts";
import { findScenarios, runScenario, ScenarioError } from "./scenario.ts";

export async function testCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  if (options.operands.length === 0) throw new UsageError("test wants at least one folder with a moonferry-test.yaml");
  const { terminal } = environment;
  let passed = 0, failed = 0;
  try {
    for (const operand of options.operands) {
      for (const folder of await findScenarios(operand)) {
        const result = await runScenario(folder, options, environment);
        terminal.out(`${paint("bold", result.name)} ${paint("dim", folder)}\n`);
        for (const { step, differences } of result.steps) {
          if (differences.length === 0) passed++;
          else failed++;
          terminal.out(`  ${differences.length === 0 ? paint("green", "ok") : paint("red", "FAILED")} ${step}\n`);
          for (const difference of differences) terminal.out(`       ${difference}\n`);
        }
      }
    }
  } catch (error) {
    if (error instanceof ScenarioError) throw new InputError(error.message, { cause: error });
    throw error;
  }
  terminal.out(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? EXIT.ok : EXIT.error;
}
