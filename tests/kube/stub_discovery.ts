/** Discovery that serves every kind, for tests of what a client is asked to do. */
import type { Discovery } from "../../src/kube/discovery.ts";

/** @param type What else it says of each kind. */
export function discoveryOf(type: { readonly plural: string; readonly namespaced: boolean }): Discovery {
  const resolve = ({ kind }: { kind: string }) =>
    Promise.resolve({ state: "served", type: { group: "", version: "v1", kind, verbs: [], ...type } });
  return { resolve } as unknown as Discovery;
}
