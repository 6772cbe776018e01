/** Makes the Roles of `k8s/base/rbac` with the command itself, for the push-model example: `deno task rbac:k8s`. */
import { runCommandLine } from "../../../src/cli/mod.ts";
import { kubeRights } from "../../../src/kube/rights_book.ts";
import { systemClock } from "../../../src/kube/clock.ts";

/** The flags are those that `k8s/overlays/single` gives to `run`. */
const EXAMPLE = [
  ...["rbac", "-f", "k8s/examples/push-model", "--mgmt-labels", "cluster-api=enabled"],
  ...["--source-namespaces", "mgmt"],
];

/** A file, the command that makes it, and what that prints. */
export interface ShippedRoles {
  readonly file: string;
  readonly args: readonly string[];
  make(): Promise<string>;
}

export const SHIPPED_ROLES: readonly ShippedRoles[] = [
  shipped("k8s/base/rbac/rbac.yaml", [...EXAMPLE, "--target-namespaces", "team-argo,team-batch"]),
  shipped("k8s/base/rbac/wide/rbac.yaml", [...EXAMPLE, "--wide"]),
];

function shipped(file: string, args: readonly string[]): ShippedRoles {
  return { file, args, make: () => printed(args) };
}

async function printed(args: readonly string[]): Promise<string> {
  let text = "";
  const nowhere = () => Promise.reject(new Error("rbac -f needs nothing but the files"));
  const code = await runCommandLine(args, {
    terminal: {
      out: (said) => void (text += said),
      err: (said) => {
        throw new Error(said);
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
  return text;
}

if (import.meta.main) {
  for (const { file, make } of SHIPPED_ROLES) await Deno.writeTextFile(file, await make());
}
