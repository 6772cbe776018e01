/** Reading numbers against the answers of Go's strconv. */
import assert from "node:assert/strict";
import { parseFloat64, parseInt64, parseUint64 } from "../../src/json/read_number.ts";
import { assertEndsSoon, HOSTILE_TEXTS } from "../support/hang_guard.ts";

interface Row {
  readonly text: string;
  readonly base: number;
  /** Each is absent where it is an error. */
  readonly int?: string;
  readonly uint?: string;
  readonly float?: string;
}

const { cases } = JSON.parse(Deno.readTextFileSync(new URL("./cases/read_number.json", import.meta.url))) as {
  cases: readonly Row[];
};

function floatOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const known: Readonly<Record<string, number>> = { NaN, "+Inf": Infinity, "-Inf": -Infinity };
  return known[text] ?? Number(text);
}

Deno.test("numbers are read as Go's strconv reads them", () => {
  assert.ok(cases.length > 2500);
  for (const { text, base, int, uint, float } of cases) {
    const said = `${JSON.stringify(text.slice(0, 100))} in base ${base}`;
    assert.equal(parseInt64(text, base)?.toString(), int, said);
    assert.equal(parseUint64(text, base)?.toString(), uint, said);
    assert.equal(parseFloat64(text), floatOf(float), said);
  }
});

Deno.test("reading a number takes the time of its text's length alone", () => {
  for (const { name, make } of HOSTILE_TEXTS) {
    assertEndsSoon(name, make, (text) => [
      parseInt64(text, 0),
      parseInt64(text, 10),
      parseUint64(text, 36),
      parseFloat64(text),
    ]);
  }
});
