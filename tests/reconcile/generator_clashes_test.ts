/** One generated name for several matches: none is ever given what was generated for another, whoever came first. */
import assert from "node:assert/strict";
import { formatRef } from "../../src/api/object.ts";
import { fieldAt, type JsonObject } from "../../src/json/json.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { configMap, refTo, secret } from "../support/rendering.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, pipeline, World } from "../support/world.ts";

const generator = { namespace: "mgmt", name: "source", nameFormat: "gen" };
const outputNamed = (name: string, data: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {namespace: in, name: "out-${name}"}\n${data}\n`;

/** Each gives Secret `out-<spec.v>` with the value `<spec.v>`, or `out-<name>` where the name is the match's. */
const WAYS = {
  /** The value is read of the generated Secret, by the match's own template. */
  "through templateResourceRefs": {
    trigger: {
      secretGenerator: [generator],
      templateResourceRefs: [{
        identifier: "M",
        resource: { apiVersion: "v1", kind: "Secret", namespace: "projectsveltos", name: "gen" },
      }],
      policyRefs: [refTo("content")],
    },
    sources: [
      secret("source", { v: "{{ .Resource.spec.v }}" }),
      configMap("content", {
        k: outputNamed("{{ .Resource.spec.v }}", 'data: {v: "{{ `{{ .MgmtResources.M.data.v }}` }}"}'),
      }, ...["instantiate", "template"]),
    ],
  },
  /** The same under names that stay when the value is another. */
  "through templateResourceRefs, named by match": {
    trigger: {
      configMapGenerator: [generator],
      templateResourceRefs: [{
        identifier: "M",
        resource: { apiVersion: "v1", kind: "ConfigMap", namespace: "projectsveltos", name: "gen" },
      }],
      policyRefs: [refTo("content")],
    },
    sources: [
      configMap("source", { v: "{{ .Resource.spec.v }}" }),
      configMap("content", {
        k: outputNamed("{{ .Resource.metadata.name }}", 'stringData: {v: "{{ `{{ .MgmtResources.M.data.v }}` }}"}'),
      }, ...["instantiate", "template"]),
    ],
  },
  /** The generated object is the content itself. */
  "through policyRefs": {
    trigger: {
      secretGenerator: [generator],
      policyRefs: [refTo("gen", { kind: "Secret", namespace: "projectsveltos" })],
    },
    sources: [
      secret("source", { k: outputNamed("{{ .Resource.spec.v }}", 'stringData: {v: "{{ .Resource.spec.v }}"}') }),
    ],
  },
} as const satisfies Record<string, { trigger: JsonObject; sources: readonly JsonObject[] }>;

type Way = keyof typeof WAYS;
const BY_VALUE: readonly Way[] = ["through templateResourceRefs", "through policyRefs"];
const BY_MATCH: readonly Way[] = ["through templateResourceRefs, named by match"];

/** The values of matches before a pass; null: it is gone. */
type Values = Readonly<Record<string, string | null>>;

interface Row {
  readonly name: string;
  readonly ways: readonly Way[];
  /** Two passes follow each. */
  readonly steps: readonly Values[];
  /** What the last step changes. */
  readonly changes: readonly string[];
  /** The outputs in the end, `name: value`. */
  readonly outputs: readonly string[];
  /** The matches that fail in the end. */
  readonly failing: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "a match goes on as it is where another appears after it",
    ways: BY_VALUE,
    steps: [{ a: "1" }, { b: "2" }],
    changes: [],
    outputs: ["out-1: 1"],
    failing: ["a", "b"],
  },
  {
    name: "a match goes on as it is where another appears before it",
    ways: BY_VALUE,
    steps: [{ b: "2" }, { a: "1" }],
    changes: [],
    outputs: ["out-2: 2"],
    failing: ["a", "b"],
  },
  {
    name: "no credential reaches another's output",
    ways: BY_MATCH,
    steps: [{ a: "1" }, { b: "2" }],
    changes: [],
    outputs: ["out-a: 1"],
    failing: ["a", "b"],
  },
  {
    name: "no credential reaches another's output, the other way round",
    ways: BY_MATCH,
    steps: [{ b: "2" }, { a: "1" }],
    changes: [],
    outputs: ["out-b: 2"],
    failing: ["a", "b"],
  },
  {
    name: "two at once: neither is written",
    ways: [...BY_VALUE, ...BY_MATCH],
    steps: [{ a: "1", b: "2" }],
    changes: [],
    outputs: [],
    failing: ["a", "b"],
  },
  {
    name: "three of which two agree: a majority is no owner",
    ways: [...BY_VALUE, ...BY_MATCH],
    steps: [{ a: "1", b: "2", c: "2" }],
    changes: [],
    outputs: [],
    failing: ["a", "b", "c"],
  },
  {
    name: "a third that differs stops two that agree, and changes nothing of theirs",
    ways: BY_MATCH,
    steps: [{ a: "1", b: "1" }, { c: "2" }],
    changes: [],
    outputs: ["out-a: 1", "out-b: 1"],
    failing: ["a", "b", "c"],
  },
  {
    name: "equal content works",
    ways: BY_MATCH,
    steps: [{ a: "1" }, { b: "1" }],
    changes: ["create Secret in/out-b"],
    outputs: ["out-a: 1", "out-b: 1"],
    failing: [],
  },
  {
    name: "equal content works, at once",
    ways: BY_VALUE,
    steps: [{ a: "1", b: "1" }],
    changes: ["create Secret in/out-1", "create Secret projectsveltos/gen"],
    outputs: ["out-1: 1"],
    failing: [],
  },
  {
    name: "equal content that becomes another for one of them",
    ways: BY_MATCH,
    steps: [{ a: "1", b: "1" }, { b: "2" }],
    changes: [],
    outputs: ["out-a: 1", "out-b: 1"],
    failing: ["a", "b"],
  },
  {
    name: "the newcomer goes away again: the first goes on, with what it has become",
    ways: BY_MATCH,
    steps: [{ a: "1" }, { b: "2" }, { a: "3" }, { b: null }],
    changes: ["update ConfigMap projectsveltos/gen", "update Secret in/out-a"],
    outputs: ["out-a: 3"],
    failing: [],
  },
  {
    name: "the newcomer goes away again: there is nothing to do",
    ways: BY_VALUE,
    steps: [{ a: "1" }, { b: "2" }, { b: null }],
    changes: [],
    outputs: ["out-1: 1"],
    failing: [],
  },
  {
    name: "the first goes away: its output does too, and the newcomer gets its own",
    ways: BY_MATCH,
    steps: [{ a: "1" }, { b: "2" }, { a: null }],
    changes: ["create Secret in/out-b", "delete Secret in/out-a", "update ConfigMap projectsveltos/gen"],
    outputs: ["out-b: 2"],
    failing: [],
  },
];

const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`);
const outputsIn = (world: World) =>
  ["1", "2", "3", "a", "b", "c"].flatMap((name) => {
    const object = world.get(`Secret in/out-${name}`);
    return object ? [`out-${name}: ${atob(fieldAt(object, "data", "v") as string)}`] : [];
  });

for (const row of rows) {
  for (const way of row.ways) {
    Deno.test(`one generated name, ${way}: ${row.name}`, async () => {
      const { trigger, sources } = WAYS[way];
      const world = new World(...pipeline({ trigger }).slice(0, 2), ...sources);
      const step = session(world, optionsFor("Secret", "ConfigMap"));
      let changes: string[] = [], failing: string[] = [];
      for (const values of row.steps) {
        changes = [];
        for (const [name, v] of Object.entries(values)) {
          if (v === null) world.remove(`Input in/${name}`);
          else world.put(input(name, v));
        }
        for (let pass = 0; pass < 2; pass++) {
          const plan = await step();
          changes.push(...done(plan));
          assert.deepEqual(plan.held, []);
          failing = plan.failures.map(({ match, reason }) => `${match!.name} ${reason}`);
        }
      }
      assert.deepEqual(changes.sort(), row.changes);
      assert.deepEqual(outputsIn(world), row.outputs);
      assert.deepEqual(failing, row.failing.map((name) => `${name} GeneratedNameNotUnique`));
    });
  }
}
