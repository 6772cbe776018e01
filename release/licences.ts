/** Makes docs/licences.md of the packages' own metadata: `deno task licences`. A test compares it with what stands there. */
import { type LockedPackage, lockedPackages } from "./packages.ts";

const FILE = "docs/licences.md";

/** The page. */
export function licencesPage(packages: readonly LockedPackage[]): string {
  const row = ({ name, version, licence }: LockedPackage) => `| ${name} | ${version} | ${licence} |`;
  const table = (rows: readonly string[]) => ["| package | version | licence |", "| --- | --- | --- |", ...rows];
  return [
    "# Licences",
    "",
    "Moonferry is under the Apache License 2.0 ([LICENSE](../LICENSE)). What it uses is under these licences, as each",
    "package's own `package.json` names it; the packages in an image hold the texts where they come with any.",
    "`deno task licences` makes this page.",
    "",
    "## In the program",
    "",
    ...table(packages.filter(({ isRequired }) => isRequired).map(row)),
    "",
    "Besides: Lua 5.4 (MIT), vendored as WebAssembly ([NOTICE](../src/sandbox/vendor/NOTICE.md)), and Deno (MIT), which runs",
    "it.",
    "",
    "## For tests, and for making what is vendored",
    "",
    ...table(packages.filter(({ isRequired }) => !isRequired).map(row)),
    "",
  ].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(FILE, licencesPage(await lockedPackages()));
