/** Makes the Roles of `k8s/` with the command itself, for the push-model example: `deno task rbac:shipped`. */
import { runCommandLine } from "../../../src/cli/mod.ts";
import { kubeRights } from "../../../src/kube/rights_book.ts";
import { systemClock } from "../../../src/kube/clock.ts";

const EXAMPLE = "k8s/examples/push-model";
/** The flags are those that `k8s/overlays/single` gives to `run`. */
const SINGLE = ["rbac", "-f", EXAMPLE, "--mgmt-labels", "cluster-api=enabled", "--source-namespaces", "mgmt"];

/** A file, the command that makes it, and what that prints. */
export interface ShippedRoles {
  readonly file: string;
  readonly args: readonly string[];
  make(): Promise<string>;
}

export const SHIPPED_ROLES: readonly ShippedRoles[] = [
  shipped("k8s/base/rbac/rbac.yaml", [...SINGLE, "--target-namespaces", "team-argo,team-batch"]),
  shipped("k8s/base/rbac/wide/rbac.yaml", [...SINGLE, "--wide"]),
  tenants("a"),
  tenants("b"),
];

function shipped(file: string, args: readonly string[], input = () => Promise.resolve("")): ShippedRoles {
  return { file, args, make: () => printed(args, input) };
}

/** As `k8s/overlays/tenants` has them: the example, with the team's label and in the team's source namespace. */
function tenants(team: string): ShippedRoles {
  const args = [
    ...["rbac", "-f", "-", "--mgmt-labels", "cluster-api=enabled", "--trigger-selector", `team=${team}`],
    ...["--instance-id", `team-${team}`, "--namespace", `moonferry-team-${team}`],
    ...["--source-namespaces", `mgmt-${team}`, "--target-namespaces", `team-${team}`],
  ];
  return shipped(`k8s/overlays/tenants/rbac/team-${team}.yaml`, args, async () => {
    const files = ["eventsource", "eventtrigger", "template"].map((name) => `${EXAMPLE}/${name}.yaml`);
    const texts = await Promise.all(files.map((file) => Deno.readTextFile(file)));
    return texts.join("---\n").replaceAll("namespace: mgmt\n", `namespace: mgmt-${team}\n`)
      .replaceAll("\n  name: push-model\nspec:", `\n  name: push-model\n  labels: { team: ${team} }\nspec:`);
  });
}

async function printed(args: readonly string[], input: () => Promise<string>): Promise<string> {
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
      readStdin: input,
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
