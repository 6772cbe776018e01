/** Keys and hashes of which each is another one: whether they are what they should be. */
import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import { Buffer } from "node:buffer";
import { createPrivateKey } from "node:crypto";

import { parseTemplate, TemplateError } from "../../../src/template/mod.ts";
import { TAG } from "../../../src/template/x509/der.ts";
import { DerReader } from "../../../src/template/x509/der_reader.ts";
import { bitLength } from "../../../src/template/x509/octets.ts";
import { power } from "../../../src/template/x509/rsa_key.ts";

function render(template: string, steps?: number): string {
  const world = {
    now: () => new Date(0),
    randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  };
  const parsed = parseTemplate("keys", template);
  return parsed.render({}, { world, limits: steps === undefined ? {} : { steps } });
}

Deno.test("private keys are of the kinds and sizes of sprig's", () => {
  const rsa = createPrivateKey(render(`{{ genPrivateKey "rsa" }}`));
  assert.deepEqual([rsa.asymmetricKeyType, rsa.asymmetricKeyDetails?.modulusLength], ["rsa", 4096]);
  const ec = createPrivateKey(render(`{{ genPrivateKey "ecdsa" }}`));
  assert.deepEqual([ec.asymmetricKeyType, ec.asymmetricKeyDetails?.namedCurve], ["ec", "prime256v1"]);
  assert.equal(createPrivateKey(render(`{{ genPrivateKey "ed25519" }}`)).asymmetricKeyType, "ed25519");
});

Deno.test("a DSA key has numbers that belong together", () => {
  const pem = render(`{{ genPrivateKey "dsa" }}`);
  const match = /^-----BEGIN DSA PRIVATE KEY-----\n([^-]*)-----END DSA PRIVATE KEY-----\n$/.exec(pem);
  const reader = new DerReader(new Uint8Array(Buffer.from(match![1]!, "base64"))).enter(TAG.sequence)!;
  const numbers = Array.from({ length: 6 }, () => reader.readInteger()!);
  assert.ok(reader.isEmpty);
  const [version, p, q, g, y, x] = numbers as [bigint, bigint, bigint, bigint, bigint, bigint];
  assert.equal(version, 0n);
  assert.deepEqual([bitLength(p), bitLength(q)], [2048, 256]);
  assert.equal((p - 1n) % q, 0n);
  assert.equal(power(g, q, p), 1n);
  assert.equal(power(g, x, p), y);
  assert.ok(g > 1n && x > 0n && x < q);
});

Deno.test("bcrypt and htpasswd can be checked with the password", () => {
  for (const password of ["", "secret", "ü€😀", "a\0b", "y".repeat(72)]) {
    const text = JSON.stringify(password).replaceAll("\\u0000", "\\x00");
    assert.ok(compareSync(password, render(`{{ bcrypt ${text} }}`)));
    const [user, hash] = render(`{{ htpasswd "me" ${text} }}`).split(":") as [string, string];
    assert.equal(user, "me");
    assert.ok(compareSync(password, hash) && !compareSync(`!${password}`, hash));
  }
});

Deno.test("bcrypt refuses a password that isn't UTF-8, by name", () => {
  assert.throws(() => render(`{{ bcrypt (b64dec "/w==") }}`), (error) => {
    assert.ok(error instanceof TemplateError);
    assert.match(error.message, /error calling bcrypt: bcrypt of a password that isn't UTF-8 is not supported$/);
    return true;
  });
});

Deno.test("slow functions are bounded", () => {
  for (const call of [`genPrivateKey "ed25519"`, `bcrypt "x"`, `htpasswd "u" "x"`, `derivePassword 1 "pin" "" "" ""`]) {
    assert.throws(
      () => render(`{{ range until 100 }}{{ $_ := ${call} }}{{ end }}`, 150_000),
      /stopped after 150000 steps/,
    );
  }
  assert.throws(() => render(`{{ shuffle (repeat 1000000 "x") }}`, 500_000), /stopped after 500000 steps/);
});
