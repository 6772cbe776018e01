/** Every property, on the same inputs each time; `deno task fuzz` tries others. */
import { PROPERTIES } from "./properties.ts";

const SEED = 20_261_126;

for (const property of PROPERTIES) {
  Deno.test(`fuzz: ${property.name}`, async () => await property.try(SEED, property.runs));
}
