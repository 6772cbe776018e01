/** Functions that Sveltos has and Moonferry has not: left out on purpose, or not there yet. Naming one says which. */
import type { Family } from "./define.ts";

/** Intended differences: what these read is not a template's business. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  env: "reads the controller's environment",
  expandenv: "reads the controller's environment",
  getHostByName: "asks the network",
};

/** To be written; closing a gap is deleting its name here. */
export const NOT_YET: readonly string[] = [
  ...["buildCustomCert", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey"],
  ...["genSignedCert", "genSignedCertWithKey"],
];

export const missing: Family = Object.fromEntries([
  ...Object.entries(LEFT_OUT).map(([name, why]) =>
    [name, { refused: `function "${name}" is left out on purpose: it ${why}` }] as const
  ),
  ...NOT_YET.map((name) => [name, { refused: `function "${name}" of sprig is not available yet` }] as const),
]);
