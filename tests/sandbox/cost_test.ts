/** What an evaluation says that it cost: fuel depends on the script alone. */
import assert from "node:assert/strict";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";

const rounds = (count: number) =>
  `function evaluate()
  local n = 0
  for i = 1, ${count} do n = n + i end
  return { n = n }
end`;

Deno.test("fuel: the same for the same script, and in proportion to its rounds", () => {
  const sandbox = createLuaSandbox();
  const fuelOf = (count: number) =>
    sandbox.evaluate({ text: rounds(count), name: "s" }, { global: "resources", value: [] }).cost.fuel;
  const [none, once, again, tenfold] = [fuelOf(0), fuelOf(400_000), fuelOf(400_000), fuelOf(4_000_000)];
  assert.equal(once, again, "a state that is used again burns as a new one");
  assert.ok(none! > 0 && once! > none! + 400_000);
  const share = (tenfold! - none!) / (once! - none!);
  assert.ok(share > 9.9 && share < 10.1, `ten times the rounds burnt ${share} times as much`);
});
