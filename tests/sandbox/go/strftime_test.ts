/** Dates against gopher-lua's answers, with UTC as the local zone. */
import assert from "node:assert/strict";
import { toInt } from "../../../src/sandbox/go/numbers.ts";
import { formatDate } from "../../../src/sandbox/go/strftime.ts";
import { dateParts, secondsOf } from "../../../src/time/gregorian.ts";
import { assertRows, numberOf, readTable } from "./cases.ts";

interface DateRow {
  readonly seconds?: string;
  readonly format?: string;
  readonly text?: string;
  /** Year, month, day, hour, minute, second and day of the week. */
  readonly parts?: readonly string[];
  /** What `os.time` is given: year, month, day, hour, minute and second. */
  readonly of?: readonly [string, string, string, string, string, string];
  readonly time?: string;
}

const { cases } = readTable<DateRow>("dates");

Deno.test("dates are written as in gopher-lua", () => {
  assertRows(cases.filter(({ format }) => format !== undefined), 500, ({ seconds, format, text }) => {
    assert.equal(formatDate(toInt(numberOf(seconds!)), format!), text);
  });
});

Deno.test("times have the parts that gopher-lua finds", () => {
  assertRows(cases.filter(({ parts }) => parts !== undefined), 150, ({ seconds, parts }) => {
    const { year, month, day, hour, minute, second, weekday } = dateParts(BigInt(toInt(numberOf(seconds!))));
    assert.deepEqual([year, month, day, hour, minute, second, weekday + 1], parts!.map(numberOf));
  });
});

Deno.test("times of parts out of their range are those of gopher-lua", () => {
  assertRows(cases.filter(({ of }) => of !== undefined), 300, ({ of, time }) => {
    const [year, month, day, hour, minute, second] = of!.map((part) => toInt(numberOf(part))) as [
      ...[number, number, number, number, number, number],
    ];
    assert.equal(Number(secondsOf({ year, month, day, hour, minute, second })), numberOf(time!));
  });
});
