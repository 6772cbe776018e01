/** string.format against gopher-lua's answers, and what keeps it bounded. */
import assert from "node:assert/strict";
import { type FormatArgument, luaFormat, type OtherValue } from "../../../src/sandbox/go/format.ts";
import { HostError } from "../../../src/sandbox/host_value.ts";
import { assertRows, numberOf, readTable } from "./cases.ts";

interface FormatRow {
  readonly format: string;
  readonly args: readonly (string | number | boolean | null | { readonly number: string } | OtherValue)[];
  readonly text: string;
}

const { cases } = readTable<FormatRow>("formats");

function argumentOf(arg: FormatRow["args"][number]): FormatArgument {
  if (arg === null) return undefined;
  return typeof arg === "object" && "number" in arg ? numberOf(arg.number) : arg;
}

Deno.test("string.format answers as in gopher-lua", () => {
  assertRows(cases, 2000, ({ format, args, text }) => {
    assert.equal(luaFormat(format, args.map(argumentOf)), text);
  });
});

Deno.test("what string.format makes is bounded", () => {
  assert.throws(() => luaFormat("%9000000d".repeat(9), Array(9).fill(1)), HostError);
  assert.throws(() => luaFormat("%.9000000f".repeat(9), Array(9).fill(1)), HostError);
});

Deno.test("a value that is none of Lua's plain ones prints as the text that it comes with", () => {
  const table = { type: "table", text: "table: 0xc000012345" } as const;
  assert.equal(luaFormat("%v %5.3s|", [table, table]), "table: 0xc000012345   tab|");
  assert.match(luaFormat("%d", [table]), /0xc000012345/);
});
