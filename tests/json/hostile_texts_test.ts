/** Reading JSON, and saying what is wrong with it, takes the time of the text's length alone. */
import { goJsonError } from "../../src/json/go_error.ts";
import { parseJson } from "../../src/json/json.ts";
import { assertEndsSoon, HOSTILE_TEXTS } from "../support/hang_guard.ts";

Deno.test("JSON is read soon, whatever stands in it", () => {
  for (const { name, make } of HOSTILE_TEXTS) {
    assertEndsSoon(name, make, (text) => {
      for (const document of [text, `{"a":${text}}`, `["${text}"]`]) {
        try {
          parseJson(document);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }
    });
  }
});

Deno.test("what is wrong with a JSON text is said soon, whatever stands in it", () => {
  for (const { name, make } of HOSTILE_TEXTS) {
    assertEndsSoon(name, make, (text) => [goJsonError(text), goJsonError(`{"a":${text}}`)]);
  }
});
