/** Patterns against gopher-lua's answers, Lua's own matcher where it may serve, and what keeps matching bounded. */
import assert from "node:assert/strict";
import { findMatches, type Match } from "../../../src/sandbox/go/pattern.ts";
import { PatternError } from "../../../src/sandbox/go/pattern_program.ts";
import { isPlainPattern } from "../../../src/sandbox/go/plain_pattern.ts";
import { LuaState } from "../../../src/sandbox/host.ts";
import { assertRows, readTable } from "./cases.ts";

interface PatternRow {
  readonly pattern: string;
  readonly subject: string;
  readonly offset?: number;
  readonly limit?: number;
  /** Of each match the captures, the whole first: start and end, or a position. */
  readonly matches?: readonly (readonly (readonly [number, number] | readonly [number])[])[];
  readonly error?: string;
}

const ours = readTable<PatternRow>("patterns").cases;
const plain = readTable<PatternRow>("plain_patterns").cases;
const ignore = () => {};

const shown = (matches: readonly Match[]) =>
  matches.map((match) => match.map(({ start, end }) => end < 0 ? [start] : [start, end]));

function check({ pattern, subject, offset = 0, limit = -1, matches, error }: PatternRow): void {
  let found: readonly Match[];
  try {
    found = findMatches(pattern, subject, offset, limit, ignore);
  } catch (problem) {
    assert.ok(problem instanceof PatternError, String(problem));
    assert.equal(problem.message, error);
    return;
  }
  assert.deepEqual(shown(found), matches);
}

Deno.test("patterns match and fail as in gopher-lua", () => assertRows(ours, 1500, check));
Deno.test("patterns without peculiarities match as in gopher-lua", () => assertRows(plain, 500, check));

/** Finds all matches with the VM's own string.find, as the runtime does for plain patterns. */
const NATIVE = String.raw`
local find, pack = string.find, table.pack
return function(pattern, subject, offset, limit)
  local results, at = {}, offset
  while at <= #subject do
    local match = pack(find(subject, pattern, at + 1))
    if match[1] == nil then break end
    local shown = { match[1] - 1 .. "," .. match[2] }
    -- A capture as its text in hexadecimal digits, or as its position.
    for i = 3, match.n do
      shown[i - 1] = type(match[i]) == "number" and "@" .. match[i]
        or match[i]:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
    end
    results[#results + 1] = table.concat(shown, ";")
    if #results == limit or pattern:sub(1, 1) == "^" then break end
    at = match[2] >= match[1] and match[2] or match[1]
  end
  return table.concat(results, " ")
end`;

function hex(bytes: string): string {
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

Deno.test("what counts as plain is matched alike by Lua's own matcher", () => {
  const state = new LuaState({ milliseconds: 60_000 });
  for (const library of ["base", "table", "string"]) state.openLibrary(library);
  assert.equal(state.load(NATIVE, "=native"), undefined);
  assert.equal(state.call(0, 1), undefined);
  const rows = [...ours, ...plain].filter(({ pattern, limit = -1 }) => limit !== 0 && isPlainPattern(pattern));
  assertRows(rows, 700, ({ pattern, subject, offset = 0, limit = -1, matches }) => {
    state.exports.lua_pushvalue!(state.L, 1);
    state.pushByteString(pattern);
    state.pushByteString(subject);
    state.pushNumber(offset);
    state.pushNumber(limit);
    assert.equal(state.call(4, 1)?.text, undefined);
    const found = state.byteString(-1);
    state.pop();
    const wanted = matches!.map((match) =>
      match.map(([start, end], i) =>
        i === 0 ? `${start},${end}` : end === undefined ? `@${start}` : hex(subject.slice(start, end))
      ).join(";")
    ).join(" ");
    assert.equal(found.replaceAll(".0", ""), wanted);
  });
});

Deno.test("common patterns count as plain", () => {
  const patterns = [
    ...["abc", "%w+", "%s*", ".-", "(.-)=(.*)", "[%w_]+", "[^,]+", "^abc$", "^%s*(.-)%s*$", "(%d+)%.(%d+)", "app/(.*)"],
    ...["%d", "%.", "()a()", "[a-z]+", "[0-9a-f]+", "^(%w+)://([^/]+)(.*)$", "%%", "é"],
  ];
  assert.deepEqual(patterns.filter((pattern) => !isPlainPattern(pattern)), []);
});

Deno.test("what Lua and gopher-lua read differently does not count as plain", () => {
  const patterns = [
    ...[
      "",
      "%f[a]",
      "%g",
      "%z",
      "(a)%1",
      "%b()",
      "[a-%z]",
      "[%a-z]",
      "[a-b-c]",
      "[]",
      "[^]",
      "a$b",
      "a^",
      "(a",
      "a)",
      "*",
    ],
    ...["((a))", "%", "[a", "^*", "(a)*", "(a$)", "]", "()".repeat(33), "(a)".repeat(33), "a".repeat(1000)],
  ];
  assert.deepEqual(patterns.filter(isPlainPattern), []);
});

Deno.test("matching ticks, at parsing and matching alike", () => {
  const stop = new Error("stop");
  const stopping = () => {
    throw stop;
  };
  const is = (error: unknown) => error === stop;
  assert.throws(() => findMatches("a-a-a-a-a-a-b", "a".repeat(500), 0, -1, stopping), is);
  assert.throws(() => findMatches("%b()", "(".repeat(5000), 0, -1, stopping), is);
  assert.throws(() => findMatches("x", "a".repeat(5000), 0, -1, stopping), is);
  assert.throws(() => findMatches("(a*)%1", "a".repeat(5000), 0, 1, stopping), is);
  assert.throws(() => findMatches("a".repeat(5000), "", 0, 1, stopping), is);
});

Deno.test("nested attempts end where gopher-lua's do", () => {
  const deepest = 999_997;
  assert.equal(findMatches(".*", "a".repeat(deepest), 0, 1, ignore).length, 1);
  assert.throws(
    () => findMatches(".*", "a".repeat(deepest + 1), 0, 1, ignore),
    (error) => error instanceof PatternError && error.message === "pattern/input too complex",
  );
});

Deno.test("captures may be nested without end, patterns and matches may not grow without end", () => {
  const deep = 20_000;
  const [match] = findMatches("(".repeat(deep) + "a" + ")".repeat(deep), "a", 0, 1, ignore);
  assert.equal(match!.length, deep + 1);
  assert.throws(() => findMatches("(".repeat(deep), "a", 0, 1, ignore), /unfinished capture at EOS/);
  const isTooComplex = (error: unknown) =>
    error instanceof PatternError && error.message === "pattern/input too complex";
  assert.throws(() => findMatches("[a]".repeat(1_000_000), "a", 0, 1, ignore), isTooComplex);
  assert.throws(() => findMatches("", "a".repeat(10_000_000), 0, -1, ignore), isTooComplex);
});
