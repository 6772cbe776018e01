/** What is wrong with a YAML text, and where. It never quotes what stands in the text, since that may be a Secret. */

/** A place in a text: `line` and `column` start at 0, the column counts characters. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  /** The line that go-yaml counts, where it is another: it takes the end for the start of one more line. */
  readonly goLine?: number;
}

export class YamlError extends Error {
  override name = "YamlError";
  /** What go-yaml says, which may quote the text: for `fromYaml` alone, which hands it to the template as a value. */
  readonly goMessage: string;

  /** @param reason What is wrong, without the place. `line` and `column` start at 1. */
  constructor(readonly reason: string, readonly line: number, readonly column: number, goMessage?: string) {
    super(reason);
    this.goMessage = goMessage ?? `yaml: ${reason}`;
  }
}

/** An error at `mark` in the words of go-yaml, whose parser counts lines from 0 and whose scanner from 1. */
export function errorAt(reason: string, mark: Mark, by: "scanner" | "parser"): YamlError {
  const counted = mark.goLine ?? mark.line;
  const goLine = counted === 0 ? 0 : by === "scanner" ? counted + 1 : counted;
  const goMessage = `yaml: ${goLine === 0 ? "" : `line ${goLine}: `}${reason}`;
  return new YamlError(reason, mark.line + 1, mark.column + 1, goMessage);
}

/** An error that go-yaml reports without a line; `goMessage` is what it says. */
export function errorWithoutLine(reason: string, mark: Mark, goMessage = `yaml: ${reason}`): YamlError {
  return new YamlError(reason, mark.line + 1, mark.column + 1, goMessage);
}
