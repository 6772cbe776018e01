/**
 * What Go's regexp/syntax reads otherwise than the library does: names of Unicode classes (Go takes them in any case, with
 * aliases, and knows those of Unicode 15) and groups of the same name. Everything else goes through as it is.
 */

const CLASS = String.raw`\\[pP](?:\{[^}]{0,64}\}|[^{])`;
/** The next piece outside of brackets. In `[]a]` and `[^]a]` the first closing bracket is a character. */
const OUTSIDE = new RegExp(String.raw`\\Q[^]*?(?:\\E|$)|${CLASS}|\\[^]|\[\^?\]?|\(\?P?<\w+>|[^\\[(]+|[^]`, "uy");
const INSIDE = new RegExp(String.raw`\[:[^\]]{0,32}:\]|${CLASS}|\\[^]|\]|[^\\\][]+|[^]`, "uy");

/** The pattern, which Go reads, as the library must have it to mean the same. What Go refuses, it refuses as well. */
export function fromGoSyntax(pattern: string): string {
  // Most patterns have nothing of it.
  if (!/\\[pP]|\(\?P?</.test(pattern)) return pattern;
  const names = new Set<string>();
  let result = "", isInside = false;
  for (let at = 0; at < pattern.length;) {
    const piece = pieceAt(pattern, at, isInside);
    at += piece.length;
    if (/^\\[pP]/.test(piece)) {
      result += unicodeClass(piece, isInside);
      continue;
    }
    if (!isInside && piece.startsWith("(?")) {
      // Two groups may have one name in Go; which group matched is nothing that a name is needed for.
      result += names.has(piece) ? "(" : piece;
      names.add(piece).add(piece.startsWith("(?P") ? piece.replace("P", "") : piece.replace("(?", "(?P"));
      continue;
    }
    if (isInside ? piece === "]" : piece.startsWith("[")) isInside = !isInside;
    result += piece;
  }
  return result;
}

function pieceAt(pattern: string, at: number, isInside: boolean): string {
  const piece = isInside ? INSIDE : OUTSIDE;
  piece.lastIndex = at;
  return piece.exec(pattern)![0];
}

/** No class has this name: the library refuses it. */
const UNKNOWN = String.raw`\p{?}`;

function unicodeClass(piece: string, isInside: boolean): string {
  const given = piece[2] === "{" ? piece.slice(3, -1) : piece.slice(2);
  const isNegated = given.startsWith("^");
  const name = canonicalName(isNegated ? given.slice(1) : given);
  if (name === "" || UNKNOWN_TO_GO.has(name)) return UNKNOWN;
  if (name === "Ascii") return asciiClass((piece[1] === "P") !== isNegated, isInside);
  return `\\${piece[1]}{${isNegated ? "^" : ""}${ALIASES.get(name) ?? name}}`;
}

function asciiClass(isNegated: boolean, isInside: boolean): string {
  if (isInside) return isNegated ? String.raw`\x{80}-\x{10ffff}` : String.raw`\x00-\x7f`;
  return isNegated ? String.raw`[^\x00-\x7f]` : String.raw`[\x00-\x7f]`;
}

/** One capital, then small letters; blanks, `_` and `-` don't count. Scripts with a `_` are therefore unknown to Go 1.26. */
function canonicalName(name: string): string {
  const letters = name.replace(/[_\- ]/g, "");
  return letters.slice(0, 1).toUpperCase() + letters.slice(1).toLowerCase();
}

/** Scripts that are younger than Unicode 15, and properties that are neither category nor script. */
const UNKNOWN_TO_GO: ReadonlySet<string> = new Set([
  ...["Garay", "Sunuwar", "Todhri", "Sidetic", "Unknown"],
  ...["Alphabetic", "Dash", "Emoji", "Lowercase", "Math", "Uppercase"],
]);

const ALIASES: ReadonlyMap<string, string> = new Map(Object.entries({
  Lc: "LC",
  Casedletter: "LC",
  Closepunctuation: "Pe",
  Combiningmark: "M",
  Connectorpunctuation: "Pc",
  Control: "Cc",
  Currencysymbol: "Sc",
  Dashpunctuation: "Pd",
  Decimalnumber: "Nd",
  Enclosingmark: "Me",
  Finalpunctuation: "Pf",
  Format: "Cf",
  Initialpunctuation: "Pi",
  Letter: "L",
  Letternumber: "Nl",
  Lineseparator: "Zl",
  Lowercaseletter: "Ll",
  Mark: "M",
  Mathsymbol: "Sm",
  Modifierletter: "Lm",
  Modifiersymbol: "Sk",
  Nonspacingmark: "Mn",
  Number: "N",
  Openpunctuation: "Ps",
  Other: "C",
  Otherletter: "Lo",
  Othernumber: "No",
  Otherpunctuation: "Po",
  Othersymbol: "So",
  Paragraphseparator: "Zp",
  Privateuse: "Co",
  Punctuation: "P",
  Separator: "Z",
  Spaceseparator: "Zs",
  Spacingmark: "Mc",
  Surrogate: "Cs",
  Symbol: "S",
  Titlecaseletter: "Lt",
  Unassigned: "Cn",
  Uppercaseletter: "Lu",
  Cntrl: "Cc",
  Digit: "Nd",
  Punct: "P",
}));
