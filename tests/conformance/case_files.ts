/** Our own cases: the files of `cases/`, each beside the original's answers. */
import { MODES } from "./modes/mod.ts";

export interface CaseFile {
  /** Without `.jsonl`. */
  readonly name: string;
  /** The mode that begins the name (`cel-regex`); `lua-eval` where none does. */
  readonly mode: string;
}

/** Every file of cases, by name, so that none lies there unread. */
export function caseFiles(): CaseFile[] {
  return Array.from(Deno.readDirSync(new URL("./cases", import.meta.url)), ({ name }) => name)
    .filter((name) => name.endsWith(".jsonl") && !name.endsWith(".expected.jsonl"))
    .map((name) => name.slice(0, -".jsonl".length)).sort()
    .map((name) => ({ name, mode: modeOf(name) }));
}

function modeOf(name: string): string {
  const modes = [...MODES.keys()].filter((mode) => name === mode || name.startsWith(`${mode}-`));
  // Of `yaml-write` and `yaml-write-v3`, the longer.
  return modes.sort((a, b) => b.length - a.length)[0] ?? "lua-eval";
}
