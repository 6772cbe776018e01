/** CONTRIBUTING.md and the forms: tasks and files that are named are there, and each form is one that can be filled in. */
import assert from "node:assert/strict";
import { readYaml } from "../../src/yaml/read.ts";

const FORMS = ".github/ISSUE_TEMPLATE";
const PAGES = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ".github/pull_request_template.md"];
const DOCS = [...Deno.readDirSync("docs")].filter(({ name }) => name.endsWith(".md")).map(({ name }) => `docs/${name}`);
const read = (file: string) => Deno.readTextFileSync(file);

/** As GitHub makes an anchor of a heading. */
const anchor = (heading: string) => heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-");

Deno.test("every task that a page names is one", () => {
  const { tasks } = JSON.parse(read("deno.json"));
  for (const page of [...PAGES, ...DOCS, "README.md"]) {
    for (const [, task] of read(page).matchAll(/`deno task ([a-z][a-z0-9:]*)/g)) {
      assert.ok(task! in tasks, `${page}: ${task}`);
    }
  }
});

Deno.test("every link of a page leads to a file, and to a heading where it names one", () => {
  let count = 0;
  for (const page of [...PAGES, ...DOCS, "README.md"]) {
    for (const [, link] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      const [path, heading] = link!.split("#") as [string, string?];
      const file = path === "" ? page : new URL(path, `file:///${page}`).pathname.slice(1);
      assert.ok(Deno.statSync(file), `${page}: ${link}`);
      if (heading !== undefined) {
        const anchors = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchor(text!));
        assert.ok(anchors.includes(heading), `${page}: ${link}`);
      }
      count++;
    }
  }
  assert.ok(count > 30, String(count));
});

interface Element {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const forms = [...Deno.readDirSync(FORMS)].map(({ name }) => name).filter((name) => name !== "config.yml").toSorted();

for (const name of forms) {
  Deno.test(`form ${name}`, () => {
    const form = readYaml(read(`${FORMS}/${name}`)) as unknown as Record<string, unknown>;
    const json = JSON.parse(JSON.stringify(form));
    assert.ok(json.name && json.description);
    const elements: Element[] = json.body;
    const asked = elements.filter(({ type }) => type !== "markdown");
    assert.ok(asked.length > 0);
    assert.equal(new Set(asked.map(({ id }) => id)).size, asked.length, "each has an id of its own");
    for (const { type, attributes } of elements) {
      assert.ok(["markdown", "textarea", "input", "dropdown", "checkboxes"].includes(type), type);
      if (type === "markdown") assert.ok(attributes.value);
      else assert.ok(attributes.label);
      const { options } = attributes;
      if (type === "dropdown") assert.ok(Array.isArray(options) && options.every((one) => typeof one === "string"));
    }
  });
}

Deno.test("there are forms", () => assert.ok(forms.length >= 3));
