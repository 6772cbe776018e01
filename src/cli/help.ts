/** `--help`: what each command is for, its flags, and examples that can be pasted. */
import { type Command, FLAGS } from "./flags.ts";

const SUMMARIES: Readonly<Record<Command, string>> = {
  run: "keep a cluster (or a folder) as its EventTriggers say, for ever",
  plan: "show what run would do; writes nothing",
  apply: "do once what plan shows",
  render: "print the rendered objects as YAML, and nothing else",
  adopt: "take over from Sveltos, object by object, what is equal; changes marks alone",
  status: "show what there is of Moonferry's: outputs, age, expiry, holds, orphans",
  withdraw: "take outputs away by their marks, for leaving",
  rbac: "print the least rights that run takes for your triggers, or check yours",
  test: "run scenarios: folders with a moonferry-test.yaml",
  demo: "see it work, on a scratch folder of manifests",
  version: "print the version, and with -o what it was built of",
  help: "this text, or that of one command",
};

const EXAMPLES: Readonly<Record<Command, readonly [string, string][]>> = {
  run: [
    ["moonferry run --mgmt-labels cluster-api=enabled", "against the current context of your kubeconfig"],
    [
      "moonferry run --instance-id a --trigger-selector team=a",
      "one of several writers, each with triggers of its own",
    ],
    ["moonferry run -f ./cluster --output-dir ./out --yes", "a folder as the cluster; watches its files"],
  ],
  plan: [
    ["moonferry plan --mgmt-labels cluster-api=enabled", "against your cluster, read-only"],
    ["moonferry plan -f ./cluster --output-dir ./out", "a folder of manifests against a folder of outputs"],
    ["moonferry plan -o json | jq .held", "what is held back, and what would let it pass"],
    ["moonferry plan --against sveltos", "what Sveltos has beside what would be written, and what works here"],
  ],
  apply: [
    ["moonferry apply --mgmt-labels cluster-api=enabled", "asks before it writes"],
    ["moonferry apply --confirm 1f0c…", "after plan has shown a mass change that is meant"],
  ],
  render: [
    ["moonferry render -f ./cluster --mgmt-labels cluster-api=enabled", "Sveltos's answer, before any gate"],
    ["kubectl get clusters,secrets,ns -A -o yaml | moonferry render -f - -f ./pipeline", "live objects, your objects"],
  ],
  adopt: [
    ["moonferry adopt push-model --mgmt-labels moonferry=enabled --dry-run", "what would be taken over, and what not"],
    [
      "moonferry adopt push-model --mgmt-labels moonferry=enabled",
      "asks first; docs/moving-from-sveltos.md has the order",
    ],
  ],
  status: [
    ["moonferry status", "by trigger and consumer, from the marks alone"],
    ["moonferry status -o json | jq '.triggers[] | select(.exists | not)'", "what triggers that are gone left behind"],
  ],
  withdraw: [
    ["moonferry withdraw --trigger push-model", "all outputs of a trigger that is gone or suspended; asks first"],
    ["moonferry withdraw --consumer team-a", "all outputs in a namespace"],
    ["moonferry withdraw --trigger push-model --release", "let the objects stay, as nobody's"],
  ],
  rbac: [
    [
      "moonferry rbac -f ./pipeline --source-namespaces mgmt --target-namespaces team-a,team-b | kubectl apply -f -",
      "with the flags that run has: Roles in these namespaces, and what has no namespace",
    ],
    ["moonferry rbac --wide > rbac.yaml", "for the triggers of your cluster, with consumers that come and go"],
    ["moonferry rbac --check --target-namespaces team-a", "as whom your kubeconfig signs in: exit code 0 or 1"],
    ["moonferry rbac -f ./pipeline --check -o json | jq .missing", "for manifests that are not applied yet"],
  ],
  test: [["moonferry test k8s/examples", "all scenarios below a folder"]],
  demo: [["moonferry demo", "nothing to install, nothing to clean up"]],
  version: [["moonferry version -o json", "the commit, Deno, libraries, and the kinds that are read"]],
  help: [["moonferry help plan", "the flags of one command"]],
};

const OPERANDS: Readonly<Partial<Record<Command, string>>> = { test: " DIR…", adopt: " TRIGGER" };

const EXIT_CODES =
  "Exit codes: 0 nothing to do, or done; 1 an error; 2 plan found changes; 3 something is held or in conflict.";

/** The overview, or the page of one command. */
export function helpText(command?: Command, bold: (text: string) => string = (text) => text): string {
  return command === undefined || command === "help" ? overview(bold) : page(command, bold);
}

function overview(bold: (text: string) => string): string {
  return [
    `${
      bold("moonferry")
    } runs Sveltos event pipelines by itself: EventSource → Lua → EventTrigger → template → objects.`,
    "",
    bold("Commands"),
    ...rows(Object.entries(SUMMARIES)),
    "",
    bold("Examples"),
    ...rows([EXAMPLES.demo[0]!, EXAMPLES.plan[0]!, EXAMPLES.render[0]!, EXAMPLES.apply[0]!, EXAMPLES.run[0]!]),
    "",
    "Each command has a page of its own: moonferry help COMMAND.",
    EXIT_CODES,
    "",
  ].join("\n");
}

function page(command: Command, bold: (text: string) => string): string {
  const flags = FLAGS.filter(({ commands }) => commands.includes(command)).map(({ name, short, value, help }) =>
    [`${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`, help] as [string, string]
  );
  const operand = OPERANDS[command] ?? "";
  return [
    `${bold(`moonferry ${command}${operand}`)}: ${SUMMARIES[command]}.`,
    "",
    ...(EXAMPLES[command].length > 0 ? [bold("Examples"), ...rows(EXAMPLES[command]), ""] : []),
    bold("Flags"),
    ...rows(flags),
    "",
    EXIT_CODES,
    "",
  ].join("\n");
}

/** Two columns; a left one that is too long gets a line of its own. */
function rows(entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...entries.map(([left]) => left.length)));
  return entries.flatMap(([left, right]) =>
    left.length <= width ? [`  ${left.padEnd(width)}  ${right}`] : [`  ${left}`, `  ${" ".repeat(width)}  ${right}`]
  );
}
