/** Inputs for parsers: pieces of a language put together, real texts damaged, and values of JSON with one thing wrong. */
import fc from "fast-check";
import { cloneJson, Float64, isJsonObject, type Json, type JsonObject, setField } from "../../src/json/json.ts";

/** Names that every JavaScript object knows. */
export const PROTOTYPE_KEYS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "polluted"];

const anyCharacter = fc.string({ unit: "binary", maxLength: 20 });

/** Texts of a language: its pieces in any order, `samples` with some places damaged, and anything at all. */
export function textsOf(pieces: readonly string[], samples: readonly string[], maxPieces = 40): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: anyCharacter });
  const made = fc.array(piece, { maxLength: maxPieces }).map((parts) => parts.join(""));
  const edit = fc.record({ at: fc.nat(), length: fc.oneof(fc.constant(0), fc.nat(12), fc.nat(400)), piece });
  const damaged = fc.tuple(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 5 }))
    .map(([sample, edits]) => edits.reduce(damage, sample));
  const nested = fc.tuple(piece, fc.integer({ min: 1, max: 3000 }), piece)
    .map(([open, count, close]) => open.repeat(count) + close.repeat(count));
  return fc.oneof(
    { weight: 5, arbitrary: made },
    { weight: 8, arbitrary: damaged },
    { weight: 1, arbitrary: nested },
    { weight: 1, arbitrary: anyCharacter },
  );
}

function damage(text: string, { at, length, piece }: { at: number; length: number; piece: string }): string {
  const start = text.length === 0 ? 0 : at % text.length;
  return text.slice(0, start) + piece + text.slice(start + length);
}

const numbers: fc.Arbitrary<Json> = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) =>
    Number.isInteger(value) ? new Float64(value) : value
  ),
);
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 100 }),
  fc.constantFrom(
    "",
    " ",
    "~",
    "null",
    "no",
    "014",
    "1e3",
    "0x1",
    "2020-01-01",
    "- a",
    "a: b",
    "#",
    "'",
    '"',
    "\n",
    "\t",
    "!!",
    "*a",
  ),
);
const keys = fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: fc.constantFrom(...PROTOTYPE_KEYS) });

/** Any value that Kubernetes may hold. */
export const jsonValues: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.oneof(fc.constant(null), fc.boolean(), numbers, texts),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie("value")), { maxLength: 4 }).map(objectOf),
  ),
})).value;

/** Values that stand where another was wanted. */
const oddValues: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, 0, -1, "", "x", [], {}, [null], [[]], { name: null }, 1n << 60n),
  fc.constantFrom(...PROTOTYPE_KEYS),
  jsonValues,
);

function objectOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  const object: JsonObject = {};
  for (const [key, value] of entries) setField(object, key, value);
  return object;
}

/** `sample` with up to three of its values replaced, taken out, or given a key that isn't known; the others stay in place. */
export function damagedValues(sample: Json): fc.Arbitrary<Json> {
  const edit = fc.record({
    steps: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    what: fc.constantFrom("replace", "remove", "add"),
    key: keys,
    value: oddValues,
  });
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    const copy = cloneJson(sample);
    // A copy of each value: the same one may come twice, and a later edit may be within it.
    for (const { steps, what, key, value } of edits) damageAt(copy, steps, what, key, cloneJson(value));
    return copy;
  });
}

function damageAt(root: Json, steps: readonly number[], what: string, newKey: string, value: Json): void {
  let parent: Json = root;
  for (const [index, step] of steps.entries()) {
    const names: string[] = Array.isArray(parent) || isJsonObject(parent) ? Object.keys(parent) : [];
    if (names.length === 0) return;
    const key = names[step % names.length]!;
    const child: Json = (parent as JsonObject)[key]!;
    if (index < steps.length - 1 && (Array.isArray(child) || isJsonObject(child)) && Object.keys(child).length > 0) {
      parent = child;
      continue;
    }
    if (Array.isArray(parent)) {
      if (what === "remove") parent.splice(Number(key), 1);
      else parent[Number(key)] = value;
    } else if (what === "remove") delete (parent as JsonObject)[key];
    else setField(parent as JsonObject, what === "add" ? newKey : key, value);
    return;
  }
}
