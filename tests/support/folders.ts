/** The folders of `src/`: which may know which, and which are pure. Tests hold the code and docs/architecture.md to it. */

/** Folder of `src/` → the folders that it may import from, besides itself. Libraries from npm and `node:` are free. */
export const MAY_IMPORT: Record<string, readonly string[]> = {
  json: [],
  time: [],
  regex: [],
  yaml: ["json"],
  api: ["json", "yaml"],
  template: ["json", "yaml", "time", "regex"],
  cel: ["json", "regex"],
  sandbox: ["json", "yaml", "template", "time", "regex"],
  reconcile: ["json", "yaml", "api", "template", "cel", "sandbox"],
  manifests: ["json", "yaml", "api", "reconcile"],
  kube: ["json", "yaml", "api", "reconcile"],
  telemetry: ["json"],
  controller: ["json", "api", "reconcile", "telemetry"],
  cli: ["json", "yaml", "api", "template", "cel", "sandbox", "reconcile", "manifests", "controller", "telemetry"],
};

/** Folders whose code is the same for the same input: no world, no clock, no chance. */
export const PURE = ["json", "time", "regex", "yaml", "api", "template", "cel", "sandbox", "reconcile"];
