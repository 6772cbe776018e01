/** The names of the tests of a file, as they are when it is run: for pages that say which test shows what. */
import { pathToFileURL } from "node:url";
import { field, type Json } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";

const known = new Map<string, Promise<ReadonlySet<string>>>();

/** The names of the tests that a file registers, and of the steps that are written in it; or of a scenario's. None is run. */
export function namesOfTests(file: string): Promise<ReadonlySet<string>> {
  let names = known.get(file);
  if (!names) known.set(file, names = readNames(file));
  return names;
}

let last: Promise<unknown> = Promise.resolve();

async function readNames(file: string): Promise<ReadonlySet<string>> {
  if (file.endsWith(".yaml")) return new Set(scenarioNames(readYaml(await Deno.readTextFile(file))));
  // One after the other: while a file is loaded, what it registers is its own.
  const loading = last.then(() => load(file));
  last = loading.catch(() => {});
  const names = await loading;
  // A step is there only once its test runs.
  const steps = (await Deno.readTextFile(file)).matchAll(/\.step\(\s*("(?:[^"\\]|\\.)*")/g);
  for (const [, literal] of steps) names.add(JSON.parse(literal!));
  return names;
}

function scenarioNames(scenario: Json): string[] {
  const steps = field(scenario, "steps");
  return (Array.isArray(steps) ? steps : []).map((step) => String(field(step, "name")));
}

async function load(file: string): Promise<Set<string>> {
  const names = new Set<string>();
  const isNamed = (argument: unknown): argument is { name: string } =>
    typeof (argument as { name?: unknown } | undefined)?.name === "string";
  const register = (...given: unknown[]) => {
    for (const argument of given) {
      if (typeof argument === "string") return void names.add(argument);
      if (isNamed(argument)) return void names.add(argument.name);
    }
  };
  const real = Deno.test;
  const hook = () => {};
  const hooks = { beforeAll: hook, beforeEach: hook, afterAll: hook, afterEach: hook };
  Object.defineProperty(Deno, "test", {
    value: Object.assign(register, { ignore: register, only: register, ...hooks }),
  });
  try {
    await import(pathToFileURL(file).href);
  } finally {
    Object.defineProperty(Deno, "test", { value: real });
  }
  return names;
}
