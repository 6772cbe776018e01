/** Which pieces of a pattern are rewritten, and that all others stay as they are; what they match is in the cases cel-regexes. */
import assert from "node:assert/strict";
import { fromGoSyntax } from "../../src/regex/go_syntax.ts";
import { assertEndsSoon } from "../support/hang_guard.ts";

const rows: readonly { name: string; pattern: string; want: string }[] = [
  { name: "nothing to do", pattern: String.raw`^(a|b)*?[\w.-]{2,3}$`, want: String.raw`^(a|b)*?[\w.-]{2,3}$` },
  { name: "one letter", pattern: String.raw`\pl\PN`, want: String.raw`\p{L}\P{N}` },
  { name: "any case, blanks and dashes", pattern: String.raw`\p{lower-case letter}`, want: String.raw`\p{Ll}` },
  { name: "an alias, negated", pattern: String.raw`\P{^Uppercase_Letter}`, want: String.raw`\P{^Lu}` },
  { name: "a script", pattern: String.raw`\p{greek}`, want: String.raw`\p{Greek}` },
  { name: "a property that Go has not", pattern: String.raw`\p{Emoji}`, want: String.raw`\p{?}` },
  {
    name: "ASCII, alone and in brackets",
    pattern: String.raw`\p{ascii}[\p{ascii}]`,
    want: String.raw`[\x00-\x7f][\x00-\x7f]`,
  },
  { name: "not ASCII", pattern: String.raw`\P{ascii}[\P{ascii}]`, want: String.raw`[^\x00-\x7f][\x{80}-\x{10ffff}]` },
  { name: "quoted", pattern: String.raw`\Q\pl\E\pl`, want: String.raw`\Q\pl\E\p{L}` },
  { name: "an escaped backslash", pattern: String.raw`\\pl`, want: String.raw`\\pl` },
  { name: "groups of one name", pattern: "(?P<n>a)(?<n>b)(?P<m>c)", want: "(?P<n>a)(b)(?P<m>c)" },
  { name: "no group, but characters", pattern: "[(?<n>](?<n>a)[](?<n>](?<n>b)", want: "[(?<n>](?<n>a)[](?<n>](b)" },
  { name: "not finished", pattern: String.raw`(?P<n>a\p{L`, want: String.raw`(?P<n>a\p{?}{L` },
];

for (const { name, pattern, want } of rows) {
  Deno.test(`Go's syntax: ${name}`, () => assert.equal(fromGoSyntax(pattern), want));
}

Deno.test("a long pattern takes time in proportion to its length", () => {
  for (const piece of [String.raw`\p{`, "(?P<n>", "[[:", String.raw`\Q`]) {
    assertEndsSoon(piece, (length) => String.raw`\pL` + piece.repeat(Math.ceil(length / piece.length)), fromGoSyntax);
  }
});
