/** IP addresses as Go's net.ParseIP reads them. */

/** The 4 bytes of an IPv4 address, or of one in an IPv6 address (`::ffff:1.2.3.4`); else the 16 bytes; undefined for other texts. */
export function parseIp(text: string): Uint8Array | undefined {
  const bytes = /^[^:]*\./.test(text) ? parseIpv4(text) : parseIpv6(text);
  if (bytes === undefined) return undefined;
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 0xff));
  return Uint8Array.from(isMapped ? bytes.slice(12) : bytes);
}

function parseIpv4(text: string): number[] | undefined {
  if (!/^(?:(?:0|[1-9][0-9]{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const parts = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  const [first, last] = parts;
  if (first === undefined || halves.length === 2 && last === undefined) return undefined;
  if (last === undefined) return first.length === 16 ? first : undefined;
  const missing = 16 - first.length - last.length;
  // The gap stands for one group at least.
  return missing >= 2 ? [...first, ...new Array<number>(missing).fill(0), ...last] : undefined;
}

/** The bytes of groups of hexadecimal digits; the last two may be written as an IPv4 address at the end of the whole. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (isEnd && i === groups.length - 1 && group.includes(".")) {
      const address = parseIpv4(group);
      if (address === undefined) return undefined;
      bytes.push(...address);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      bytes.push(parseInt(group.slice(0, -2) || "0", 16), parseInt(group.slice(-2), 16));
    } else return undefined;
    if (bytes.length > 16) return undefined;
  }
  return bytes;
}
