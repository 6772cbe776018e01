/**
 * A base image without a registry: a small Debian by debootstrap with this Deno in it, under the name that the Dockerfile
 * asks for. The tree of Debian is kept in the user's cache folder; packages come from Debian's own mirrors.
 */
import { createHash } from "node:crypto";
import type { Buildah } from "./buildah.ts";

const SUITE = "bookworm";
const INCLUDED = "ca-certificates";
/** Of the machine's own, so that a build behind a proxy with its own authority can fetch packages. */
const AUTHORITIES = "etc/ssl/certs/ca-certificates.crt";

const DOCKERFILE = `FROM scratch
ADD rootfs.tar /
COPY deno /usr/bin/deno
COPY authorities.crt /${AUTHORITIES}
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DENO_TLS_CA_STORE=system
`;

/** Builds the image `name` in buildah's store. */
export async function buildStandInBase(buildah: Buildah, name: string, say: (text: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "moonferry-base-" });
  try {
    const tree = await debianTree(say);
    // Another file system may have no link to it.
    await Deno.link(tree, `${folder}/rootfs.tar`).catch(() => Deno.copyFile(tree, `${folder}/rootfs.tar`));
    await Deno.copyFile(Deno.execPath(), `${folder}/deno`);
    await Deno.chmod(`${folder}/deno`, 0o755);
    await Deno.copyFile(`/${AUTHORITIES}`, `${folder}/authorities.crt`);
    await Deno.writeTextFile(`${folder}/Dockerfile`, DOCKERFILE);
    await buildah.run("bud", "--pull=never", "--layers=false", "--tag", name, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The path of the tree as a tar; made where it is not there yet. */
async function debianTree(say: (text: string) => void): Promise<string> {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "."}/.cache`;
  const recipe = createHash("sha256").update(`${SUITE} minbase ${INCLUDED} ${Deno.build.arch}`).digest("hex");
  const file = `${home}/moonferry/debian-${recipe.slice(0, 16)}.tar`;
  if (await Deno.stat(file).then(() => true, () => false)) return file;
  say("building a small Debian for the stand-in base image (debootstrap; half a minute, once)");
  const folder = await Deno.makeTempDir({ prefix: "moonferry-debian-" });
  try {
    await run("debootstrap", "--variant=minbase", `--include=${INCLUDED}`, SUITE, `${folder}/rootfs`);
    await Deno.mkdir(`${home}/moonferry`, { recursive: true });
    const fresh = `${file}.${crypto.randomUUID().slice(0, 8)}`;
    await run("tar", "-C", `${folder}/rootfs`, "--exclude=./var/cache/apt/*", "-cf", fresh, ".");
    await Deno.rename(fresh, file);
  } finally {
    await run("rm", "-rf", "--one-file-system", folder);
  }
  return file;
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`${command}: ${(decoder.decode(stdout) + decoder.decode(stderr)).slice(-3000)}`);
  }
}
