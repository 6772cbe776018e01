/** `rbac`: the least Roles that `run` takes for a set of triggers, or what is missing and what is too much. It writes nothing. */
import type { Options } from "../args.ts";
import { type Environment, EXIT, type ExitCode } from "../environment.ts";
import { openInput } from "../pipeline.ts";
import type { Paint } from "../print.ts";
import { checkRights } from "./check.ts";
import { checkJson, checkText } from "./check_text.ts";
import { rolesJson, rolesYaml } from "./manifests.ts";
import { type Needs, needsOf } from "./needs.ts";
import { rolesOf } from "./roles.ts";

export async function rbacCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  const input = await openInput(options, environment);
  try {
    const found = await needsOf(input.parts.reader, options, environment);
    return options.check ? await check(found, options, environment, paint) : print(found, options, environment);
  } finally {
    input.close();
  }
}

function print(found: Needs, options: Options, { terminal }: Environment): ExitCode {
  const roles = rolesOf(found.needs);
  terminal.out(options.output === "json" ? rolesJson(roles, options) : rolesYaml(roles, options, found));
  for (const role of roles) {
    for (const { resource, wide } of role.rules) {
      for (const why of wide) terminal.err(`moonferry: ${resource} in ALL namespaces: ${why}\n`);
    }
  }
  for (const problem of found.problems) terminal.err(`moonferry: maybe incomplete: ${problem}\n`);
  return EXIT.ok;
}

async function check(found: Needs, options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  const { terminal, signal } = environment;
  const cluster = await environment.openCluster({ options, signal });
  try {
    const result = await checkRights(found.needs, cluster.review, signal);
    for (const problem of found.problems) terminal.err(`moonferry: maybe incomplete: ${problem}\n`);
    terminal.out(options.output === "table" ? checkText(result, paint) : checkJson(result, options.output));
    return result.missing.length + result.excess.length > 0 ? EXIT.error : EXIT.ok;
  } finally {
    cluster.close();
  }
}
