/** What is told of a trigger is short, however much there is to tell: nobody floods the status. */
import assert from "node:assert/strict";
import { applyPlan } from "../../src/reconcile/apply.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import {
  isSameReport,
  MAX_LISTED,
  MAX_MESSAGE,
  readReport,
  reportOf,
  timedDocument,
  type TriggerReport,
} from "../../src/reconcile/report.ts";
import type { JsonObject } from "../../src/json/json.ts";
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

/** A report's content with one condition, as it is written; without a time as before there were times. */
const saying = (status: string, message = "1 held", time?: unknown): JsonObject => ({
  trigger: "t",
  conditions: [{
    type: "Held",
    status,
    reason: "Payload",
    message,
    ...(time === undefined ? {} : { lastTransitionTime: time as string }),
  }],
});
const FIRST = "2026-01-01T00:00:00Z", WRITTEN = "2026-01-02T00:00:00Z", NOW = "2026-01-03T00:00:00Z";

const TIMES: readonly {
  readonly name: string;
  readonly last?: JsonObject;
  readonly now: JsonObject;
  readonly since: string;
  /** Whether it says what the last one does, so that nothing is written. */
  readonly isSame: boolean;
}[] = [
  { name: "the first report", now: saying("True"), since: NOW, isSame: false },
  {
    name: "all as before",
    last: saying("True", "1 held", FIRST),
    now: saying("True"),
    since: FIRST,
    isSame: true,
  },
  {
    name: "another message, the same status",
    last: saying("True", "1 held", FIRST),
    now: saying("True", "2 held"),
    since: FIRST,
    isSame: false,
  },
  {
    name: "another status",
    last: saying("False", "1 held", FIRST),
    now: saying("True"),
    since: NOW,
    isSame: false,
  },
  {
    name: "as before, in a report without times",
    last: saying("True"),
    now: saying("True"),
    since: WRITTEN,
    isSame: true,
  },
  {
    name: "another message after a report without times",
    last: saying("True"),
    now: saying("True", "2 held"),
    since: WRITTEN,
    isSame: false,
  },
  { name: "a time that is none", last: saying("True", "1 held", "x"), now: saying("True"), since: NOW, isSame: true },
  { name: "a time that is no text", last: saying("True", "1 held", 1), now: saying("True"), since: NOW, isSame: true },
  { name: "no conditions", last: { trigger: "t" }, now: saying("True"), since: NOW, isSame: false },
];

for (const { name, last, now, since, isSame } of TIMES) {
  Deno.test(`since when: ${name}`, () => {
    const data = { "report.json": JSON.stringify(last ?? null), time: WRITTEN };
    const read = readReport({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "r" }, data });
    assert.deepEqual(read?.document, last);
    const [condition] = timedDocument(now, read, NOW).conditions as JsonObject[];
    assert.equal(condition!.lastTransitionTime, since);
    assert.equal(read !== undefined && isSameReport(now, read), isSame);
  });
}
