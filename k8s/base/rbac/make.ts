/** Makes the Roles of `k8s/base/rbac` with the command itself, for the push-model example: `deno task rbac:k8s`. */
import { runCommandLine } from "../../../src/cli/mod.ts";
import { kubeRights } from "../../../src/kube/rights_book.ts";
import { systemClock } from "../../../src/kube/clock.ts";

/** The flags are those that `k8s/overlays/single` gives to `run`. */
const EXAMPLE = [
  ...["rbac", "-f", "k8s/examples/push-model", "--mgmt-labels", "cluster-api=enabled"],
  ...["--source-namespaces", "mgmt"],
];

/** Each file and the command that makes it. */
export const SHIPPED_ROLES: readonly { readonly file: string; readonly args: readonly string[] }[] = [
  { file: "k8s/base/rbac/rbac.yaml", args: [...EXAMPLE, "--target-namespaces", "team-argo,team-batch"] },
  { file: "k8s/base/rbac/wide/rbac.yaml", args: [...EXAMPLE, "--wide"] },
];

/** What the command prints. */
export async function rolesOf(args: readonly string[]): Promise<string> {
  let printed = "";
  const nowhere = () => Promise.reject(new Error("rbac -f needs nothing but the files"));
  const code = await runCommandLine(args, {
    terminal: {
      out: (text) => void (printed += text),
      err: (text) => {
        throw new Error(text);
      },
      outIsTerminal: false,
      errIsTerminal: false,
      canAsk: false,
      ask: nowhere,
      readStdin: nowhere,
    },
    world: { now: () => new Date(0), randomBytes: (count) => new Uint8Array(count) },
    openCluster: nowhere,
    rights: kubeRights,
    clock: systemClock,
    identity: "",
    signal: new AbortController().signal,
    makeScratchFolder: nowhere,
    isUserError: (error): error is Error => error === undefined,
  });
  if (code !== 0) throw new Error(`exit code ${code}`);
  return printed;
}

if (import.meta.main) {
  for (const { file, args } of SHIPPED_ROLES) {
    await Deno.writeTextFile(file, await rolesOf(args));
  }
}
