/** Random YAML: texts to read, values to write, rendered texts to split, by what `yaml/` makes. The same seed gives the same. */
import { Random } from "./generate_lua.ts";
import { randomYamlText } from "./yaml/reads.ts";
import { randomRendering } from "./yaml/splits.ts";
import { jsonText } from "./yaml/writes.ts";

/** go-yaml goes wrong behind two byte order marks: see the known gaps. */
const TWO_MARKS = /^\ufeff{2,}/;

/** Lines of cases, each from a random start of its own. */
function* lines(name: string, seed: number, count: number, fields: (random: Random) => string): Generator<string> {
  for (let i = 0; i < count; i++) {
    yield `{"id":"${name}-${seed}-${i}",${fields(new Random(seed * 1_000_003 + i))}}`;
  }
}

function textField(text: string): string {
  return `"text":${JSON.stringify(text.toWellFormed().replace(TWO_MARKS, "\ufeff"))}`;
}

/** `count` cases of mode `yaml-read`. */
export function randomYamlReads(seed: number, count: number): Iterable<string> {
  return lines("yaml-read", seed, count, (random) => textField(randomYamlText(random)));
}

/** `count` cases of modes `yaml-write` and `yaml-write-v3`. */
export function randomYamlWrites(seed: number, count: number): Iterable<string> {
  return lines("yaml-write", seed, count, (random) => `"value":${jsonText(random, random.below(5))}`);
}

/** `count` cases of mode `yaml-split`. */
export function randomYamlSplits(seed: number, count: number): Iterable<string> {
  return lines("yaml-split", seed, count, (random) => textField(randomRendering(random)));
}
