/** Functions that Sveltos has and Moonferry leaves out on purpose. Naming one says why. */
import type { Family } from "./define.ts";

/** Intended differences: what these read is not a template's business. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  env: "reads the controller's environment",
  expandenv: "reads the controller's environment",
  getHostByName: "asks the network",
};

export const leftOut: Family = Object.fromEntries(
  Object.entries(LEFT_OUT).map(([name, why]) =>
    [name, { refused: `function "${name}" is left out on purpose: it ${why}` }] as const
  ),
);
