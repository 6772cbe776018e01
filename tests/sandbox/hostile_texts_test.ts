/** Functions of the host take the time of the length of the texts alone that a script gives them, or end with its time. */
import { rewrite } from "../../src/sandbox/dialect/mod.ts";
import { DialectError } from "../../src/sandbox/dialect/syntax.ts";
import { luaFormat } from "../../src/sandbox/go/format.ts";
import { findMatches } from "../../src/sandbox/go/pattern.ts";
import { PatternError } from "../../src/sandbox/go/pattern_program.ts";
import { formatDate } from "../../src/sandbox/go/strftime.ts";
import { HostError, type HostValue } from "../../src/sandbox/host_value.ts";
import { moduleFunctions } from "../../src/sandbox/modules/mod.ts";
import { byteStringOf } from "../../src/template/byte_string.ts";
import { bytesOf } from "../../src/template/bytes.ts";
import { assertEndsSoon, HOSTILE_TEXTS } from "../support/hang_guard.ts";

/** Ends what a script would have no time for. */
class Stopped extends Error {}

let deadline = 0;
const tick = () => {
  if (performance.now() > deadline) throw new Stopped();
};
const modules = moduleFunctions({ seconds: () => 0, randomBytes: (count) => new Uint8Array(count), tick });

/** Long enough to tell the square of a length from the length, for what is merely slow. */
const LONG = 256 * 1024;

/** Calls with each of the texts as a byte string; refusals and the end of the script's time are answers. */
function endsSoon(name: string, texts: readonly string[], call: (text: string) => unknown, most?: number): void {
  Deno.test(`${name} ends soon, whatever it is given`, () => {
    for (const text of texts) {
      const { make } = HOSTILE_TEXTS.find((one) => one.name === text)!;
      assertEndsSoon(text, (length) => byteStringOf(bytesOf(make(length))), (bytes) => {
        deadline = performance.now() + 500;
        try {
          call(bytes);
        } catch (error) {
          const isAnswer = [HostError, PatternError, DialectError, Stopped].some((kind) => error instanceof kind);
          if (!isAnswer) throw error;
        }
      }, most);
    }
  });
}

const TEXTS = ["letters", "letters of both cases", "blanks behind a digit", "two bytes", "stray bytes"];

for (const name of ["Fields", "Title", "ToLower", "ToTitle", "ToUpper", "TrimSpace"]) {
  endsSoon(`strings.${name}`, TEXTS, modules.strings![name]!, LONG);
}
for (
  const name of ["Compare", "ContainsAny", "Count", "EqualFold", "Index", "LastIndex", "Split", "Trim", "TrimRight"]
) {
  endsSoon(`strings.${name}`, TEXTS, (text) => modules.strings![name]!(text, text.slice(1)), LONG);
}
endsSoon("strings.Replace", TEXTS, (text) => modules.strings!.Replace!(text, text.slice(0, text.length / 2), "", -1));
for (const name of ["reverserunes", "runecount", "runeslice", "isvalidutf8", "stringtobytes"]) {
  endsSoon(`runes.${name}`, TEXTS, modules.runes![name]!, LONG);
}

const OF_ONE_TEXT = [
  ...["adler32sum", "b32dec", "b32enc", "b64dec", "b64enc", "base", "camelcase", "clean", "dir", "ext", "initials"],
  ...["kebabcase", "nospace", "sha256sum", "snakecase", "swapcase", "toDecimal", "untitle", "urlParse"],
];
const NUMBERS = ["digits", "a fraction", "an exponent alone", "underscores", "units of time"];
for (const name of OF_ONE_TEXT) {
  endsSoon(
    `sprig.${name}`,
    ["letters of both cases", "blanks", "slashes", "base64", "colons", "stray bytes"],
    (text) => {
      modules.sprig![name]!(text);
    },
  );
}
for (const name of ["duration", "durationRound"]) endsSoon(`sprig.${name}`, NUMBERS, modules.sprig![name]!);
endsSoon("sprig.round", NUMBERS, (text) => modules.sprig!.round!(text, 2));
for (const name of ["wrap", "indent", "trunc"]) {
  endsSoon(`sprig.${name}`, ["letters", "words and blanks", "line breaks"], (text) => modules.sprig![name]!(3, text));
}
endsSoon("sprig.semverCompare", ["comparisons", "alternatives", "ranges", "digits and points"], (text) => {
  modules.sprig!.semverCompare!(text, text);
});
const PATTERNS = ["stars", "points", "opening parentheses", "alternatives", "pairs of brackets", "backslashes"];
endsSoon("sprig.regexMatch", PATTERNS, (text) => modules.sprig!.regexMatch!(text, text));
for (const pattern of ["a.*b|a", "(a*)*b", "^\\s+|\\s+$", "(?:.?){500}x"]) {
  endsSoon(`sprig.regexFindAll of ${pattern}`, ["letters", "blanks behind a digit"], (text) => {
    modules.sprig!.regexFindAll!(pattern, text, -1);
  });
}
endsSoon("sprig.quote", TEXTS, (text) => modules.sprig!.quote!({ list: [text, text] }), LONG);

const DOCUMENTS = [
  "opening brackets",
  "pairs of brackets",
  "quotes",
  "escapes",
  "digits alone",
  "line breaks",
  "signs",
];
for (const name of ["quote", "decode", "fromYAML"]) {
  endsSoon(`json.${name}`, [...DOCUMENTS, "stray bytes"], modules.json![name]!, LONG);
}
endsSoon("json.toYAML", DOCUMENTS, (text) => modules.json!.toYAML!(modules.json!.quote!(text) as HostValue), LONG);

endsSoon("string.format", ["percent signs", "open indexes", "indexed verbs", "digits", "stray bytes"], (text) => {
  luaFormat(text, [text, 1, text], tick);
  luaFormat("%d %q %+q %#q %x %X % x %.3s %40s", Array(9).fill(text), tick);
});
endsSoon("os.date", ["percent signs", "percent escapes", "letters"], (text) => formatDate(0, text));
endsSoon("a pattern of Lua", ["stars", "opening parentheses", "opening brackets", "percent signs"], (text) => {
  findMatches(text, text, 0, -1, tick);
});
for (const pattern of ["(%s*)%1x", "%b()", "%f[%w]", "(a*)(.-)%1$"]) {
  endsSoon(`the pattern ${pattern}`, ["letters", "blanks", "opening parentheses", "words and blanks"], (text) => {
    findMatches(pattern, text, 0, -1, tick);
  });
}
for (const before of ["", "x = ", 'x = "', "x = [==[", "--[[", "-- "]) {
  endsSoon(
    `a script that begins with ${before}`,
    HOSTILE_TEXTS.map(({ name }) => name),
    (text) => rewrite(before + text, "<string>"),
    LONG,
  );
}
