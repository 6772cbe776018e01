/** All properties: the tests try each a fixed number of times, `deno task fuzz` for as long as it is told. */
import { DOCUMENT_PROPERTIES } from "./documents.ts";
import { ENGINE_PROPERTIES } from "./engines.ts";
import { PIPELINE_PROPERTIES } from "./pipeline.ts";
import type { Property } from "./property.ts";
import { REQUEST_PROPERTIES } from "./requests.ts";

export const PROPERTIES: readonly Property[] = [
  ...DOCUMENT_PROPERTIES,
  ...ENGINE_PROPERTIES,
  ...REQUEST_PROPERTIES,
  ...PIPELINE_PROPERTIES,
];
