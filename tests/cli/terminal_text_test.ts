/** What reaches a terminal of what others have written. */
import assert from "node:assert/strict";
import { terminalText } from "../../src/cli/terminal_text.ts";

const ROWS: readonly [name: string, text: string, shown: string][] = [
  ["plain text, with lines and tabs", "a\tb\nç – 漢 👍", "a\tb\nç – 漢 👍"],
  [
    "our own colours",
    "\u001b[1m\u001b[38;5;245mbold\u001b[39m\u001b[22m",
    "\u001b[1m\u001b[38;5;245mbold\u001b[39m\u001b[22m",
  ],
  ["the screen cleared", "\u001b[2Ja", "\ufffd[2Ja"],
  ["the cursor moved up", "\u001b[1A\ra", "\ufffd[1A\ufffda"],
  ["a title", "\u001b]0;x\u0007", "\ufffd]0;x\ufffd"],
  ["the clipboard", "\u001b]52;c;eA==\u001b\\", "\ufffd]52;c;eA==\ufffd\\"],
  ["the same with one character (C1)", "\u009b2J\u009d0;x", "\ufffd2J\ufffd0;x"],
  ["a colour that never ends", `\u001b[${"1;".repeat(100)}m`, `\ufffd[${"1;".repeat(100)}m`],
  ["the line turned around", "a\u202egnp.exe\u2066", "a\ufffdgnp.exe\ufffd"],
];

for (const [name, text, shown] of ROWS) {
  Deno.test(`terminal text: ${name}`, () => assert.equal(terminalText(text), shown));
}
