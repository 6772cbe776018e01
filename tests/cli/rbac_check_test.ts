/** `rbac --check`: needs against what a review says, as tables: what is missing, and what is too much. */
import assert from "node:assert/strict";
import type { Right } from "../../src/api/right.ts";
import { type GrantedRule, isGranted } from "../../src/api/rules.ts";
import { checkRights, type RightsCheck, type RightsReview } from "../../src/cli/rbac/check.ts";
import { checkJson, checkText } from "../../src/cli/rbac/check_text.ts";

const signal = new AbortController().signal;

function rule(verbs: string, resources: string, more: Partial<GrantedRule> = {}): GrantedRule {
  return { verbs: verbs.split(","), groups: [""], resources: resources.split(","), names: [], ...more };
}

/** What a review answers: rules for all namespaces, rules for some, and what only the server itself knows. */
interface Granted {
  readonly everywhere?: readonly GrantedRule[];
  readonly local?: Readonly<Record<string, readonly GrantedRule[]>>;
  readonly incomplete?: readonly string[];
  readonly unlisted?: (right: Right) => boolean;
}

function reviewOf({ everywhere = [], local = {}, incomplete = [], unlisted = () => false }: Granted): RightsReview {
  return {
    whoAmI: () => Promise.resolve("system:serviceaccount:moonferry:moonferry"),
    rulesIn: (namespace) =>
      Promise.resolve({
        rules: [...everywhere, ...local[namespace] ?? []],
        incomplete: incomplete.includes(namespace),
      }),
    may: (right) => Promise.resolve(isGranted(everywhere, right) || unlisted(right)),
  };
}

const right = (verb: string, resource: string, namespace?: string, name?: string): Right => ({
  verb: verb as Right["verb"],
  group: "",
  resource,
  ...(namespace === undefined ? {} : { namespace }),
  ...(name === undefined ? {} : { name }),
});
const SECRETS = ["get", "list", "watch"].map((verb) => ({ right: right(verb, "secrets", "in"), why: "selector 0" }));

interface Row {
  readonly name: string;
  readonly needs?: readonly { readonly right: Right; readonly why: string }[];
  readonly granted: Granted;
  readonly missing?: readonly string[];
  readonly excess?: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: "just what is needed", granted: { local: { in: [rule("get,list,watch", "secrets")] } } },
  {
    name: "nothing at all",
    granted: {},
    missing: ["get secrets in namespace in", "list secrets in namespace in", "watch secrets in namespace in"],
  },
  {
    name: "in another namespace",
    granted: { local: { in: [rule("get", "secrets")], "kube-system": [rule("list,watch", "secrets")] } },
    missing: ["list secrets in namespace in", "watch secrets in namespace in"],
    excess: ["list,watch secrets everywhere: reads Secrets"],
  },
  {
    name: "for some names only",
    granted: { local: { in: [rule("get,list,watch", "secrets", { names: ["x"] })] } },
    missing: ["get secrets in namespace in", "list secrets in namespace in", "watch secrets in namespace in"],
  },
  {
    name: "by name is enough for a name",
    needs: [{ right: right("get", "configmaps", "in", "x"), why: "policyRefs" }],
    granted: { local: { in: [rule("get", "configmaps", { names: ["w", "x"] })] } },
  },
  {
    name: "all names, where one is needed",
    needs: [{ right: right("get", "secrets", "in", "x"), why: "policyRefs" }],
    granted: { local: { in: [rule("get", "secrets")] } },
    excess: ["get secrets in in: reads Secrets"],
  },
  {
    name: "everywhere, where one namespace is needed",
    granted: { everywhere: [rule("get,list,watch", "secrets")] },
    excess: ["get,list,watch secrets everywhere: reads Secrets"],
  },
  {
    name: "what is for all namespaces the server is asked",
    needs: [{ right: right("list", "namespaces"), why: "selector 2" }],
    granted: { local: { "kube-system": [rule("list", "namespaces")] } },
    missing: ["list namespaces"],
  },
  {
    name: "a right that the server can't list",
    granted: { incomplete: ["in"], unlisted: ({ verb }) => verb !== "watch" },
    missing: ["watch secrets in namespace in"],
  },
  {
    name: "a star for each part",
    granted: {
      local: {
        in: [rule("*", "secrets"), rule("get", "*", { groups: ["*"] })],
      },
    },
    excess: [
      "create,update,patch,delete,deletecollection secrets in in: replaces or removes credentials",
      ...["exec", "attach", "portforward", "proxy", "ephemeralcontainers"]
        .map((name) => `get pods/${name} in in: gets into running Pods`),
    ],
  },
  {
    name: "an administrator",
    granted: { everywhere: [rule("*", "*", { groups: ["*"] })] },
    excess: ["* * everywhere: may do everything"],
  },
  {
    name: "whoever gives itself rights or starts Pods",
    granted: {
      everywhere: [rule("bind,get", "clusterroles", { groups: ["rbac.authorization.k8s.io"] })],
      local: {
        in: [
          rule("get,list,watch", "secrets"),
          rule("create", "pods,serviceaccounts/token"),
          rule("create", "clusterrolebindings", { groups: ["rbac.authorization.k8s.io"] }),
        ],
      },
    },
    excess: [
      "bind clusterroles everywhere: gives itself rights everywhere",
      "create pods in in: starts programs beside any Secret",
      "create serviceaccounts/token in in: takes any ServiceAccount's token",
    ],
  },
  {
    name: "harmless rights are no excess",
    granted: {
      everywhere: [rule("get,list", "nodes,services"), rule("create", "selfsubjectreviews")],
      local: { in: [rule("get,list,watch", "secrets")] },
    },
  },
  {
    name: "a need in kube-system is none elsewhere",
    needs: [{ right: right("get", "secrets", "kube-system"), why: "selector 0" }],
    granted: { everywhere: [rule("get", "secrets")] },
    excess: ["get secrets everywhere: reads Secrets"],
  },
];

