/** Every function that a template of Sveltos may name, by name. */
import type { FunctionTable } from "../function.ts";
import { certificates } from "./certificates.ts";
import { choices } from "./choose.ts";
import { crypto } from "./crypto.ts";
import { dates } from "./dates.ts";
import { dicts } from "./dicts.ts";
import { encoding } from "./encoding.ts";
import { lists } from "./lists.ts";
import { math } from "./math.ts";
import { leftOut } from "./left_out.ts";
import { paths } from "./paths.ts";
import { randomness } from "./random.ts";
import { reflection } from "./reflection.ts";
import { regex } from "./regex.ts";
import { strings } from "./strings.ts";
import { sveltos } from "./sveltos.ts";
import { toml } from "./toml.ts";
import { urls } from "./urls.ts";
import { versions } from "./versions.ts";

const families = [
  strings,
  lists,
  choices,
  dicts,
  math,
  encoding,
  crypto,
  certificates,
  regex,
  reflection,
  randomness,
  sveltos,
  paths,
  dates,
  urls,
  versions,
  toml,
  leftOut,
];

/** Sprig's functions and Sveltos's, which win; Go's own builtins are the engine's. */
export const functionTable: FunctionTable = new Map(families.flatMap((family) => Object.entries(family)));
