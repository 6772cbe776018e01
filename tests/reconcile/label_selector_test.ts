/** Label selectors as k8s.io/apimachinery parses, matches and formats them. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/json/json.ts";
import {
  formatLabelSelector,
  LabelSelectorError,
  matchesLabels,
  parseLabelSelector,
} from "../../src/reconcile/label_selector.ts";

const LABELS = { a: "x", empty: "", n: "5", "k.io/name": "web" };

/** From the documentation of the API's labelSelector, and semantics §2 with §11.1.2. */
const MATCHES: readonly { selector: string; want: boolean }[] = [
  { selector: "", want: true },
  { selector: "a=x", want: true },
  { selector: "a==x", want: true },
  { selector: "a = x", want: true },
  { selector: "a=y", want: false },
  { selector: "a=", want: false },
  { selector: "empty=", want: true },
  { selector: "missing=", want: false },
  { selector: "a!=y", want: true },
  { selector: "a!=x", want: false },
  { selector: "missing!=x", want: true },
  { selector: "missing!=", want: true },
  { selector: "empty!=", want: false },
  { selector: "a", want: true },
  { selector: "empty", want: true },
  { selector: "missing", want: false },
  { selector: "!a", want: false },
  { selector: "!missing", want: true },
  { selector: "a in (x,y)", want: true },
  { selector: "a in (y)", want: false },
  { selector: "missing in (x)", want: false },
  { selector: "empty in (,x)", want: true },
  { selector: "a notin (y,z)", want: true },
  { selector: "a notin (x)", want: false },
  { selector: "missing notin (x)", want: true },
  { selector: "n>4", want: true },
  { selector: "n>5", want: false },
  { selector: "n<6", want: true },
  { selector: "a>1", want: false },
  { selector: "missing<6", want: false },
  { selector: "k.io/name=web,a", want: true },
  { selector: "k.io/name=web,!a", want: false },
  { selector: "a=x,empty", want: true },
];

for (const { selector, want } of MATCHES) {
  Deno.test(`labels match "${selector}": ${want}`, () => {
    assert.equal(matchesLabels(parseLabelSelector(selector), LABELS), want);
  });
}

for (
  const selector of [
    "a b",
    "a=x y",
    "a=x,",
    ",a",
    "=x",
    "a in x",
    "a in (x",
    "a>x",
    "a=!x",
    "a/b/c=x",
    "a=" + "x".repeat(64),
    "-a=x",
    "a in (x y)",
  ]
) {
  Deno.test(`no selector: "${selector}"`, () => {
    assert.throws(() => parseLabelSelector(selector), LabelSelectorError);
  });
}

const FORMATS: readonly { selector: JsonObject; want: string }[] = [
  { selector: {}, want: "" },
  { selector: { matchLabels: { b: "2", a: "1" } }, want: "a=1,b=2" },
  { selector: { matchExpressions: [{ key: "a", operator: "In", values: ["y", "x"] }] }, want: "a in (x,y)" },
  { selector: { matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, want: "a notin (x)" },
  {
    selector: { matchExpressions: [{ key: "b", operator: "Exists" }, { key: "a", operator: "DoesNotExist" }] },
    want: "!a,b",
  },
];

for (const { selector, want } of FORMATS) {
  Deno.test(`selector as text: ${want || "nothing"}`, () => assert.equal(formatLabelSelector(selector), want));
}

for (
  const [selector, error] of [
    [{ matchExpressions: [{ key: "a", operator: "Has" }] }, /"Has" is not one of In, NotIn, Exists, DoesNotExist/],
    [{ matchExpressions: [{ key: "a", operator: "In", values: [] }] }, /In needs values/],
    [{ matchExpressions: [{ key: "a", operator: "Exists", values: ["x"] }] }, /Exists takes no values/],
    [{ matchLabels: { a: "x y" } }, /value "x y" of "a"/],
  ] as const
) {
  Deno.test(`no LabelSelector: ${JSON.stringify(selector)}`, () => {
    assert.throws(() => formatLabelSelector(selector as unknown as JsonObject), error);
  });
}

Deno.test("keys of JavaScript's own are ordinary keys", () => {
  assert.equal(matchesLabels(parseLabelSelector("constructor"), {}), false);
  assert.equal(matchesLabels(parseLabelSelector("toString=x"), {}), false);
});
