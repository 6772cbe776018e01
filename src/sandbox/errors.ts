/** Errors of Lua: which script, which of the user's own lines, what is wrong. Never a host stack. */

export type LuaErrorKind =
  /** The text is no Lua. */
  | "syntax"
  /** The script raised an error. */
  | "runtime"
  /** A limit of the sandbox stopped it; its state is thrown away. */
  | "limit"
  /** It returned what can't be used. */
  | "result";

/** Longer messages are cut: a script may put anything into one. */
const MAX_MESSAGE = 1024;

/** What an evaluation costs: rounds of the VM's loops (fuel), and the processor's milliseconds. */
export interface ScriptCost {
  readonly fuel: number;
  readonly milliseconds: number;
}

/**
 * A script that failed. The message is the script's name, line, and the reason. A script can put Secret bytes into its own
 * error: whoever shows it redacts it.
 */
export class LuaError extends Error {
  override name = "LuaError";
  /** True where the limit of its time stopped it: each further run takes all that time again. */
  readonly isOutOfTime: boolean;
  /** What the evaluation had cost when it failed; absent where it had not begun. */
  cost?: ScriptCost;

  constructor(
    readonly kind: LuaErrorKind,
    readonly scriptName: string,
    readonly reason: string,
    readonly line?: number,
    readonly traceback?: string,
    options?: ErrorOptions & { readonly isOutOfTime?: boolean },
  ) {
    const place = line === undefined ? scriptName : `${scriptName}:${line}`;
    super(cut(`${place}: ${reason}`), options);
    this.isOutOfTime = options?.isOutOfTime === true;
  }
}

function cut(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)}… (cut)`;
}
