/** What whoever we are may do, as the API server says it: reviews of oneself, which whoever may sign in may ask for. */
import type { KubeObject } from "../api/object.ts";
import type { Right } from "../api/right.ts";
import type { GrantedRule, GrantedRules } from "../api/rules.ts";
import { field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { FIELD_MANAGER } from "../reconcile/marks.ts";
import type { KubeClient } from "./client.ts";
import type { ResourceType } from "./resource.ts";

const RULES: ResourceType = {
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectRulesReview",
  plural: "selfsubjectrulesreviews",
  namespaced: false,
  verbs: [],
};
const ACCESS: ResourceType = { ...RULES, kind: "SelfSubjectAccessReview", plural: "selfsubjectaccessreviews" };
const SELF: ResourceType = {
  ...RULES,
  group: "authentication.k8s.io",
  kind: "SelfSubjectReview",
  plural: "selfsubjectreviews",
};

/** All calls throw as those of {@link KubeClient} do. */
export class KubeReview {
  constructor(readonly client: KubeClient) {}

  /** The name under which the server knows us. */
  async whoAmI(signal: AbortSignal): Promise<string> {
    const name = fieldAt(await this.#ask(SELF, {}, signal), "status", "userInfo", "username");
    return typeof name === "string" ? name : "";
  }

  /** What we may do in a namespace, what is for all namespaces among it. */
  async rulesIn(namespace: string, signal: AbortSignal): Promise<GrantedRules> {
    const answer = await this.#ask(RULES, { namespace }, signal);
    const rules = fieldAt(answer, "status", "resourceRules");
    return {
      rules: Array.isArray(rules) ? rules.filter(isJsonObject).map(ruleOf) : [],
      incomplete: fieldAt(answer, "status", "incomplete") === true,
    };
  }

  /** Whether we have the right, whoever says so. */
  async may({ verb, group, resource, namespace = "", name = "" }: Right, signal: AbortSignal): Promise<boolean> {
    const [plural = "", subresource = ""] = resource.split("/");
    const resourceAttributes = { verb, group, resource: plural, subresource, namespace, name };
    return fieldAt(await this.#ask(ACCESS, { resourceAttributes }, signal), "status", "allowed") === true;
  }

  async #ask(type: ResourceType, spec: JsonObject, signal: AbortSignal): Promise<KubeObject> {
    const review = { apiVersion: `${type.group}/v1`, kind: type.kind, metadata: {}, spec };
    // Nothing is stored: a review is an answer.
    return await this.client.create(type, review, { fieldManager: FIELD_MANAGER }, signal);
  }
}

function ruleOf(rule: JsonObject): GrantedRule {
  const texts = (name: string): string[] => {
    const list: Json = field(rule, name) ?? [];
    return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
  };
  return {
    verbs: texts("verbs"),
    groups: texts("apiGroups"),
    resources: texts("resources"),
    names: texts("resourceNames"),
  };
}
