/** docs/compatibility.md has a row for every field that users can write, each with a scenario that is there. */
import assert from "node:assert/strict";
import { EVENT_SOURCE_FIELDS, EVENT_TRIGGER_FIELDS, type FieldTable } from "../../src/api/fields.ts";
import { field, fieldAt, isJsonObject, type Json } from "../../src/json/json.ts";
import { readYaml } from "../../src/yaml/read.ts";

interface Row {
  readonly name: string;
  readonly verdict: string;
  readonly scenarios: readonly string[];
}

const text = Deno.readTextFileSync("docs/compatibility.md");

/** The rows of the section's table; the name is the first cell in backquotes. */
function rowsOf(section: string): Row[] {
  const body = text.split(/^## /m).find((part) => part.startsWith(section))!;
  return body.split("\n").filter((line) => line.startsWith("| ") && !/^\| (field|on|what|-)/.test(line)).map((line) => {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const names = cells.length === 5 ? cells.slice(1) : cells;
    return {
      name: names[0]!.replaceAll("`", ""),
      verdict: names[1]!,
      scenarios: names.at(-1)!.split(",").map((name) => name.trim()).filter((name) => name !== "—"),
    };
  });
}

/** The paths of a CRD's schema below `spec`, lists with `[]`, as the table writes them. */
function schemaPaths(schema: Json | undefined, path: string): string[] {
  const properties = field(schema, "properties");
  if (isJsonObject(properties)) {
    return Object.entries(properties).flatMap((
      [name, child],
    ) => [`${path}.${name}`, ...schemaPaths(child, `${path}.${name}`)]);
  }
  const items = field(schema, "items");
  return items === undefined ? [] : schemaPaths(items, `${path}[]`);
}

function treatments(table: FieldTable, path: string): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, spec] of Object.entries(table)) {
    const at = `${path}.${name}`;
    all.set(at, spec.treatment);
    if (!spec.fields) continue;
    for (const [below, treatment] of treatments(spec.fields, spec.type === "list" ? `${at}[]` : at)) {
      all.set(below, spec.treatment === "acted" ? treatment : spec.treatment);
    }
  }
  return all;
}

/** The paths of the fields that are acted on with a difference. */
function differing(table: FieldTable, path: string): string[] {
  return Object.entries(table).flatMap(([name, spec]) => {
    const at = `${path}.${name}`;
    const below = spec.fields ? differing(spec.fields, spec.type === "list" ? `${at}[]` : at) : [];
    return spec.differs ? [at, ...below] : below;
  });
}

const KINDS = [
  { kind: "EventSource", plural: "eventsources", fields: EVENT_SOURCE_FIELDS },
  { kind: "EventTrigger", plural: "eventtriggers", fields: EVENT_TRIGGER_FIELDS },
];
for (const { kind, plural, fields } of KINDS) {
  const rows = rowsOf(kind);
  Deno.test(`${kind}: every field of the CRD has a row, and no row is of a field that is none`, () => {
    const crd = readYaml(Deno.readTextFileSync(`k8s/crds/lib.projectsveltos.io_${plural}.yaml`));
    const version = (fieldAt(crd, "spec", "versions") as Json[])[0];
    const paths = schemaPaths(fieldAt(version, "schema", "openAPIV3Schema", "properties", "spec"), "spec");
    assert.ok(paths.length > 20);
    assert.deepEqual(rows.map(({ name }) => name).sort(), [...new Set(paths)].sort());
  });

  Deno.test(`${kind}: the rows say what the reader does`, () => {
    const wanted: Readonly<Record<string, readonly string[]>> = {
      acted: ["works", "differs", "no effect"],
      inert: ["no effect", "differs"],
      refused: ["refused"],
    };
    const wrong = rows.filter(({ name, verdict }) => !wanted[treatments(fields, "spec").get(name)!]?.includes(verdict));
    assert.deepEqual(wrong, []);
  });

  Deno.test(`${kind}: what the reader names as a difference is one on the page, and the other way round`, () => {
    const all = treatments(fields, "spec");
    const onPage = rows.filter(({ name, verdict }) => verdict === "differs" && all.get(name) === "acted");
    assert.deepEqual(onPage.map(({ name }) => name).sort(), differing(fields, "spec").sort());
  });
}

Deno.test("every row names scenarios that are there, and every scenario is named", () => {
  const rows = ["EventSource", "EventTrigger", "Annotations and labels", "Deployment"].flatMap(rowsOf);
  assert.ok(rows.length > 120, String(rows.length));
  const folders = [...Deno.readDirSync("tests/scenarios")].filter(({ isDirectory }) => isDirectory).map(({ name }) =>
    name
  );
  const named = new Set(rows.flatMap(({ scenarios }) => scenarios));
  assert.deepEqual([...named].filter((name) => !folders.includes(name)), []);
  // These two show examples of Moonferry's own.
  assert.deepEqual(folders.filter((name) => !named.has(name)).sort(), ["clusterprofile-report", "two-kinds"]);
  const fieldRows = ["EventSource", "EventTrigger"].flatMap(rowsOf);
  assert.deepEqual(fieldRows.filter(({ scenarios }) => scenarios.length === 0), []);
});
