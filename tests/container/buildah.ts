/** Debian's buildah with a store of its own, which goes away with it; builds run by chroot, so that nothing else is needed. */

/** Of an image: what the Dockerfile says of running it. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Volumes: Readonly<Record<string, unknown>> | null;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

export class Buildah {
  private constructor(readonly folder: string, readonly driver: string) {}

  /** On the file system's own layers where the kernel has them, else on whole copies. */
  static async open(): Promise<Buildah> {
    const folder = await Deno.makeTempDir({ prefix: "moonferry-buildah-" });
    const overlay = new Buildah(folder, "overlay");
    if (await overlay.run("info").then(() => true, () => false)) return overlay;
    return new Buildah(folder, "vfs");
  }

  /** What it prints. @throws {Error} with the end of its output. */
  async run(...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("buildah", {
      args: ["--root", `${this.folder}/store`, "--runroot", `${this.folder}/run`, ...args],
      env: { STORAGE_DRIVER: this.driver, BUILDAH_ISOLATION: "chroot" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const printed = decoder.decode(stdout);
    if (!success) throw new Error(`buildah ${args[0]}: ${`${printed}\n${decoder.decode(stderr)}`.slice(-4000)}`);
    return printed;
  }

  async config(image: string): Promise<ImageConfig> {
    return (await this.#inspect(image)).config;
  }

  /** Bytes of the base's layers, and of those that `image` has above them; as they are on disk, not compressed. */
  async sizes(base: string, image: string): Promise<{ base: number; above: number }> {
    const ids = await Promise.all([base, image].map(async (name) => (await this.#inspect(name)).rootfs.diff_ids));
    const [below, all] = ids as [string[], string[]];
    if (below.some((id, at) => id !== all[at])) throw new Error(`${image} does not stand on ${base}`);
    const folder = `${this.folder}/${crypto.randomUUID()}`;
    await this.run("push", "--quiet", "--disable-compression", image, `dir:${folder}`);
    const { layers } = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`));
    await Deno.remove(folder, { recursive: true });
    const sum = (parts: { size: number }[]) => parts.reduce((total, { size }) => total + size, 0);
    return { base: sum(layers.slice(0, below.length)), above: sum(layers.slice(below.length)) };
  }

  async #inspect(image: string): Promise<{ config: ImageConfig; rootfs: { diff_ids: string[] } }> {
    return JSON.parse(await this.run("inspect", "--type", "image", image)).Docker;
  }

  /** The image's root file system, as long as this is open. */
  async mount(image: string): Promise<string> {
    const container = (await this.run("from", "--pull=never", image)).trim();
    return (await this.run("mount", container)).trim();
  }

  async close(): Promise<void> {
    await this.run("umount", "--all").catch(() => {});
    await this.run("rm", "--all").catch(() => {});
    // Where its layers are, it has mounted the folder on itself.
    await new Deno.Command("umount", { args: [`${this.folder}/store/${this.driver}`], stderr: "null" }).output();
    const { success, stderr } = await new Deno.Command("rm", { args: ["-rf", "--one-file-system", this.folder] })
      .output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}
