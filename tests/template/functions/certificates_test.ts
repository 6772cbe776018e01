/** Certificates: byte for byte those of Go for the same key, time and serial number, and as others read those of new keys. */
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, verify, X509Certificate } from "node:crypto";
import { parseTemplate, type RenderLimits, TemplateError, type TemplateWorld } from "../../../src/template/mod.ts";
import { element, integer, sequence, TAG } from "../../../src/template/x509/der.ts";
import { DerReader } from "../../../src/template/x509/der_reader.ts";
import { encodePem } from "../../../src/template/x509/pem.ts";
import { timeOf } from "../../support/hang_guard.ts";

interface MadeByGo {
  readonly template: string;
  readonly want: string;
}

const { cases } = JSON.parse(
  Deno.readTextFileSync(new URL("./certificates/made_by_go.json", import.meta.url)),
) as { cases: readonly MadeByGo[] };
const NOW = new Date(Date.UTC(2026, 4, 6, 7, 8, 9));
const BLOCK = /-----BEGIN ([A-Z ]+)-----\n([^-]*)-----END \1-----\n/g;

function chance(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

function render(template: string, world: Partial<TemplateWorld> = {}, limits: Partial<RenderLimits> = {}): string {
  const parsed = parseTemplate("certificates", template);
  return parsed.render({}, { world: { now: () => NOW, randomBytes: chance, ...world }, limits });
}

function failure(template: string, limits: Partial<RenderLimits> = {}): TemplateError {
  try {
    render(template, {}, limits);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  return assert.fail("it can be rendered");
}

function certificatesIn(text: string): X509Certificate[] {
  return [...text.matchAll(BLOCK)].filter(([, type]) => type === "CERTIFICATE").map(([pem]) =>
    new X509Certificate(pem)
  );
}

interface Parts {
  readonly tbs: Uint8Array;
  /** Of the signature, with dots. */
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

function partsOf(certificate: X509Certificate): Parts {
  const whole = new DerReader(new Uint8Array(certificate.raw)).enter(TAG.sequence)!;
  const tbs = whole.readAny()!.whole;
  const algorithm = whole.enter(TAG.sequence)!.readObjectIdentifier()!;
  return { tbs, algorithm, signature: whole.readBitString()!.bytes };
}

/** The algorithms of which each signature is another one, with their hashes. */
const ECDSA: Readonly<Record<string, string>> = {
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

/** The bytes of a certificate, but for a signature by ECDSA. */
function certain(certificate: X509Certificate): string {
  const { tbs, algorithm } = partsOf(certificate);
  return algorithm in ECDSA ? `${tbs.toHex()} ${algorithm}` : certificate.raw.toString("hex");
}

Deno.test("certificates are those of Go for the same key, time and serial number", async (t) => {
  for (const { template, want } of cases) {
    await t.step(template.replace(/`[^`]*`|"[A-Za-z0-9+/=]{80,}"/g, "…").slice(0, 120), () => {
      const ofGo = certificatesIn(want);
      assert.ok(ofGo.length > 0);
      const times = ofGo.map(({ validFromDate }) => validFromDate);
      const serials = ofGo.map(({ serialNumber }) => Uint8Array.fromHex(serialNumber.padStart(32, "0")));
      const got = render(template, {
        now: () => times.shift()!,
        randomBytes: (count) => {
          const serial = serials.shift()!;
          assert.equal(count, serial.length);
          return serial;
        },
      });
      const withoutCertificates = (text: string) =>
        text.replace(BLOCK, (pem, type) => type === "CERTIFICATE" ? "[certificate]" : pem);
      assert.equal(withoutCertificates(got), withoutCertificates(want));
      const ours = certificatesIn(got);
      assert.deepEqual(ours.map(certain), ofGo.map(certain));
      for (const certificate of ours) {
        const { tbs, algorithm, signature } = partsOf(certificate);
        if (!(algorithm in ECDSA)) continue;
        const issuer = ours.find(({ subject }) => subject === certificate.issuer)!;
        assert.ok(verify(ECDSA[algorithm], tbs, issuer.publicKey, signature));
      }
      assert.deepEqual([times, serials], [[], []]);
    });
  }
});

Deno.test("an authority of a new key, and what it signs", () => {
  const text = render(
    `{{ $ca := genCA "my ca" 3650 }}{{ $ca.Cert }}{{ $ca.Key }}` +
      `{{ $c := genSignedCert "web.team-a" (list "10.0.0.1" "2001:db8::1") (list "web" "*.team-a.svc") 30 $ca }}{{ $c.Cert }}{{ $c.Key }}`,
  );
  const [authority, certificate] = certificatesIn(text) as [X509Certificate, X509Certificate];
  const keys = [...text.matchAll(BLOCK)].filter(([, type]) => type === "RSA PRIVATE KEY").map(([pem]) => pem);
  assert.equal(authority.subject, "CN=my ca");
  assert.equal(certificate.subject, "CN=web.team-a");
  assert.equal(certificate.issuer, "CN=my ca");
  assert.ok(authority.verify(authority.publicKey) && certificate.verify(authority.publicKey));
  assert.ok(certificate.checkIssued(authority));
  assert.deepEqual([authority.ca, certificate.ca], [true, false]);
  assert.equal(
    certificate.subjectAltName,
    "DNS:web, DNS:*.team-a.svc, IP Address:10.0.0.1, IP Address:2001:db8::1",
  );
  assert.equal(authority.subjectAltName, undefined);
  assert.deepEqual(certificate.validFromDate, NOW);
  assert.deepEqual(certificate.validToDate, new Date(Date.UTC(2026, 5, 5, 7, 8, 9)));
  assert.deepEqual(authority.validToDate, new Date(Date.UTC(2036, 4, 3, 7, 8, 9)));
  for (const [i, { publicKey, serialNumber }] of [authority, certificate].entries()) {
    const pem = keys[i]!;
    const own = createPublicKey(pem).export({ format: "der", type: "spki" });
    assert.equal(own.toString("hex"), publicKey.export({ format: "der", type: "spki" }).toString("hex"));
    assert.equal(createPrivateKey(pem).asymmetricKeyDetails?.modulusLength, 2048);
    assert.ok(serialNumber.length > 20, "the serial number is of 128 random bits");
  }
  assert.notEqual(keys[0], keys[1]);
});

Deno.test("a certificate that signs itself with a new key is no authority", () => {
  const [certificate] = certificatesIn(render(`{{ (genSelfSignedCert "" nil (list "only.by.name") 0).Cert }}`));
  assert.ok(!certificate!.subject);
  assert.ok(certificate!.verify(certificate!.publicKey));
  assert.equal(certificate!.ca, false);
  assert.equal(certificate!.subjectAltName, "DNS:only.by.name");
  assert.deepEqual(certificate!.validToDate, NOW);
});

Deno.test("making and reading keys is bounded", () => {
  const [key] = /`[^`]*PRIVATE KEY[^`]*`/.exec(
    cases.find(({ template }) => template.includes("EC PRIVATE"))!.template,
  )!;
  for (const call of [`genCA "a" 1`, `genSelfSignedCert "a" nil nil 1`, `genCAWithKey "a" 1 $key`]) {
    const error = failure(`{{ $key := ${key} }}{{ range until 1000 }}{{ $_ := ${call} }}{{ end }}`, {
      steps: 1_000_000,
    });
    assert.match(error.message, /stopped after 1000000 steps/);
  }
});

/** A key of PKCS #1 whose numbers all have so many bits. It is wrong, but that takes long to find out. */
function hugeKey(bits: number, count: number): string {
  const number = 2n ** BigInt(bits) - 1n;
  const numbers = [0n, number, 65537n, ...new Array<bigint>(count).fill(number)];
  return encodePem("RSA PRIVATE KEY", sequence(...numbers.map(integer)));
}

Deno.test("reading huge keys is bounded", () => {
  const took = timeOf(() => {
    for (const count of [3, 6]) {
      const error = failure(`{{ $key := \`${hugeKey(8_000_000, count)}\` }}{{ genCAWithKey "a" 1 $key }}`);
      assert.match(error.message, /stopped after 10000000 steps/);
    }
    const primes = sequence(...new Array<Uint8Array>(60_000).fill(sequence(integer(3n), integer(1n), integer(1n))));
    const numbers = [1n, 2n ** 9000n - 1n, 65537n, 3n, 3n, 3n, 3n, 3n, 3n].map(integer);
    const many = encodePem("RSA PRIVATE KEY", element(TAG.sequence, ...numbers, primes));
    assert.match(
      failure(`{{ $key := \`${many}\` }}{{ genCAWithKey "a" 1 $key }}`).message,
      /stopped after 10000000 steps/,
    );
  });
  assert.ok(took < 60_000);
});

Deno.test("errors hold no values, but say which one is wrong", () => {
  const ip = failure(`{{ genSelfSignedCert "a" (list "1.2.3.4" "hunter2") nil 1 }}`);
  assert.match(ip.message, /error parsing ip: not an address$/);
  assert.equal(ip.hint, "It is element 1 of the list.");
  const name = failure(`{{ genSelfSignedCert "a" nil (list (dict "password" "hunter2")) 1 }}`);
  assert.match(name.message, /error processing alternate dns name: not a string$/);
  assert.equal(name.hint, "Element 0 of the list is of type map[string]interface {}.");
  for (const type of ["HUNTER2", "HUNTER2 PRIVATE KEY"]) {
    const { message } = failure(
      `{{ $key := "-----BEGIN ${type}-----\\nAAAA\\n-----END ${type}-----\\n" }}{{ genCAWithKey "a" 1 $key }}`,
    );
    assert.match(message, /(?:PEM block of type|invalid private key type) that is not known$/);
  }
});
