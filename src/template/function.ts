/** What a function of a template is: its parameters as Go's reflection sees them, and what it may touch. */
import type { RenderLimits } from "./budget.ts";
import type { GoType, Value } from "./value.ts";

/** The two things of the outside that a template can see: `now`, and randomness (`randAlphaNum`, `genCA`, `uuidv4`). */
export interface TemplateWorld {
  now(): Date;
  randomBytes(count: number): Uint8Array;
}

/** What a function gets of the run that calls it. */
export interface CallContext {
  readonly world: TemplateWorld;
  readonly limits: RenderLimits;
  /** Takes steps off the budget of the run: call it in every loop that the user's values drive. Throws a LimitError. */
  spend(steps: number): void;
  /** Asks for room for a text of `bytes` (or a list of that many elements) before making it. Throws a LimitError. */
  reserve(bytes: number): void;
}

/**
 * A function as a template calls it. The engine has checked the number of arguments and their types before `call`:
 * a parameter of type `string` gets a JS string, `float64` a number, `int`/`int64` a `GoInt` of that kind, `interface {}`
 * any value (`null` for nil, never undefined), `map[string]interface {}` a `GoMap` (which may be the nil map), and so on.
 */
export interface TemplateFunction {
  /** The types of the fixed parameters, see {@link GoType}. */
  readonly parameters: readonly GoType[];
  /** The type of each further argument, of a variadic function. */
  readonly variadic?: GoType;
  /** @throws {FunctionError} for what the Go function returns as error or panics with. */
  readonly call: (args: Value[], context: CallContext) => Value;
}

/** A function that is known but can't be used: naming it is an error of the parse stage that says why. */
export interface RefusedFunction {
  /** The whole message, such as `function "env" is left out on purpose: it reads the controller's environment`. */
  readonly refused: string;
}

export type FunctionTable = ReadonlyMap<string, TemplateFunction | RefusedFunction>;

/** The error that a function gives back: the template fails with `error calling NAME: MESSAGE`. No data values in it. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  /** `hint` is a sentence for the user about what to write instead. */
  constructor(message: string, readonly hint?: string) {
    super(message);
  }
}
