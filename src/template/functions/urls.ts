/** Sprig's functions of URLs: Go's net/url. */
import { FunctionError } from "../function.ts";
import { ANY_MAP, GoMap, GoText, kindOf, type Value } from "../value.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { quoteText } from "../quote.ts";
import { type Family, fn, NIL_POINTER } from "./define.ts";
import { ipVersion } from "./ip_address.ts";

export interface Url {
  readonly scheme: string;
  readonly opaque: string;
  /** As it is written in a URL, with escapes; undefined where there is none. */
  readonly userinfo: string | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

type Part = "path" | "user" | "host" | "zone" | "fragment";

/** @throws {FunctionError} in Go's words. */
export function parseUrl(text: string): Url {
  const [before, hash] = cut(text, "#");
  const url = inUrl(before, () => parse(before));
  return { ...url, fragment: inUrl(text, () => unescape(hash, "fragment")) };
}

/** Names the URL in an error of `read`. */
function inUrl<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`parse ${quoteText(text)}: ${error.message}`);
    throw error;
  }
}

/** A URL without its fragment. */
function parse(text: string): Url {
  // deno-lint-ignore no-control-regex -- these are what Go refuses
  if (/[\x00-\x1f\x7f]/.test(text)) throw new FunctionError("net/url: invalid control character in URL");
  const nothing = { scheme: "", opaque: "", userinfo: undefined, host: "", path: "", query: "", fragment: "" };
  if (text === "") return nothing;
  if (text === "*") return { ...nothing, path: "*" };
  const [scheme, afterScheme] = schemeOf(text);
  const [beforeQuery, query] = cut(afterScheme, "?");
  let rest = beforeQuery;
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...nothing, scheme, opaque: rest, query };
    if (cut(rest, "/")[0].includes(":")) throw new FunctionError("first path segment in URL cannot contain colon");
  }
  let userinfo: string | undefined, host = "";
  if ((scheme !== "" || !rest.startsWith("///")) && rest.startsWith("//")) {
    const slash = rest.indexOf("/", 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    rest = slash < 0 ? "" : rest.slice(slash);
    [userinfo, host] = parseAuthority(scheme, authority);
  }
  return { ...nothing, scheme, userinfo, host, path: unescape(rest, "path"), query };
}

/** What stands before and after the first separator. */
function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function schemeOf(text: string): [string, string] {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*)?:/.exec(text);
  if (!match) return ["", text];
  if (match[1] === undefined) throw new FunctionError("missing protocol scheme");
  return [match[1].toLowerCase(), text.slice(match[0].length)];
}

function parseAuthority(scheme: string, authority: string): [string | undefined, string] {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return [undefined, host];
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) throw new FunctionError("net/url: invalid userinfo");
  const colon = userinfo.indexOf(":");
  if (colon < 0) return [escape(unescape(userinfo, "user"), "user"), host];
  const name = escape(unescape(userinfo.slice(0, colon), "user"), "user");
  return [`${name}:${escape(unescape(userinfo.slice(colon + 1), "user"), "user")}`, host];
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf("[");
  if (open > 0) throw new FunctionError("invalid IP-literal");
  if (open === 0) return parseLiteral(host);
  // More than one colon is let pass where it isn't the web's.
  const isStrict = scheme === "http" || scheme === "https";
  const colon = isStrict ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon >= 0) checkPort(host.slice(colon));
  return unescape(host, "host");
}

/** An address of IPv6 in brackets, which may have a zone and a port. */
function parseLiteral(host: string): string {
  const close = host.lastIndexOf("]");
  if (close < 0) throw new FunctionError("missing ']' in host");
  checkPort(host.slice(close + 1));
  const port = unescape(host.slice(close + 1), "host");
  const name = host.slice(1, close), zone = name.indexOf("%25");
  const address = zone < 0
    ? unescape(name, "host")
    : unescape(name.slice(0, zone), "host") + unescape(name.slice(zone), "zone");
  let version: 4 | 6;
  try {
    version = ipVersion(address);
  } catch (error) {
    throw error instanceof FunctionError ? new FunctionError(`invalid host: ${error.message}`) : error;
  }
  if (version === 4) throw new FunctionError("invalid IP-literal");
  return `[${address}]${port}`;
}

function checkPort(port: string): void {
  if (port !== "" && !/^:[0-9]*$/.test(port)) {
    throw new FunctionError(`invalid port ${quoteText(port)} after host`);
  }
}

function unescape(text: string, part: Part): string {
  const bytes = bytesOf(text);
  const result: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === PERCENT) {
      const escape = bytes.subarray(i, i + 3);
      const value = escapedByte(escape, part);
      if (value === undefined) throw new FunctionError(`invalid URL escape ${quoteText(textOf(escape))}`);
      result.push(value);
      i += 2;
      continue;
    }
    const character = String.fromCharCode(byte);
    if ((part === "host" || part === "zone") && byte < 0x80 && !isHostCharacter(character)) {
      throw new FunctionError(`invalid character ${quoteText(character)} in host name`);
    }
    result.push(byte);
  }
  return textOf(Uint8Array.from(result));
}

