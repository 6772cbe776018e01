/** Sveltos's functions of TOML, which is BurntSushi/toml's. */
import { ANY, anyMap, type Value } from "../value.ts";
import { type CallContext } from "../function.ts";
import { type Family, fn } from "./define.ts";
import { readToml, TomlReadError } from "./toml_read.ts";
import { TomlWriteError, writeToml } from "./toml_write.ts";

/** Sveltos: a map, in which `Error` is what went wrong. */
function fromToml(text: string, context: CallContext): Value {
  try {
    return readToml(text, context);
  } catch (error) {
    if (error instanceof TomlReadError) return anyMap([["Error", error.message]]);
    throw error;
  }
}

/** Sveltos: what can't be written is the error's text. */
function toToml(value: Value, context: CallContext): string {
  try {
    return writeToml(value, context);
  } catch (error) {
    if (error instanceof TomlWriteError) return error.message;
    throw error;
  }
}

export const toml: Family = {
  fromToml: fn(["string"], ([text], context) => fromToml(text as string, context)),
  toToml: fn([ANY], ([value], context) => toToml(value!, context)),
};
