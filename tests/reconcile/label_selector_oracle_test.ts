/** Label selectors against the answers that k8s.io/apimachinery gave for them. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/json/json.ts";
import {
  formatLabelSelector,
  type LabelRequirement,
  LabelSelectorError,
  matchesLabels,
  parseLabelSelector,
} from "../../src/reconcile/label_selector.ts";

interface ParseCase {
  readonly selector: string;
  readonly want?: readonly LabelRequirement[];
  /** Indexes of the label sets that match. */
  readonly matches?: readonly number[];
  readonly wantError?: string;
}

interface FormatCase {
  readonly selector: JsonObject;
  readonly want?: string;
  readonly wantError?: string;
}

interface CaseFile {
  readonly labels: readonly Record<string, string>[];
  readonly parse: readonly ParseCase[];
  readonly format: readonly FormatCase[];
}

const file = JSON.parse(
  Deno.readTextFileSync(new URL("./cases/label_selector.json", import.meta.url)),
) as CaseFile;

/** The result, or undefined where the selector is refused. */
function unlessRefused<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof LabelSelectorError) return undefined;
    throw error;
  }
}

Deno.test(`${file.parse.length} selectors are parsed, or refused, as by apimachinery`, () => {
  for (const { selector, want } of file.parse) {
    assert.deepEqual(unlessRefused(() => parseLabelSelector(selector)), want, JSON.stringify(selector));
  }
});

Deno.test(`selectors match ${file.labels.length} sets of labels as in apimachinery`, () => {
  for (const { selector, want, matches } of file.parse) {
    if (!want) continue;
    const requirements = parseLabelSelector(selector);
    const found = file.labels.flatMap((labels, index) => matchesLabels(requirements, labels) ? [index] : []);
    assert.deepEqual(found, matches ?? [], JSON.stringify(selector));
  }
});

Deno.test(`${file.format.length} metav1.LabelSelectors are written, or refused, as by apimachinery`, () => {
  for (const { selector, want } of file.format) {
    assert.equal(unlessRefused(() => formatLabelSelector(selector)), want, JSON.stringify(selector));
  }
});

Deno.test("what is written is parsed again, to the same text's requirements", () => {
  for (const { selector, want } of file.format) {
    if (want !== undefined) assert.doesNotThrow(() => parseLabelSelector(formatLabelSelector(selector)), want);
  }
});

const messages: readonly { name: string; compute: () => unknown; want: string }[] = [
  {
    name: "syntax",
    compute: () => parseLabelSelector("a b"),
    want: 'found "b", expected in, notin, =, ==, !=, > or <',
  },
  { name: "end", compute: () => parseLabelSelector("a,"), want: 'found the end, expected a key after ","' },
  {
    name: "key",
    compute: () => parseLabelSelector("-a"),
    want: 'key "-a": must be letters, digits, -, _ and ., and begin and end with a letter or digit',
  },
  { name: "number", compute: () => parseLabelSelector("x>five"), want: '"x": "five" is no whole number' },
  {
    name: "misspelt field, which would select everything",
    compute: () => formatLabelSelector({ matchLabel: { a: "b" } }),
    want: '"matchLabel" is not a field of label selectors: matchLabels, matchExpressions',
  },
  {
    name: "operator",
    compute: () => formatLabelSelector({ matchExpressions: [{ key: "a", operator: "in" }] }),
    want: 'matchExpressions[0]: "in" is not one of In, NotIn, Exists, DoesNotExist',
  },
];

for (const { name, compute, want } of messages) {
  Deno.test(`message: ${name}`, () => assert.throws(compute, { name: "LabelSelectorError", message: want }));
}
