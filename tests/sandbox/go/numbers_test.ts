/** Numbers and texts against gopher-lua's answers. */
import assert from "node:assert/strict";
import { formatNumber, parseNumber, toInt, toNumber } from "../../../src/sandbox/go/numbers.ts";
import { assertEndsSoon, HOSTILE_TEXTS } from "../../support/hang_guard.ts";
import { assertRows, numberOf, readTable } from "./cases.ts";

interface NumberRow {
  /** A number, its text and the integer that it becomes. */
  readonly value?: string;
  readonly text?: string;
  readonly int?: string;
  /** A text in arithmetic. */
  readonly parse?: string;
  /** A text given to `tonumber`, perhaps with a base. */
  readonly tonumber?: string;
  readonly base?: string;
  /** Absent where it is none. */
  readonly number?: string;
}

const { cases } = readTable<NumberRow>("numbers");
const expected = ({ number }: NumberRow) => number === undefined ? undefined : numberOf(number);

Deno.test("numbers print and become integers as in gopher-lua", () => {
  assertRows(cases.filter(({ value }) => value !== undefined), 200, ({ value, text, int }) => {
    assert.equal(formatNumber(numberOf(value!)), text);
    assert.equal(toInt(numberOf(value!)), numberOf(int!));
  });
});

Deno.test("texts are numbers in arithmetic as in gopher-lua", () => {
  assertRows(cases.filter(({ parse }) => parse !== undefined), 500, (row) => {
    assert.equal(parseNumber(row.parse!), expected(row));
  });
});

Deno.test("tonumber of texts answers as in gopher-lua", () => {
  assertRows(cases.filter(({ tonumber }) => tonumber !== undefined), 1000, (row) => {
    assert.equal(toNumber(row.tonumber!, row.base === undefined ? undefined : numberOf(row.base)), expected(row));
  });
});

Deno.test("however long a text is, what number it is takes the time of its length alone", () => {
  for (const { name, make } of HOSTILE_TEXTS) {
    assertEndsSoon(name, make, (text) => [parseNumber(text), toNumber(text, undefined), toNumber(text, 36)]);
  }
});

Deno.test("long texts that are no numbers are known as such", () => {
  const long = 1_000_000;
  const texts = [
    `1${" ".repeat(long)}x`,
    `${"1".repeat(long)}x`,
    `0x${"f".repeat(long)}x`,
    `0.${"1".repeat(long)}x`,
    `${"_1".repeat(long)}`,
    `1e${"1".repeat(long)}x`,
    " ".repeat(long),
  ];
  for (const text of texts) {
    assert.equal(parseNumber(text), undefined);
    assert.equal(toNumber(text, undefined), undefined);
    assert.equal(toNumber(text, 36), undefined);
  }
});
