/**
 * Random chains of functions that change maps and lists in place or share them: every statement may see what others did. In the
 * end everything is printed. The same seed gives the same chains.
 */
import { Random } from "./generate_lua.ts";
import { literal } from "./random_texts.ts";

const MAPS = ["$a", "$b", "$c", ".Resource.spec.map", ".Resource.spec", ".Resource", ".Cluster.metadata.labels"];
const LISTS = ["$l", "$m", ".Resource.spec.list", ".Resource.spec.ports"];
const KEYS = ["a", "b", "m", "k", "x", "labels", "list"];
const PATHS = ["a", "a.b", "m.k", "x.y.z", "metadata.uid", "metadata.labels.app", "b.a", "spec.map.m"];
const SCALARS = ["1.5", '"s"', "true", "nil", '""', "0.0", "(int64 2)", "1"];

const map = (random: Random) => random.pick(MAPS);
const list = (random: Random) => random.pick(LISTS);
const key = (random: Random) => literal(random.pick(KEYS));

/** Something to put into a map or list: scalars, new maps and lists, and what others hold as well. */
function value(random: Random): string {
  return random.pick([
    () => random.pick(SCALARS),
    () => `(dict ${key(random)} ${random.pick(SCALARS)})`,
    () => `(list ${random.pick(SCALARS)} ${random.pick(["$a", "$b", "1"])})`,
    () => random.pick(["$a", "$b", "$c", "$l", "$m"]),
    () => map(random),
    () => `(get ${map(random)} ${key(random)})`,
    () => `(first ${list(random)})`,
  ])();
}

/** An expression that gives a map. */
function madeMap(random: Random): string {
  const one = map(random), other = map(random);
  return random.pick([
    () => one,
    () => `dict ${key(random)} ${value(random)} ${key(random)} ${value(random)}`,
    () => `merge ${one} ${other}`,
    () => `mergeOverwrite ${one} ${other}`,
    () => `merge (dict) ${one} ${other}`,
    () => `mustMergeOverwrite (dict ${key(random)} ${value(random)}) ${one}`,
    () => `deepCopy ${one}`,
    () => `pick ${one} ${key(random)} ${key(random)}`,
    () => `omit ${one} ${key(random)}`,
    () => `set ${one} ${key(random)} ${value(random)}`,
    () => `unset ${one} ${key(random)}`,
    () => `chainSetField ${one} ${literal(random.pick(PATHS))} ${value(random)}`,
    () => `chainRemoveField ${one} ${literal(random.pick(PATHS))}`,
    () => `getResource ${one}`,
    () => `fromJson (toJson ${one})`,
    () => `split "," "p,q"`,
    () => `fromYaml (toYaml ${one})`,
  ])();
}

/** An expression that gives a list. */
function madeList(random: Random): string {
  const one = list(random), other = list(random);
  return random.pick([
    () => one,
    () => `list ${value(random)} ${value(random)}`,
    () => `append ${one} ${value(random)}`,
    () => `prepend ${one} ${value(random)}`,
    () => `concat ${one} ${other}`,
    () => `rest ${one}`,
    () => `initial ${one}`,
    () => `reverse ${one}`,
    () => `uniq ${one}`,
    () => `compact ${one}`,
    () => `without ${one} ${value(random)}`,
    () => `slice ${one} ${random.below(2)} ${random.below(4)}`,
    () => `splitList "," "d,c,b,a"`,
    () => `sortAlpha ${one}`,
    () => `toStrings ${one}`,
    () => `deepCopy ${one}`,
    () => `pluck ${key(random)} ${map(random)} ${map(random)}`,
    () => `fromJsonArray (toJson ${one})`,
    () => `first (chunk 2 ${one})`,
  ])();
}

function statement(random: Random): string {
  return random.pick([
    () => `{{ ${random.pick(["$a", "$b", "$c"])} = ${madeMap(random)} }}`,
    () => `{{ ${random.pick(["$a", "$b", "$c"])} = ${madeMap(random)} }}`,
    () => `{{ ${random.pick(["$l", "$m"])} = ${madeList(random)} }}`,
    () => `{{ $_ := ${madeMap(random)} }}`,
    () => `{{ $_ := set (first ${list(random)}) ${key(random)} ${value(random)} }}`,
    () => `{{ ${random.pick(["setField", "removeField"])} ${map(random)} ${literal(random.pick(PATHS))} }}`,
    () => `{{ setField ${map(random)} ${literal(random.pick(PATHS))} ${value(random)} | len }};`,
    () => `{{ copy ${random.pick(["$a", "$b", ".Cluster"])} }};`,
    () => `{{ range $k, $v := ${map(random)} }}{{ $_ := set $.Resource.spec.map $k (kindOf $v) }}{{ end }}`,
    () => `{{ with ${value(random)} }}{{ kindOf . }};{{ end }}`,
    () => `{{ dig ${key(random)} ${key(random)} "none" ${map(random)} }};`,
    () => `{{ deepEqual ${map(random)} ${map(random)} }}{{ has ${value(random)} ${list(random)} }};`,
  ])();
}

const START =
  '{{ $a := dict "a" 1 "m" (dict "k" "v") }}{{ $b := dict }}{{ $c := .Resource.spec.map }}{{ $l := list $a "s" }}' +
  '{{ $m := splitList "," "c,a,b" }}';
const END =
  '{{ printf "%#v" $a }}|{{ toJson $b }}|{{ $c }}|{{ printf "%#v" $l }}|{{ toJson $m }}|{{ toJson .Resource.spec.map }}' +
  "|{{ .Resource.metadata }}|{{ .Resource.spec.list }}|{{ toYaml .Resource.spec.ports }}|{{ .Cluster.metadata.labels }}";

/** Statements between the beginning and what prints everything. */
export function chainOf(statements: readonly string[]): string {
  return START + statements.join("") + END;
}

/** The statements of `count` chains. */
export function* randomChains(seed: number, count: number): Generator<readonly string[]> {
  const random = new Random(seed * 104_729);
  for (let i = 0; i < count; i++) yield Array.from({ length: 1 + random.below(7) }, () => statement(random));
}
