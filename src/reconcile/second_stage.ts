/**
 * The second rendering (semantics §6.5, §7.1): content annotated `projectsveltos.io/template` is a template once more, over
 * the destination cluster and the trigger's templateResourceRefs instead of the match.
 */
import type { KubeObject } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import { resourceFunctions } from "../template/functions/resources.ts";
import { functionTable } from "../template/functions/table.ts";
import {
  type FunctionTable,
  GoMap,
  type RenderOptions,
  RESOURCE_MAP,
  secondStageData,
  type Template,
  valueFromJson,
} from "../template/mod.ts";
import type { Resources } from "./template_resources.ts";

/** The functions of the second rendering over no resources: what a template is parsed with before a match is at hand. */
export const secondStageFunctions: FunctionTable = functionsOver(new GoMap(new Map(), RESOURCE_MAP));

/** The second rendering for one match. */
export class SecondStage {
  readonly #destination: KubeObject;
  readonly #resources: GoMap;
  readonly #functions: FunctionTable;

  /**
   * The resources are one for all contents of the match: what a template changes in one is seen by those after it. As in
   * Sveltos, where they come from objects of the API as they are, whole numbers in them are int64. Absent: the trigger has
   * no templateResourceRefs, and `.MgmtResources` is nil.
   */
  constructor(destination: KubeObject, resources: Resources | undefined) {
    this.#destination = destination;
    const entries = [...resources ?? []].map(([id, object]) =>
      [id, valueFromJson(object as JsonObject, "int64")] as const
    );
    this.#resources = new GoMap(new Map(entries), RESOURCE_MAP, resources === undefined);
    this.#functions = functionsOver(this.#resources);
  }

  /** A renderer for the keys of one object, which share `.Cluster`. The templates have {@link secondStageFunctions}. */
  forObject(templates: RenderOptions): (template: Template) => string {
    const data = secondStageData({
      Cluster: valueFromJson(this.#destination as JsonObject, "int64"),
      MgmtResources: this.#resources,
    });
    return (template) => template.withFunctions(this.#functions).render(data, templates);
  }
}

function functionsOver(resources: GoMap): FunctionTable {
  return new Map([...functionTable, ...Object.entries(resourceFunctions(resources))]);
}
