/** Sprig's functions of URLs: Go's net/url. */
import { FunctionError } from "../function.ts";
import { ANY_MAP, GoMap, typeOf, type Value } from "../value.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { quoteText } from "../quote.ts";
import { type Family, fn, NIL_POINTER } from "./define.ts";

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
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`parse ${quoteText(text)}: ${error.message}`);
    throw error;
  }
}

function parse(text: string): Url {
  const [before, hash] = cut(text, "#");
  // deno-lint-ignore no-control-regex -- these are what Go refuses
  if (/[\x00-\x1f\x7f]/.test(before)) throw new FunctionError("net/url: invalid control character in URL");
  const fragment = unescape(hash, "fragment");
  const nothing = { scheme: "", opaque: "", userinfo: undefined, host: "", path: "", query: "", fragment };
  if (before === "") return nothing;
  if (before === "*") return { ...nothing, path: "*" };
  const [scheme, afterScheme] = schemeOf(before);
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
    [userinfo, host] = parseAuthority(authority);
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

function parseAuthority(authority: string): [string | undefined, string] {
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (at < 0) return [undefined, host];
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) throw new FunctionError("net/url: invalid userinfo");
  const colon = userinfo.indexOf(":");
  if (colon < 0) return [escape(unescape(userinfo, "user"), "user"), host];
  const name = escape(unescape(userinfo.slice(0, colon), "user"), "user");
  return [`${name}:${escape(unescape(userinfo.slice(colon + 1), "user"), "user")}`, host];
}

function parseHost(host: string): string {
  if (host.startsWith("[")) {
    const close = host.lastIndexOf("]");
    if (close < 0) throw new FunctionError("missing ']' in host");
    checkPort(host.slice(close + 1));
    const zone = host.slice(0, close).indexOf("%25");
    if (zone >= 0) {
      return unescape(host.slice(0, zone), "host") + unescape(host.slice(zone, close), "zone") +
        unescape(host.slice(close), "host");
    }
  } else if (host.includes(":")) checkPort(host.slice(host.indexOf(":")));
  return unescape(host, "host");
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
    const character = String.fromCharCode(byte);
    if (character === "%") {
      const escape = String.fromCharCode(...bytes.subarray(i, i + 3));
      const isHex = /^%[0-9A-Fa-f]{2}$/.test(escape);
      // Hosts may have escapes of non-ASCII bytes, and of a zone's percent sign.
      const isAllowed = part === "host" ? /^%(?:[89A-Fa-f]|25)/.test(escape) && escape !== "" : true;
      if (!isHex || !isAllowed) throw new FunctionError(`invalid URL escape ${quoteText(escape)}`);
      result.push(parseInt(escape.slice(1), 16));
      i += 2;
      continue;
    }
    if ((part === "host" || part === "zone") && byte < 0x80 && !isHostCharacter(character)) {
      throw new FunctionError(`invalid character ${quoteText(character)} in host name`);
    }
    result.push(byte);
  }
  return textOf(Uint8Array.from(result));
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
  const port = /^(.*?):[0-9]*$/.exec(host);
  const name = port && (host.startsWith("[") || !port[1]!.includes(":")) ? port[1]! : host;
  return /^\[.*\]$/.test(name) ? name.slice(1, -1) : name;
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
  if (value === null || value === undefined) throw new FunctionError(NIL_POINTER);
  throw new FunctionError(`unable to parse ${key} key, must be of type string, but ${typeOf(value)} found`);
}

export const urls: Family = {
  urlParse: fn(["string"], ([text]) => new GoMap(new Map(urlFields(text as string)))),
  urlJoin: fn([ANY_MAP], ([map]) => joinUrl((key) => fieldOf(map as GoMap, key))),
};