const PERCENT = 0x25;

/** What `%xx` stands for; undefined for what is no escape, or none that may stand there. */
function escapedByte(escape: Uint8Array, part: Part): number | undefined {
  const text = String.fromCharCode(...escape);
  if (!/^%[0-9A-Fa-f]{2}$/.test(text)) return undefined;
  const byte = parseInt(text.slice(1), 16);
  if (text === "%25") return byte;
  // Hosts may have escapes of bytes beyond ASCII, zones also of what they could have without.
  if (part === "host" && byte < 0x80) return undefined;
  const isZoneByte = byte === 0x20 || byte < 0x80 && isHostCharacter(String.fromCharCode(byte));
  return part === "zone" && !isZoneByte ? undefined : byte;
}

function isHostCharacter(character: string): boolean {
  return /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/.test(character);
}

/** Characters besides letters, digits and `-_.~` that stay as they are. */
const KEPT: Readonly<Record<Part, string>> = {
  path: "$&+,/:;=@",
  user: "$&+,;=",
  host: "!$&'()*+,;=:[]<>\"",
  zone: "!$&'()*+,;=:[]<>\"",
  fragment: "$&+,/:;=?@!()*",
};

function escape(text: string, part: Part): string {
  return Array.from(bytesOf(text), (byte) => {
    const character = String.fromCharCode(byte);
    const stays = byte < 0x80 && (/[A-Za-z0-9\-_.~]/.test(character) || KEPT[part].includes(character));
    return stays ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** Go's URL.String. */
export function formatUrl({ scheme, opaque, userinfo, host, path, query, fragment }: Url): string {
  let text = scheme === "" ? "" : `${scheme}:`;
  if (opaque !== "") text += opaque;
  else {
    if (scheme !== "" || host !== "" || userinfo !== undefined) {
      if (host !== "" || path !== "" || userinfo !== undefined) text += "//";
      if (userinfo !== undefined) text += `${userinfo}@`;
      if (host !== "") text += escape(host, "host");
    }
    const escaped = escape(path, "path");
    if (escaped !== "" && !escaped.startsWith("/") && host !== "") text += "/";
    // A colon in the first segment would look like a scheme.
    if (text === "" && cut(escaped, "/")[0].includes(":")) text += "./";
    text += escaped;
  }
  if (query !== "") text += `?${query}`;
  if (fragment !== "") text += `#${escape(fragment, "fragment")}`;
  return text;
}

/** Go's URL.Hostname. */
export function hostnameOf(host: string): string {
  const name = host.replace(/:[0-9]*$/, "");
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

/** The fields of sprig's dictionary. @throws {FunctionError} */
export function urlFields(text: string): readonly (readonly [string, string])[] {
  let url: Url;
  try {
    url = parseUrl(text);
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`unable to parse url: ${error.message}`);
    throw error;
  }
  return [
    ["scheme", url.scheme],
    ["host", url.host],
    ["hostname", hostnameOf(url.host)],
    ["path", url.path],
    ["query", url.query],
    ["opaque", url.opaque],
    ["fragment", url.fragment],
    ["userinfo", url.userinfo ?? ""],
  ];
}

/** The URL of sprig's dictionary. `get` gives a field's text, "" where it is missing. @throws {FunctionError} */
export function joinUrl(get: (key: string) => string): string {
  const userinfo = get("userinfo");
  let user: string | undefined;
  if (userinfo !== "") {
    try {
      user = parseUrl(`proto://${userinfo}@host`).userinfo;
    } catch (error) {
      if (error instanceof FunctionError) throw new FunctionError(`unable to parse userinfo in dict: ${error.message}`);
      throw error;
    }
  }
  const scheme = get("scheme"), host = get("host"), path = get("path"), query = get("query");
  return formatUrl({ scheme, opaque: get("opaque"), userinfo: user, host, path, query, fragment: get("fragment") });
}

function fieldOf(map: GoMap, key: string): string {
  if (!map.has(key)) return "";
  const value: Value = map.get(key);
  if (typeof value === "string") return value;
  if (value instanceof GoText) return value.text;
  if (value === null || value === undefined) throw new FunctionError(NIL_POINTER);
  throw new FunctionError(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`);
}

export const urls: Family = {
  urlParse: fn(["string"], ([text]) => new GoMap(new Map(urlFields(text as string)))),
  urlJoin: fn([ANY_MAP], ([map]) => joinUrl((key) => fieldOf(map as GoMap, key))),
};
