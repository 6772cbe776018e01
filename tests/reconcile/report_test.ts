/** What is told of a trigger is short, however much there is to tell: nobody floods the status. */
import assert from "node:assert/strict";
import { applyPlan } from "../../src/reconcile/apply.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { MAX_LISTED, MAX_MESSAGE, reportOf, type TriggerReport } from "../../src/reconcile/report.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
/** What a report ConfigMap may hold (Decision 15). */
const MOST_BYTES = 50_000;

/** The report of a hundred matches, rendered with the template. */
async function reportFor(template: string, source: Parameters<typeof pipeline>[0] = {}): Promise<TriggerReport> {
  const inputs = Array.from({ length: 100 }, (_, i) => input(`${"long-name-".repeat(20)}${i}`, "1"));
  const world = new World(...pipeline({ template, ...source }), ...inputs);
  const parts = { reader: world, sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } };
  const reconciliation = await reconcile({ trigger: "t" }, parts, optionsFor("Secret"), signal);
  const outcomes = await applyPlan(reconciliation.plan, world, signal);
  return reportOf(reconciliation, outcomes);
}

const SCRIPT = {
  source: {
    resourceSelectors: [{ group: "", version: "v1", kind: "Input" }],
    collectResources: true,
    aggregatedSelection: 'function evaluate() return {resources = resources, message = ("漢"):rep(100000)} end',
  },
};

const NAMES = {
  source: {
    ...SCRIPT.source,
    aggregatedSelection: `function evaluate()
      local all = {}
      for i = 1, 20 do all[i] = {kind = "X", metadata = {name = ("\u{1F600}"):rep(20000) .. i}} end
      return {resources = all}
    end`,
  },
};

const ROWS: readonly { name: string; template: string; more?: Parameters<typeof pipeline>[0] }[] = [
  { name: "a hundred failures of many letters", template: '{{ fail (repeat 5000 "x") }}' },
  { name: "a hundred failures of many long letters", template: '{{ fail (repeat 5000 "漢") }}' },
  {
    name: "a hundred that want one name",
    template: OUTPUT.replace("out-{{ .Resource.metadata.name }}", "one") +
      "  n: {{ .Resource.metadata.name | b64enc }}\n",
  },
  { name: "a hundred of a kind that may not be written", template: OUTPUT.replace("kind: Secret", "kind: Pod") },
  { name: "a script that says much", template: OUTPUT, more: SCRIPT },
  { name: "a script that gives names without end", template: '{{ fail "no" }}', more: NAMES },
];

for (const { name, template, more } of ROWS) {
  Deno.test(`report: ${name}`, async () => {
    const { conditions, announcements, document } = await reportFor(template, more);
    assert.equal(conditions.length, 2);
    for (const { message } of [...conditions, ...announcements]) {
      assert.ok(message.isWellFormed(), "no half of a character");
      assert.ok(
        new TextEncoder().encode(message).length <= MAX_MESSAGE,
        `${message.length} letters: ${message.slice(0, 80)}`,
      );
    }
    assert.ok(announcements.length <= MAX_LISTED, String(announcements.length));
    const bytes = new TextEncoder().encode(JSON.stringify(document, undefined, 2)).length;
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
  });
}