const told = ({ missing, excess }: RightsCheck) => ({
  missing: missing.map(({ right: { verb, resource, namespace } }) =>
    `${verb} ${resource}${namespace === undefined ? "" : ` in namespace ${namespace}`}`
  ),
  excess: excess.map(({ verbs, resource, namespaces, isEverywhere, what }) =>
    `${verbs.join()} ${resource} ${isEverywhere ? "everywhere" : `in ${namespaces.join()}`}: ${what}`
  ).sort(),
});

for (const { name, needs = SECRETS, granted, missing = [], excess = [] } of ROWS) {
  Deno.test(`rights checked: ${name}`, async () => {
    const check = await checkRights(needs, reviewOf(granted), signal);
    assert.deepEqual(told(check), { missing, excess: [...excess].sort() });
    assert.equal(check.needed, needs.length);
  });
}

Deno.test("a right that several need is one, for all of them", async () => {
  const needs = [...SECRETS, { right: right("list", "secrets", "in"), why: "selector 3" }];
  const { needed, missing } = await checkRights(needs, reviewOf({}), signal);
  assert.equal(needed, 3);
  assert.deepEqual(missing[1]!.whys, ["selector 0", "selector 3"]);
});

Deno.test("what a check says to people and to machines", async () => {
  const granted = { local: { in: [rule("get,list,delete", "secrets")] }, incomplete: ["in"] };
  const check = await checkRights(SECRETS, reviewOf(granted), signal);
  assert.equal(
    checkText(check, (_colour, text) => text),
    `system:serviceaccount:moonferry:moonferry needs 3 rights
1 right missing (moonferry rbac prints the Roles):
  watch secrets in namespace in
    for selector 0
dangerous, and nothing needs it:
  delete secrets in namespace in: replaces or removes credentials
the server can't list all that is allowed in in: there may be more dangerous rights
`,
  );
  assert.deepEqual(JSON.parse(checkJson(check, "json")), {
    identity: "system:serviceaccount:moonferry:moonferry",
    needed: 3,
    missing: [{ verb: "watch", group: "", resource: "secrets", namespace: "in", for: ["selector 0"] }],
    dangerous: [{
      verbs: ["delete"],
      group: "",
      resource: "secrets",
      namespaces: ["in"],
      everywhere: false,
      what: "replaces or removes credentials",
    }],
    incomplete: ["in"],
  });
});

Deno.test("with nothing to say it says so", async () => {
  const check = await checkRights(SECRETS, reviewOf({ local: { in: [rule("get,list,watch", "secrets")] } }), signal);
  assert.match(checkText(check, (_colour, text) => text), /none is missing\nnone beyond them is dangerous\n$/);
});
