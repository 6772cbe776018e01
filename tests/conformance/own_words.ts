/** Where the messages of templates are ours on purpose, and why. Up to these words they are Go's. */

export interface OwnWords {
  readonly reason: string;
  /** What both messages are without, each in its own way. */
  readonly original: RegExp;
  readonly ours: RegExp;
}

const VALUES = "a value may come from a Secret";

const OWN_WORDS: readonly OwnWords[] = [
  {
    reason: VALUES,
    original: /(range can't iterate over) .*$/s,
    ours: /(range can't iterate over) a value of type .*$/,
  },
  {
    reason: VALUES,
    original: /(can't use) .* (to iterate over more than one variable)$/s,
    ours: /(can't use) a value of type \w+ (to iterate over more than one variable)$/,
  },
  { reason: VALUES, original: /(: index out of range): -?\d+$/, ours: /(: index out of range)$/ },
  {
    reason: VALUES,
    original: /(: )(?:regexp: Compile\((?:`.*?`|"(?:[^"\\]|\\.)*")\): )?(error parsing regexp: .*?): `[^`]*`$/s,
    ours: /(: )(error parsing regexp: .*)$/,
  },
  {
    reason: VALUES,
    original: /(: non-comparable type) .*: (\S+(?: \{\})?)$/s,
    ours: /(: non-comparable type) (\S+(?: \{\})?)$/,
  },
  {
    reason: VALUES,
    original: /(: non-comparable types) .*: (\S+(?: \{\})?), ([*\w.[\]]+(?: \{\})?): .*$/s,
    ours: /(: non-comparable types) (\S+(?: \{\})?), (\S+(?: \{\})?)$/,
  },
  {
    reason: "our limit is lower, and can be set",
    original: /(exceeded maximum template depth) \(\d+\)$/,
    ours: /(exceeded maximum template depth) \(\d+\) \(limit --template-depth\)$/,
  },
  {
    reason: "the type of the value says more than interface {}",
    original: /(can't evaluate field \S+ in type) interface \{\}$/,
    ours: /(can't evaluate field \S+ in type) \S.*$/,
  },
];

/** Whether our message differs from the original's only in words that are ours on purpose. */
export function isInOwnWords(original: string, ours: string): boolean {
  return OWN_WORDS.some((words) => {
    const a = rest(original, words.original), b = rest(ours, words.ours);
    return a !== undefined && a === b;
  });
}

/** The message without what the pattern leaves out; undefined where it doesn't match. */
function rest(message: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(message);
  return match === null ? undefined : message.slice(0, match.index) + match.slice(1).join(" ");
}
