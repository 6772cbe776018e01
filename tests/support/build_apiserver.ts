/**
 * Builds the API server for tests, once, into the user's cache folder: Kubernetes and etcd from Go modules. Where there is
 * neither Go nor a built server it says so; it downloads nothing itself.
 */
import { createHash } from "node:crypto";

const MODULE = new URL("../cluster/apiserver/", import.meta.url);
const SOURCES = ["go.mod", "go.sum", "main.go", "certs.go"];
const FLAGS = ["-mod=readonly", "-trimpath", "-ldflags", "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3"];

export class NoApiServer extends Error {
  override name = "NoApiServer";
}

/** The path of the binary; builds it where it is not there yet. @throws {NoApiServer} with what to do. */
export async function apiServerBinary(say: (text: string) => void = () => {}): Promise<string> {
  const folder = await cacheFolder();
  const binary = `${folder}/apiserver`;
  if (await isFile(binary)) return binary;
  await Deno.mkdir(folder, { recursive: true });
  say("building the API server for tests (kube-apiserver, etcd and kubectl from Go modules; some minutes, once)");
  const fresh = `${binary}.${crypto.randomUUID().slice(0, 8)}`;
  const started = performance.now();
  let output: Deno.CommandOutput;
  try {
    const command = new Deno.Command("go", {
      args: ["build", ...FLAGS, "-o", fresh, "."],
      cwd: MODULE,
      stdout: "inherit",
    });
    output = await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NoApiServer(
      "there is no Go on this machine to build the API server with: install Go 1.26 and run the tests again",
    );
  }
  if (!output.success) {
    throw new NoApiServer(`go build failed:\n${new TextDecoder().decode(output.stderr).slice(-4000)}`);
  }
  await Deno.rename(fresh, binary);
  say(`built in ${Math.round((performance.now() - started) / 1000)} s`);
  return binary;
}

async function cacheFolder(): Promise<string> {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "."}/.cache`;
  const hash = createHash("sha256");
  for (const file of SOURCES) hash.update(await Deno.readFile(new URL(file, MODULE)));
  return `${home}/moonferry/apiserver-${hash.digest("hex").slice(0, 16)}`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  try {
    console.log(await apiServerBinary((text) => console.error(text)));
  } catch (error) {
    if (!(error instanceof NoApiServer)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
