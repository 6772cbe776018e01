/** The guest code that runs in every fresh state before the user's script, in this order. */
import base from "../../lua/base.lua" with { type: "text" };
import forbidden from "../../lua/forbidden.lua" with { type: "text" };
import helpers from "../../lua/helpers.lua" with { type: "text" };
import os from "../../lua/os.lua" with { type: "text" };

export const PRELUDE: readonly { readonly name: string; readonly text: string }[] = [
  { name: "base.lua", text: base },
  { name: "os.lua", text: os },
  { name: "helpers.lua", text: helpers },
  { name: "forbidden.lua", text: forbidden },
];
