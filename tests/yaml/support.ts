/** The case files that the Go program in `oracle/` answered. */
import { field, type Json, parseJson } from "../../src/json/json.ts";

/** A row of a case file: an object whose fields depend on the file. */
export class GoCase {
  constructor(readonly row: Json) {}

  /** A text of the row; undefined if it has none of that name. */
  text(name: string): string | undefined {
    return field(this.row, name) as string | undefined;
  }

  json(name: string): Json | undefined {
    return field(this.row, name);
  }
}

export function readCases(name: string): GoCase[] {
  const path = new URL(`./cases/${name}.json`, import.meta.url);
  const rows = field(parseJson(Deno.readTextFileSync(path)), "cases") as Json[];
  return rows.map((row) => new GoCase(row));
}
