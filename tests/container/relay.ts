/**
 * Carries connections from one address to another; as a program, from a network that has nothing else to a socket file and
 * back: `relay.ts tcp:127.0.0.1:6443 unix:/x/api.sock unix:/x/probe.sock tcp:127.0.0.1:8080`.
 */

/** `tcp:HOST:PORT` or `unix:PATH`. */
export type Address = `tcp:${string}:${number}` | `unix:${string}`;

type Place = { transport: "tcp"; hostname: string; port: number } | { transport: "unix"; path: string };

function parsed(address: Address): Place {
  if (address.startsWith("unix:")) return { transport: "unix", path: address.slice("unix:".length) };
  const [, hostname, port] = address.split(":");
  return { transport: "tcp", hostname: hostname!, port: Number(port) };
}

/** Listens until closed; a connection that can't be carried on is closed. */
export function relay(from: Address, to: Address): Disposable {
  const place = parsed(from);
  const listener = place.transport === "unix" ? Deno.listen(place) : Deno.listen(place);
  const carry = async (near: Deno.Conn) => {
    let far: Deno.Conn | undefined;
    try {
      const place = parsed(to);
      far = place.transport === "unix" ? await Deno.connect(place) : await Deno.connect(place);
      await Promise.allSettled([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)]);
    } catch {
      // Whoever connected sees it closed.
    }
    for (const connection of [near, far]) {
      try {
        connection?.close();
      } catch {
        // Its streams have closed it.
      }
    }
  };
  (async () => {
    for await (const near of listener) carry(near);
  })().catch(() => {});
  return { [Symbol.dispose]: () => listener.close() };
}

if (import.meta.main) {
  for (let at = 0; at + 1 < Deno.args.length; at += 2) relay(Deno.args[at] as Address, Deno.args[at + 1] as Address);
  console.log("ready");
}
