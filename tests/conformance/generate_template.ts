/**
 * Random templates over random data, which reach the whole language: text, trim markers, comments, pipelines, variables,
 * scopes, branches, loops, definitions, literals, printf, functions; and broken ones. Most of them can be rendered. The same
 * seed gives the same templates.
 *
 *     deno run -A tests/conformance/generate_template.ts --seed 7 --count 1000 > cases.jsonl
 */
import { Random } from "./generate_lua.ts";
import { DataMaker } from "./templates/data.ts";
import { mutated } from "./templates/mutate.ts";
import { StatementGenerator } from "./templates/statements.ts";

/** The share of templates that are broken after they were made. */
const BROKEN = 0.12;

/** `count` templates as lines of `template` cases: text, since a case's numbers are more than JSON.stringify can write. */
export function* randomTemplates(seed: number, count: number): Generator<string> {
  for (let i = 0; i < count; i++) {
    const random = new Random(seed * 1_000_003 + i);
    const data = new DataMaker(random).make();
    const whole = new StatementGenerator(random, data).template();
    const template = random.chance(BROKEN) ? mutated(whole, random) : whole;
    const html = random.chance(0.06) && !template.includes("<") ? ',"html":true' : "";
    yield `{"id":"random-${seed}-${i}","template":${JSON.stringify(template)}${html},"data":${data.json}}`;
  }
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(Deno.args[at + 1]);
  };
  const encoder = new TextEncoder();
  for (const line of randomTemplates(option("seed", 1), option("count", 100))) {
    Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  }
}
