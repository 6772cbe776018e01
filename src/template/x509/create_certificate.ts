/** Makes certificates byte for byte as Go's crypto/x509 makes them of sprig's templates. */
import { createHash } from "node:crypto";
import { dateParts, fourDigits, twoDigits } from "../../time/gregorian.ts";
import { bytesOf } from "../bytes.ts";
import { FunctionError } from "../function.ts";
import { bits, contextTag, element, integer, NULL, objectIdentifier, octets, sequence, TAG, TRUE } from "./der.ts";
import { equalBytes, unsignedOf } from "./octets.ts";
import type { Issuer } from "./parse_certificate.ts";
import { KEY_ALGORITHM, type PrivateKey, type PublicKey } from "./private_key.ts";
import type { Spend } from "./rsa_key.ts";
import { signatureAlgorithm, signWith } from "./sign.ts";

/** What sprig says of a certificate. */
export interface CertificateTemplate {
  readonly commonName: string;
  /** 4 or 16 bytes each. */
  readonly ips: readonly Uint8Array[];
  readonly dnsNames: readonly string[];
  /** Seconds since 1970. */
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  /** 16 random bytes. */
  readonly serial: Uint8Array;
  readonly isAuthority: boolean;
}

const COMMON_NAME = "2.5.4.3", SERVER_AUTH = "1.3.6.1.5.5.7.3.1", CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const EXTENSION = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeNames: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
const DNS_NAME = contextTag(2), IP_ADDRESS = contextTag(7);
const KEY_ID_BYTES = 20;

/**
 * A certificate in DER for `publicKey`, signed with `signer`.
 * @param issuer Whose key `signer` is; without one the certificate signs itself.
 * @throws {FunctionError} in Go's words.
 */
export function createCertificate(
  template: CertificateTemplate,
  issuer: Issuer | undefined,
  publicKey: PublicKey,
  signer: PrivateKey,
  spend: Spend,
): Uint8Array {
  const algorithm = signatureAlgorithm(signer);
  const encodedKey = encodePublicKey(publicKey);
  const subject = encodeName(template.commonName);
  const { subject: issuerName, publicKey: issuerKey, subjectKeyId } = issuer ?? { subject };
  if (issuerKey !== undefined && !isSameKey(signer, issuerKey)) {
    throw new FunctionError("x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  const authorityKeyId = equalBytes(issuerName, subject) ? undefined : subjectKeyId;
  const tbs = sequence(
    element(contextTag(0, true), integer(2n)),
    integer(unsignedOf(template.serial)),
    algorithm,
    issuerName,
    sequence(encodeTime(template.notBefore), encodeTime(template.notAfter)),
    subject,
    sequence(encodedKey.algorithm, bits(encodedKey.bits)),
    element(contextTag(3, true), sequence(...extensionsOf(template, encodedKey.bits, authorityKeyId))),
  );
  return sequence(tbs, algorithm, bits(signWith(signer, tbs, spend)));
}

/** A name of a common name alone, or of nothing. */
function encodeName(commonName: string): Uint8Array {
  if (commonName === "") return sequence();
  const isPrintable = /^[A-Za-z0-9'()+,\-./ :=?]*$/.test(commonName);
  if (!commonName.isWellFormed()) throw new FunctionError("asn1: string not valid UTF-8");
  const text = element(isPrintable ? TAG.printableString : TAG.utf8String, bytesOf(commonName));
  return sequence(element(TAG.set, sequence(objectIdentifier(COMMON_NAME), text)));
}

/** UTCTime for the years that it has. The years of sprig's certificates are some three hundred around now. */
function encodeTime(seconds: bigint): Uint8Array {
  const { year, month, day, hour, minute, second } = dateParts(seconds);
  const rest = [month, day, hour, minute, second].map(twoDigits).join("");
  const isShort = year >= 1950 && year < 2050;
  const text = `${isShort ? twoDigits(year % 100) : fourDigits(year)}${rest}Z`;
  return element(isShort ? TAG.utcTime : TAG.generalizedTime, bytesOf(text));
}

function encodePublicKey(key: PublicKey): { readonly algorithm: Uint8Array; readonly bits: Uint8Array } {
  const id = objectIdentifier(key.type === "ecdh" ? KEY_ALGORITHM.x25519 : KEY_ALGORITHM[key.type]);
  switch (key.type) {
    case "rsa":
      return { algorithm: sequence(id, NULL), bits: sequence(integer(key.n), integer(key.e)) };
    case "ecdsa":
      return { algorithm: sequence(id, objectIdentifier(key.curve.objectIdentifier)), bits: key.point };
    case "ed25519":
      return { algorithm: sequence(id), bits: key.bytes };
  }
  throw new FunctionError(`x509: unsupported public key type: *${key.type}.PublicKey`);
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  if (a.type === "rsa") return b.type === "rsa" && a.n === b.n && a.e === b.e;
  if (a.type === "ecdsa") return b.type === "ecdsa" && a.curve === b.curve && equalBytes(a.point, b.point);
  return a.type === "ed25519" && b.type === "ed25519" && equalBytes(a.bytes, b.bytes);
}

function extension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  return sequence(objectIdentifier(id), ...isCritical ? [TRUE] : [], octets(value));
}

function extensionsOf(
  { isAuthority, commonName, ips, dnsNames }: CertificateTemplate,
  key: Uint8Array,
  authorityKeyId: Uint8Array | undefined,
): Uint8Array[] {
  // Digital signature and key encipherment; an authority signs certificates as well.
  const usage = isAuthority ? bits(Uint8Array.of(0xa4), 2) : bits(Uint8Array.of(0xa0), 5);
  const extensions = [
    extension(EXTENSION.keyUsage, usage, true),
    extension(EXTENSION.extendedKeyUsage, sequence(objectIdentifier(SERVER_AUTH), objectIdentifier(CLIENT_AUTH))),
    extension(EXTENSION.basicConstraints, sequence(...isAuthority ? [TRUE] : []), true),
  ];
  if (isAuthority) {
    const hash = new Uint8Array(createHash("sha256").update(key).digest());
    extensions.push(extension(EXTENSION.subjectKeyId, octets(hash.subarray(0, KEY_ID_BYTES))));
  }
  if (authorityKeyId !== undefined && authorityKeyId.length > 0) {
    extensions.push(extension(EXTENSION.authorityKeyId, sequence(element(contextTag(0), authorityKeyId))));
  }
  if (dnsNames.length > 0 || ips.length > 0) {
    const names = [...dnsNames.map(encodeDnsName), ...ips.map((ip) => element(IP_ADDRESS, ip))];
    // A certificate without a name is known by these alone.
    extensions.push(extension(EXTENSION.alternativeNames, sequence(...names), commonName === ""));
  }
  return extensions;
}

function encodeDnsName(name: string): Uint8Array {
  const bytes = bytesOf(name);
  if (bytes.some((byte) => byte >= 0x80)) {
    throw new FunctionError("x509: a name cannot be encoded as an IA5String");
  }
  return element(DNS_NAME, bytes);
}
