/** The scanner against the tokens that Go's scanner gives. */
import assert from "node:assert/strict";
import { bytesOf } from "../../src/template/bytes.ts";
import { placeAt } from "../../src/template/errors.ts";
import { describeToken, lex } from "../../src/template/lex.ts";

interface LexCase {
  readonly name: string;
  readonly template: string;
  readonly tokens: readonly (readonly [string, number, number, string, string])[];
}

const { cases } = JSON.parse(Deno.readTextFileSync(new URL("./cases/lex.json", import.meta.url))) as {
  cases: LexCase[];
};

for (const { name, template, tokens } of cases) {
  Deno.test(`lex ${name}: ${template}`, () => {
    const got = lex(template).map((token) => [
      token.type,
      bytesOf(template.slice(0, token.at)).length,
      placeAt(template, token.at).line,
      token.text,
      describeToken(token),
    ]);
    assert.deepEqual(got, tokens);
  });
}
