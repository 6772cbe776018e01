/**
 * `demo`: the product at work on a scratch folder, told as a story. It runs the pipeline, the gates and the loop that `plan`
 * and `run` use; only the edits, which a cluster would make, are its own.
 */
import { Loop, type Report } from "../controller/loop.ts";
import { WorkQueue } from "../controller/queue.ts";
import { watchFolders } from "../manifests/watch.ts";
import bootstrap from "../../k8s/examples/push-model/cluster/bootstrap.yaml" with { type: "text" };
import clusters from "../../k8s/examples/push-model/cluster/clusters.yaml" with { type: "text" };
import namespaces from "../../k8s/examples/push-model/cluster/namespaces.yaml" with { type: "text" };
import secrets from "../../k8s/examples/push-model/cluster/secrets.yaml" with { type: "text" };
import eventSource from "../../k8s/examples/push-model/eventsource.yaml" with { type: "text" };
import eventTrigger from "../../k8s/examples/push-model/eventtrigger.yaml" with { type: "text" };
import template from "../../k8s/examples/push-model/template.yaml" with { type: "text" };
import textbook from "./textbook.yaml" with { type: "text" };
import { Buffer } from "node:buffer";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { openInput, planAll, reconcileOptions } from "./pipeline.ts";
import { countsLine, heldLines, outcomeLine, type Paint, planTable } from "./print.ts";

/** Nothing in the demo takes this long; if it does, the demo says so instead of hanging. */
const STEP_LIMIT_MILLISECONDS = 10_000;

