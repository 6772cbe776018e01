/** Sprig's functions of certificates: authorities, what they sign, and what signs itself. */
import { textOf } from "../bytes.ts";
import { type CallContext, FunctionError } from "../function.ts";
import { ANY_LIST, type GoInt, GoList, GoStruct, type StructType, typeOf, type Value } from "../value.ts";
import { type CertificateTemplate, createCertificate } from "../x509/create_certificate.ts";
import { parseIp } from "../x509/ip_address.ts";
import { type Issuer, parseCertificate } from "../x509/parse_certificate.ts";
import { decodePem, encodePem } from "../x509/pem.ts";
import { encodePrivateKey, inContext, parsePrivateKey, type PrivateKey } from "../x509/private_key.ts";
import { generateRsaKey } from "../x509/rsa_key.ts";
import { base64Bytes } from "./base_encodings.ts";
import { now } from "./dates.ts";
import { type Family, fn } from "./define.ts";
import { HOUR } from "./duration.ts";
import { addDuration } from "./time_value.ts";

/** What making a key of 2,048 bits costs, in steps: a good part of a second. */
const KEY_STEPS = 400_000;
const KEY_BITS = 2048;
const SERIAL_BYTES = 16;
const DAY = 24n * HOUR;

/** A certificate and its key, both in PEM. */
const CERTIFICATE: StructType = { name: "sprig.certificate", fields: ["Cert", "Key"] };

interface Signer {
  readonly issuer: Issuer;
  readonly key: PrivateKey;
}

/** An argument in PEM or base64 is gone through a few times. */
function chargeFor(text: string, context: CallContext): void {
  context.spend(Math.ceil(text.length / 16));
}

function privateKeyOf(pem: string, context: CallContext): PrivateKey {
  chargeFor(pem, context);
  return parsePrivateKey(pem, (steps) => context.spend(steps));
}

/** The key given as an argument; without one, what makes a new key. */
function keyOf(pem: Value, context: CallContext): () => PrivateKey {
  if (pem === undefined) {
    return () => {
      context.spend(KEY_STEPS);
      return generateRsaKey(KEY_BITS);
    };
  }
  const key = inContext("parsing private key: ", () => privateKeyOf(pem as string, context));
  return () => key;
}

function issuerOf(pem: string, name: string, context: CallContext): Issuer {
  chargeFor(pem, context);
  const block = decodePem(pem);
  if (block === undefined) throw new FunctionError("unable to decode certificate");
  return inContext(`error parsing certificate: ${name}.Bytes: `, () => parseCertificate(block.bytes));
}

function signerOf(authority: Value, context: CallContext): Signer {
  const [certificate, key] = (authority as GoStruct).values as [string, string];
  const issuer = issuerOf(certificate, "decodedSignerCert", context);
  return { issuer, key: inContext("error parsing private key: ", () => privateKeyOf(key, context)) };
}

/** @throws {FunctionError} for what are no addresses and names. */
function templateOf(
  [commonName, ips, dnsNames, days]: readonly [Value, Value, Value, Value],
  context: CallContext,
): Omit<CertificateTemplate, "isAuthority"> {
  const [addresses, names] = [ips, dnsNames].map((list) => (list as GoList).items) as [
    readonly Value[],
    readonly Value[],
  ];
  context.spend(addresses.length + names.length);
  const notBefore = now(context);
  return {
    commonName: commonName as string,
    ips: addresses.map(ipOf),
    dnsNames: names.map(dnsNameOf),
    notBefore: notBefore.seconds,
    // Go counts nanoseconds in an int64: days of more than 292 years come round to others.
    notAfter: addDuration(notBefore, BigInt.asIntN(64, (days as GoInt).value * DAY)).seconds,
    serial: context.world.randomBytes(SERIAL_BYTES),
  };
}

// Go's errors show the element, which may come from a Secret: ours say which one it is.

function ipOf(value: Value, index: number): Uint8Array {
  if (typeof value !== "string") throw notText("error parsing ip", value, index);
  const ip = parseIp(value);
  if (ip === undefined) {
    throw new FunctionError("error parsing ip: not an address", `It is element ${index} of the list.`);
  }
  return ip;
}

function dnsNameOf(value: Value, index: number): string {
  if (typeof value !== "string") throw notText("error processing alternate dns name", value, index);
  return value;
}

function notText(what: string, value: Value, index: number): FunctionError {
  return new FunctionError(`${what}: not a string`, `Element ${index} of the list is of type ${typeOf(value)}.`);
}

/** The certificate of a key, signed by the signer or by that key. */
function certificateOf(
  template: CertificateTemplate,
  signer: Signer | undefined,
  makeKey: () => PrivateKey,
  context: CallContext,
): GoStruct {
  // Sprig makes the key first; here it is made when all the rest is known to be right.
  const key = makeKey();
  const spend = (steps: number) => context.spend(steps);
  const bytes = inContext(
    "error creating certificate: ",
    () => createCertificate(template, signer?.issuer, key, signer?.key ?? key, spend),
  );
  return new GoStruct(CERTIFICATE, [encodePem("CERTIFICATE", bytes), encodePrivateKey(key)]);
}

const authority = (args: Value[], context: CallContext) => {
  const [commonName, days, pem] = args;
  const makeKey = keyOf(pem, context);
  const none = new GoList([]);
  const template = { ...templateOf([commonName, none, none, days], context), isAuthority: true };
  return certificateOf(template, undefined, makeKey, context);
};
const selfSigned = (args: Value[], context: CallContext) => {
  const [commonName, ips, dnsNames, days, pem] = args;
  const makeKey = keyOf(pem, context);
  const template = { ...templateOf([commonName, ips, dnsNames, days], context), isAuthority: false };
  return certificateOf(template, undefined, makeKey, context);
};
const signed = (args: Value[], context: CallContext) => {
  const [commonName, ips, dnsNames, days, signing, pem] = args;
  const makeKey = keyOf(pem, context);
  const signer = signerOf(signing, context);
  const template = { ...templateOf([commonName, ips, dnsNames, days], context), isAuthority: false };
  return certificateOf(template, signer, makeKey, context);
};

function custom([base64Certificate, base64Key]: Value[], context: CallContext): GoStruct {
  const [certificate, key] = [[base64Certificate, "certificate"], [base64Key, "private key"]].map(([text, name]) => {
    chargeFor(text as string, context);
    const bytes = base64Bytes(text as string);
    if (typeof bytes === "string") throw new FunctionError(`unable to decode base64 ${name}`);
    return textOf(bytes);
  }) as [string, string];
  issuerOf(certificate, "decodedCert", context);
  inContext("error parsing private key: ", () => privateKeyOf(key, context));
  return new GoStruct(CERTIFICATE, [certificate, key]);
}

const NAMED = ["string", ANY_LIST, ANY_LIST, "int"];

export const certificates: Family = {
  buildCustomCert: fn(["string", "string"], custom),
  genCA: fn(["string", "int"], authority),
  genCAWithKey: fn(["string", "int", "string"], authority),
  genSelfSignedCert: fn(NAMED, selfSigned),
  genSelfSignedCertWithKey: fn([...NAMED, "string"], selfSigned),
  genSignedCert: fn([...NAMED, CERTIFICATE.name], signed),
  genSignedCertWithKey: fn([...NAMED, CERTIFICATE.name, "string"], signed),
};
