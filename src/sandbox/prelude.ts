/**
 * The runtime that every fresh state gets before the user's script: one chunk, made of the parts in `lua/`. It takes the
 * host's functions and returns the table that holds its own.
 */
import base from "../../lua/base.lua" with { type: "text" };
import cells from "../../lua/cells.lua" with { type: "text" };
import coroutine from "../../lua/coroutine.lua" with { type: "text" };
import errors from "../../lua/errors.lua" with { type: "text" };
import forbidden from "../../lua/forbidden.lua" with { type: "text" };
import helpers from "../../lua/helpers.lua" with { type: "text" };
import math from "../../lua/math.lua" with { type: "text" };
import numbers from "../../lua/numbers.lua" with { type: "text" };
import operators from "../../lua/operators.lua" with { type: "text" };
import os from "../../lua/os.lua" with { type: "text" };
import packages from "../../lua/package.lua" with { type: "text" };
import string from "../../lua/string.lua" with { type: "text" };
import table from "../../lua/table.lua" with { type: "text" };
import tables from "../../lua/tables.lua" with { type: "text" };

const PARTS = [
  ...[
    errors,
    cells,
    numbers,
    tables,
    operators,
    string,
    table,
    math,
    os,
    coroutine,
    base,
    helpers,
    forbidden,
    packages,
  ],
];

/** The name of the runtime's chunks, by which it knows its own functions from the user's. */
export const RUNTIME_CHUNK = "=(moonferry)";

export const RUNTIME_TEXT = [
  "local R, host = {}, ...",
  ...PARTS.map((part) => `(function(...)\n${part}\nend)(R, host)`),
  "return R",
].join("\n;");
