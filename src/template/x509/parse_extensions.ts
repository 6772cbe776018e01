/**
 * The extensions of a certificate: those that Go looks into, and what it refuses in them. Its errors quote names and
 * addresses; ours don't, as they must not hold what may come from a Secret.
 */
import { FunctionError } from "../function.ts";
import { parseUrl } from "../functions/urls.ts";
import { contextTag, TAG } from "./der.ts";
import { DerReader } from "./der_reader.ts";
import { parseIp } from "./ip_address.ts";
import { unitsOf } from "./octets.ts";
import { isAscii, isDomain, isMailbox, refuse } from "./parse_text.ts";

export interface Extension {
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** The kinds of names: their numbers as context-specific tags. */
const NAME = { email: 1, dns: 2, uri: 6, ip: 7 } as const;

const CHECKS: Readonly<Record<string, (reader: DerReader, extension: Extension) => void>> = {
  "2.5.29.14": checkSubjectKeyId,
  "2.5.29.15": (reader) => reader.readBitString() ?? refuse("invalid key usage"),
  "2.5.29.17": checkAlternativeNames,
  "2.5.29.19": checkBasicConstraints,
  "2.5.29.30": checkNameConstraints,
  "2.5.29.31": checkDistributionPoints,
  "2.5.29.32": checkPolicies,
  "2.5.29.33": checkPolicyMappings,
  "2.5.29.35": checkAuthorityKeyId,
  "2.5.29.36": checkPolicyConstraints,
  "2.5.29.37": checkExtendedUsages,
  "2.5.29.54": (reader) => reader.readInt64() ?? refuse("invalid inhibit any policy extension"),
  "1.3.6.1.5.5.7.1.1": checkAuthorityAccess,
};

/** @throws {FunctionError} in Go's words. */
export function checkExtension(extension: Extension): void {
  if (!Object.hasOwn(CHECKS, extension.id)) return;
  CHECKS[extension.id]!(new DerReader(extension.value), extension);
}

function checkSubjectKeyId(reader: DerReader, { isCritical }: Extension): void {
  if (isCritical) refuse("subject key identifier incorrectly marked critical");
  if (!reader.read(TAG.octetString)) refuse("invalid subject key identifier");
}

function checkAuthorityKeyId(reader: DerReader, { isCritical }: Extension): void {
  if (isCritical) refuse("authority key identifier incorrectly marked critical");
  const inner = reader.enter(TAG.sequence) ?? refuse("invalid authority key identifier");
  if (inner.isAt(contextTag(0)) && !inner.readAny()) refuse("invalid authority key identifier");
}

function checkBasicConstraints(reader: DerReader): void {
  const inner = reader.enter(TAG.sequence) ?? refuse("invalid basic constraints");
  if (inner.isAt(TAG.boolean) && inner.readBoolean() === undefined) refuse("invalid basic constraints");
  if (inner.isAt(TAG.integer) && inner.readCount() === undefined) refuse("invalid basic constraints");
}

function checkExtendedUsages(reader: DerReader): void {
  const list = reader.enter(TAG.sequence) ?? refuse("invalid extended key usages");
  while (!list.isEmpty) if (list.readObjectIdentifier() === undefined) refuse("invalid extended key usages");
}

function checkAlternativeNames(reader: DerReader): void {
  const list = reader.enter(TAG.sequence) ?? refuse("invalid subject alternative names");
  while (!list.isEmpty) {
    const { tag, content } = list.readAny() ?? refuse("invalid subject alternative name");
    switch (tag ^ 0x80) {
      case NAME.email:
        if (!isAscii(content)) refuse("SAN rfc822Name is malformed");
        break;
      case NAME.dns:
        if (!isAscii(content)) refuse("SAN dNSName is malformed");
        break;
      case NAME.uri:
        if (!isAscii(content)) refuse("SAN uniformResourceIdentifier is malformed");
        checkUri(unitsOf(content));
        break;
      case NAME.ip:
        if (content.length !== 4 && content.length !== 16) {
          refuse(`cannot parse IP address of length ${content.length}`);
        }
    }
  }
}

function checkUri(uri: string): void {
  let host = "";
  try {
    host = parseUrl(uri).host;
  } catch (error) {
    if (error instanceof FunctionError) refuse("cannot parse URI");
    throw error;
  }
  if (!isDomain(host, false)) refuse("cannot parse URI: invalid domain");
}

function checkNameConstraints(reader: DerReader): void {
  const invalid = "invalid NameConstraints extension";
  const inner = reader.enter(TAG.sequence) ?? refuse(invalid);
  if (!reader.isEmpty) refuse(invalid);
  const subtrees = [0, 1].map((number) => {
    const tag = contextTag(number, true);
    return inner.isAt(tag) ? inner.enter(tag) ?? refuse(invalid) : new DerReader(new Uint8Array());
  });
  if (!inner.isEmpty) refuse(invalid);
  if (subtrees.every(({ isEmpty }) => isEmpty)) refuse("empty name constraints extension");
  for (const subtree of subtrees) {
    while (!subtree.isEmpty) {
      const { tag, content } = subtree.enter(TAG.sequence)?.readAny() ?? refuse(invalid);
      checkNameConstraint(tag, content);
    }
  }
}

function checkNameConstraint(tag: number, content: Uint8Array): void {
  const kind = tag ^ 0x80;
  if (kind === NAME.ip) return checkIpConstraint(content);
  if (kind !== NAME.dns && kind !== NAME.email && kind !== NAME.uri) return;
  const text = unitsOf(content);
  if (!isAscii(content)) refuse("invalid constraint value: x509: a name cannot be encoded as an IA5String");
  if (kind === NAME.dns && !isDomain(text, true)) refuse("failed to parse dnsName constraint");
  if (kind === NAME.email && !(text.includes("@") ? isMailbox(text) : isDomain(text, true))) {
    refuse("failed to parse rfc822Name constraint");
  }
  if (kind === NAME.uri) {
    if (parseIp(text)) refuse("failed to parse URI constraint: cannot be IP address");
    if (!isDomain(text, true)) refuse("failed to parse URI constraint");
  }
}

function checkIpConstraint(content: Uint8Array): void {
  const { length } = content;
  if (length !== 8 && length !== 32) refuse(`IP constraint contained value of length ${length}`);
  const mask = content.subarray(length / 2);
  const bits = Array.from(mask, (byte) => byte.toString(2).padStart(8, "0")).join("");
  if (!/^1*0*$/.test(bits)) refuse("IP constraint contained invalid mask");
}

function checkDistributionPoints(reader: DerReader): void {
  const list = reader.enter(TAG.sequence) ?? refuse("invalid CRL distribution points");
  const invalid = "invalid CRL distribution point", nameTag = contextTag(0, true), uriTag = contextTag(NAME.uri);
  while (!list.isEmpty) {
    const point = list.enter(TAG.sequence) ?? refuse(invalid);
    if (!point.isAt(nameTag)) continue;
    const names = point.enter(nameTag)?.enter(nameTag) ?? refuse(invalid);
    while (names.isAt(uriTag)) if (!names.readAny()) refuse(invalid);
  }
}

function checkPolicies(reader: DerReader): void {
  const invalid = "invalid certificate policies";
  const list = reader.enter(TAG.sequence) ?? refuse(invalid);
  const seen = new Set<string>();
  while (!list.isEmpty) {
    const id = list.enter(TAG.sequence)?.read(TAG.objectIdentifier) ?? refuse(invalid);
    const key = unitsOf(id);
    if (seen.has(key) || !isObjectIdentifier(id)) refuse(invalid);
    seen.add(key);
  }
}

/** Numbers as short as can be, of any size. */
function isObjectIdentifier(content: Uint8Array): boolean {
  if (content.length === 0 || content.at(-1)! >= 0x80) return false;
  return content.every((byte, i) => byte !== 0x80 || i > 0 && content[i - 1]! >= 0x80);
}

function checkPolicyMappings(reader: DerReader): void {
  const invalid = "invalid policy mappings extension";
  const list = reader.enter(TAG.sequence) ?? refuse(invalid);
  while (!list.isEmpty) {
    const mapping = list.enter(TAG.sequence) ?? refuse(invalid);
    for (let i = 0; i < 2; i++) if (!mapping.read(TAG.objectIdentifier)) refuse(invalid);
  }
}

function checkPolicyConstraints(reader: DerReader): void {
  const inner = reader.enter(TAG.sequence) ?? refuse("invalid policy constraints extension");
  for (const tag of [contextTag(0), contextTag(1)]) {
    if (inner.isAt(tag) && inner.readInt64(tag) === undefined) refuse("invalid policy constraints extension");
  }
}

function checkAuthorityAccess(reader: DerReader, { isCritical }: Extension): void {
  if (isCritical) refuse("authority info access incorrectly marked critical");
  const invalid = "invalid authority info access";
  const list = reader.enter(TAG.sequence) ?? refuse(invalid);
  while (!list.isEmpty) {
    const access = list.enter(TAG.sequence) ?? refuse(invalid);
    if (access.readObjectIdentifier() === undefined) refuse(invalid);
    if (access.isAt(contextTag(NAME.uri)) && !access.readAny()) refuse(invalid);
  }
}
