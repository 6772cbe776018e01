/** What the machine must have for building an image without a registry and running it as a container would be run. */

/** Debian's package → the programs that are used of it. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  buildah: ["buildah"],
  debootstrap: ["debootstrap"],
  iproute2: ["ip"],
  "util-linux": ["unshare", "nsenter", "setpriv"],
  mount: ["mount", "umount"],
};

/** What is missing, in words for people: packages to install, or who to be. */
export function missingImageTools(): string[] {
  if (Deno.build.os !== "linux") return ["Linux"];
  const missing = Object.entries(TOOLS).filter(([, programs]) => !programs.every(isThere))
    .map(([name]) => `Debian's package ${name}`);
  return [...(Deno.uid() === 0 ? [] : ["root"]), ...missing];
}

function isThere(program: string): boolean {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