export async function demoCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  const scratch = await environment.makeScratchFolder();
  try {
    await tellStory(scratch, demoOptions(options, scratch), environment, paint);
    return EXIT.ok;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function demoOptions(options: Options, scratch: string): Options {
  return {
    ...options,
    command: "run",
    files: [`${scratch}/cluster`],
    outputDir: `${scratch}/out`,
    managementLabels: { "cluster-api": "enabled" },
    yes: true,
  };
}

async function tellStory(scratch: string, options: Options, environment: Environment, paint: Paint): Promise<void> {
  const say = (text = "") => environment.terminal.out(`${text}\n`);
  const title = (text: string) => say(`\n${paint("bold", text)}`);
  const aside = (text: string) => say(paint("dim", text));
  const write = (file: string, text: string) => Deno.writeTextFile(`${scratch}/cluster/${file}`, text);

  await Deno.mkdir(`${scratch}/cluster`);
  await Deno.mkdir(`${scratch}/out`);
  say(
    "A folder of manifests stands for a management cluster: four Cluster API clusters, their Secrets, two consumers.",
  );
  aside(`  ${scratch}/cluster → ${scratch}/out`);
  for (const [file, text] of Object.entries({ bootstrap, clusters, namespaces, secrets, eventTrigger, template })) {
    await write(`${file}.yaml`, text);
  }

  title("1. The textbook version of the push model, planned");
  await write("eventSource.yaml", textbook);
  say(indent(await planText(options, environment, paint)));
  say(
    "Its two CEL rules are OR-ed, so a worker's bootstrap data is selected too, and the script keeps the last Secret of a",
  );
  say(
    "cluster: a join token would be published as a kubeconfig. Moonferry computes what Sveltos would, and holds it back.",
  );

  title("2. The example that ships with Moonferry, running");
  await write("eventSource.yaml", eventSource);
  const stage = await openStage(options, environment);
  try {
    const tell = ({ reconciliation, outcomes }: Report) => {
      say(`  ${countsLine(reconciliation, paint)}`);
      for (const outcome of outcomes) say(outcomeLine(outcome, paint));
      for (const line of heldLines(reconciliation.plan.held, paint)) say(line);
    };
    tell(await stage.next());

    title("3. Cluster API rotates the kubeconfig of lagoon");
    await write("secrets.yaml", rotate(secrets, "lagoon"));
    tell(await stage.next());

    title("4. Namespace team-batch loses its consumer label");
    await write("namespaces.yaml", withoutLabel(namespaces, "team-batch"));
    tell(await stage.next());

    title("5. A consumer team-kueue appears, where somebody else's Secret stands in the way");
    await Deno.mkdir(`${scratch}/out/team-kueue/Secret`, { recursive: true });
    await Deno.writeTextFile(`${scratch}/out/team-kueue/Secret/default-reef-kubeconfig.yaml`, FOREIGN_SECRET);
    await write("newcomer.yaml", NEWCOMER);
    tell(await stage.next());
    say("The foreign Secret is as it was: what is not proven Moonferry's is neither overwritten nor deleted.");
  } finally {
    await stage.close();
  }

  title("Next: see what it would do on your own cluster. This writes nothing:");
  say(`  ${paint("green", "npx -y deno@2.9.6 task plan --mgmt-labels cluster-api=enabled")}`);
  aside("  (reads EventSources and EventTriggers of lib.projectsveltos.io from your current kubectl context)");
  say("Or on a folder of manifests:");
  say(
    `  ${
      paint(
        "green",
        "npx -y deno@2.9.6 task plan -f k8s/examples/push-model --mgmt-labels cluster-api=enabled",
      )
    }`,
  );
}

async function planText(options: Options, environment: Environment, paint: Paint): Promise<string> {
  const input = await openInput(options, environment);
  try {
    return planTable(await planAll(input, options, environment.signal), paint, false).trimEnd();
  } finally {
    input.close();
  }
}

/** The loop of `run`, with its reports handed out one by one. */
async function openStage(options: Options, environment: Environment) {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, environment.signal]);
  const input = await openInput(options, environment);
  const queue = new WorkQueue({
    setTimer(callback, milliseconds) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
    random: () => 0.5,
  });
  let onReport: (report: Report) => void = () => {};
  let onError: (error: unknown) => void = () => {};
  const loop = new Loop(input.parts, input.applier!, reconcileOptions(options), queue, {
    reported: (report) => onReport(report),
    failed: (_trigger, error) => onError(error),
    unknown: (message) => onError(new Error(message)),
  });
  const refresh = () => input.refresh().then(() => loop.enqueueAll(signal)).catch((error) => onError(error));
  const watching = watchFolders(input.paths, refresh, signal);
  const working = loop.work(signal);
  let isFirst = true;
  return {
    /** The next report in which something was done or is newly held. */
    async next(): Promise<Report> {
      const { promise, resolve, reject } = Promise.withResolvers<Report>();
      const timer = setTimeout(
        () => reject(new Error("the demo waited for the loop and nothing happened: file events don't arrive here")),
        STEP_LIMIT_MILLISECONDS,
      );
      onReport = (report) => {
        if (report.outcomes.length > 0) resolve(report);
      };
      onError = reject;
      if (isFirst) await loop.enqueueAll(signal);
      isFirst = false;
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
      }
    },
    async close(): Promise<void> {
      stop.abort();
      queue.close();
      await Promise.all([watching, working]);
      input.close();
    },
  };
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`.trimEnd()).join("\n");
}

/** The Secrets with a new key in the kubeconfig of `cluster`. */
function rotate(text: string, cluster: string): string {
  return text.replace(/(?<=name: (\S+)-kubeconfig\n[^]*?value: )(\S+)/g, (value, name: string) => {
    if (name !== cluster) return value;
    const kubeconfig = Buffer.from(value, "base64").toString("utf8");
    const key = Buffer.from(`made up key 2 of ${cluster}`).toString("base64");
    return Buffer.from(kubeconfig.replace(/(?<=client-key-data: )\S+/, key)).toString("base64");
  });
}

function withoutLabel(text: string, namespace: string): string {
  const labels = new RegExp(`(name: ${namespace}\\n)  labels:\\n    \\S+: \\S+\\n`);
  return text.replace(labels, "$1");
}

const NEWCOMER = `apiVersion: v1
kind: Namespace
metadata:
  name: team-kueue
  labels:
    x-k8s.io/cluster-inventory-consumer: kueue
`;

const FOREIGN_SECRET = `# Made by hand, long before.
apiVersion: v1
kind: Secret
metadata:
  name: default-reef-kubeconfig
  namespace: team-kueue
type: Opaque
data:
  config: bWFkZSBieSBoYW5k
`;
